"""Use cases without Qt, shared by the window and the command line."""
