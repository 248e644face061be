"""Own pictures: open a photo, find the code that draws it, put edits back into the photo."""
