"""Where the density of the latent space lies, and walks that keep it."""
