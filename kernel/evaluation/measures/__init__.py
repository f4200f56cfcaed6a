"""What is measured of a render against its plan, its brief and its sources: one file each, one call in `see.py`.

To add one: a file with a frozen value and a function that measures it from a `Case`, a field in `Seen`, a line in
`see.py`. What can be found from the file alone belongs into `kernel/worker/analysis/`.
"""
