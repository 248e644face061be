"""BigGAN and BigGAN-deep (Brock et al. 2019, "Large Scale GAN Training")."""
