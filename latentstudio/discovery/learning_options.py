"""Options that methods which learn have in common, with the same words and limits."""

from typing import Any

from latentstudio.core.options import option


def steps(default: int) -> Any:
    """How many steps to learn."""
    words = "How long to learn. It can be stopped early."
    return option(default, "Steps", words, low=1, high=10_000_000)


def layers() -> Any:
    """Which layers walks apply to; see `core.layer_range`."""
    words = "Layers of a StyleGAN to change: all, one, or a range such as 4-7."
    return option("all", "Layers", words)


def space() -> Any:
    """Where directions live; see `latents.choose_space`."""
    words = "Where directions live; auto is best."
    return option("auto", "Space", words, choices=("auto", "z", "w"))


def rate(default: float) -> Any:
    """Adam's learning rate."""
    words = "Larger learns faster and less surely."
    return option(default, "Learning rate", words, low=1e-8, high=1.0, advanced=True)


def batch(default: int) -> Any:
    """How many pictures each step takes."""
    words = "More is steadier and slower."
    return option(default, "Pictures at a time", words, low=2, high=4096, advanced=True)


def weight(default: float, label: str, words: str) -> Any:
    """Of a term of the loss."""
    return option(default, label, words, low=0.0, high=1000.0, advanced=True)
