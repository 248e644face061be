"""Grids of variations of the picture, and pictures bred of two."""
