"""Reads what the built-in model's portraits show: it was trained on their known attributes."""

from functools import cache
from pathlib import Path

import torch
from torch import Tensor
from torch.nn import functional as nnf

from latentstudio.plugin_host import api as studio

from .network import FileFacts, Network, read_network

WEIGHTS = Path(__file__).parent / "predictor.safetensors"
LIGHTNESS = "light {}"
"""Colours are read as how light they are, 0 to 1."""
OWN = ("stylegan2", 128, 64)
"""Family, dimensions of w and least resolution of the built-in model, whatever its training."""


class Reader:
    """Attributes as numbers in 0..1: chances of groups of options, and how light colours are."""

    def __init__(self, network: Network, about: FileFacts) -> None:
        self.network, self.about = network, about

    @property
    def names(self) -> list[str]:
        """What is read, in order."""
        colours = (name.removesuffix("Color") for name in self.about.colours)
        return [*self.about.groups, *map(LIGHTNESS.format, colours)]

    @torch.no_grad()
    def read(self, images: Tensor) -> Tensor:
        """Pictures (N, 3, H, W) in -1..1 to (N, attributes)."""
        scores, colours = self.network.split(self.network(self._fitted(images)))
        chances = [self._chance(scores, *group) for group in self.about.groups.values()]
        lights = colours.reshape(len(colours), -1, 3).mean(2)
        return torch.cat([torch.stack(chances, dim=1), lights], dim=1)

    @torch.no_grad()
    def embed(self, images: Tensor) -> Tensor:
        """Pictures to (N, 256): how alike two portraits are to the network."""
        return self.network.seen(self._fitted(images))

    def _chance(self, scores: dict[str, Tensor], choice: str, options: list[str]) -> Tensor:
        places = [self.about.attributes[choice].index(option) for option in options]
        return scores[choice].softmax(1)[:, places].sum(1).clamp(max=1.0)

    def _fitted(self, images: Tensor) -> Tensor:
        size = (self.network.size, self.network.size)
        if images.shape[-2:] == size:
            return images
        return nnf.interpolate(images, size=size, mode="bilinear", antialias=True)


@cache
def reader() -> Reader:
    return Reader(*read_network(WEIGHTS))


def suits(model: studio.ModelKey) -> bool:
    """Our own portraits, by the facts that no training of them changes."""
    family, dim, least = OWN
    return (model.family, model.dims.get("w")) == (family, dim) and model.resolution >= least


def activate(api: studio.PluginApi) -> None:
    attributes = tuple(studio.Attribute(name) for name in reader().names)
    api.add_predictor(
        studio.Predictor(
            "portraits",
            "Attributes of portraits",
            attributes,
            lambda images: reader().read(images),
            lambda images: reader().embed(images),
            suits,
            help="Glasses, beard, hair, mouth and colours of drawn portraits.",
        )
    )
