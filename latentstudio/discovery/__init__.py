"""One module per paper that finds directions."""
