"""Where the picture lies in the density of the model, and the way back."""
