"""Local edits: what can change inside a painted region, and what leaks out of it."""
