"""Directions by example: a grid of samples to mark, and the direction that the marks give."""
