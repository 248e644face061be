"""Below the canvas: kept pictures and the history."""
