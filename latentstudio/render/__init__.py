"""From a document to pixels: latents, edits, walks, synthesis, each step cached by value."""
