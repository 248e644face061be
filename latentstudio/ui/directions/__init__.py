"""The left column: found directions as sliders, and the edits they make."""
