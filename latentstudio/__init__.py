"""LatentStudio: find and use the directions that mean something in a GAN's latent space."""

__version__ = "0.1.0"
