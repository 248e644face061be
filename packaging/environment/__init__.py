"""The set-up: makes `.venv` in the clone, keeps it right, and starts programs in it.

Standard library only, because it runs before anything is installed. `start` is the way in; on a
warm start nothing else than `start`, `layout`, `machine`, `plan`, `stamp` and `hand_over` is
imported, so that the check costs a few milliseconds.
"""
