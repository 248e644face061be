"""The page of settings and the page of shortcuts."""
