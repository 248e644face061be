"""The command line: one file per command, the same jobs as the window."""
