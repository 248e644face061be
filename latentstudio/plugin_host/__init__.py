"""Plugins: found by their manifest, allowed once, imported late, blamed by name."""
