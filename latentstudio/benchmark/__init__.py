"""What this machine can do: one prepared program of measurements."""
