"""Find any command (Ctrl+K) and the sheet of shortcuts (F1)."""
