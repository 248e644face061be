"""Painting where the picture may change, and what a region can do."""
