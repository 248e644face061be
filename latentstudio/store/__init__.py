"""What is remembered between starts: caches, runs, the last work, marks. Atomic, and never code."""
