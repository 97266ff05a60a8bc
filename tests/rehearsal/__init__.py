"""`make rehearse`: the real deployment against a local AWS that executes the functions, and the whole journey on it.

Started with `python -m tests.rehearsal`. `server` and what it imports run in an interpreter of their own, which has
ministack and nothing of this project; everything else runs in the project's.
"""
