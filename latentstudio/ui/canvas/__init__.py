"""The picture: zoom, pan, compare, and what is said on top of it."""
