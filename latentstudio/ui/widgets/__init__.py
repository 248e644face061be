"""Controls that the panels share. They show values and ask for changes; they decide nothing."""
