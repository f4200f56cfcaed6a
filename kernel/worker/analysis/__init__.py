"""What is seen and heard in a file: one decode of its picture, one of its sound, and a file for each thing looked for.

To add one: a file that looks at the frames, stills or samples as they pass, a field in `passes.py`, and a test that
tells it right from wrong on material whose truth is known.
"""
