"""What is edited, as immutable values: state, commands, history, directions."""
