"""The shareable direction file."""
