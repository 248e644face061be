"""Models on this computer and public ones, and the page of the plugins."""
