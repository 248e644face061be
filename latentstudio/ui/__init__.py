"""Widgets. No torch in here; one folder per panel."""
