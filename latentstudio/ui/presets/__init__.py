"""The library of presets in the window, and the card with which one is saved."""
