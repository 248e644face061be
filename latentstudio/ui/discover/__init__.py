"""Finding directions: a form for every method, the runs, their curves, and what they find."""
