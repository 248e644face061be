"""The command line: one file per command, the same jobs as the window.

A command's module has `add(commands)`, which describes its arguments, and `run(args)`. Both are
imported at once, so torch is imported inside `run` only.
"""
