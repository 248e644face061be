"""Pictures of one's own: the frame, the search, the dial."""
