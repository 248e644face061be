"""LatentStudio: find and use the directions that mean something in a GAN's latent space."""

import os

__version__ = "0.1.0"

# What torch and OpenMP read once, when they are loaded: so it is set before anything of ours can
# import them. A value that the user has set stays.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
"""Waiting threads sleep: spinning ones make a second busy process crawl."""
os.environ.setdefault("THP_MEM_ALLOC_ENABLE", "1")
"""Large tensors lie in large pages (Linux): a 1024 px picture takes 0.8 of the time."""
