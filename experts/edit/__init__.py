"""The pipeline `edit`: footage and a brief in, a finished video out. One file per step; pipeline.py is the list."""
