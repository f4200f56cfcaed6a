"""Degradation ladders: a good render, worsened in one thing step by step; the metric that owns it must fall, no other.

    python -m tests.ladders             climb all of them: a table, and a plot beside it
    python -m tests.ladders --only blur

To add one: a function from the stage and the step to a `Rung`, and a line in `LADDERS` of its file.
"""
