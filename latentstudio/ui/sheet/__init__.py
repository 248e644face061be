"""All directions on one page, each with its strip, to be looked through and named."""
