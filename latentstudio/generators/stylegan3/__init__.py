"""StyleGAN3 (Karras et al. 2021, "Alias-Free Generative Adversarial Networks")."""
