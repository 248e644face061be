"""Torch: the generator protocol, safe checkpoint reading, images, devices."""
