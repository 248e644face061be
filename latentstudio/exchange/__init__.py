"""What comes in and goes out: presets, and the direction files of other projects."""
