"""One module per family of generators, and the registry that recognises a file."""
