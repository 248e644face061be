"""What runs, what waits, and how it ended."""
