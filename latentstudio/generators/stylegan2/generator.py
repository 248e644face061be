"""StyleGAN2 as a generator: its facts, and the network from weights."""

from typing import Any

from torch import nn

from latentstudio.core.spaces import Ability, GeneratorInfo, Prior, Space, SpaceInfo
from latentstudio.generators.common import StyleGenerator
from latentstudio.generators.stylegan2.network import Mapping, Synthesis
from latentstudio.generators.stylegan2.settings import Settings, read_settings
from latentstudio.generators.weights import TensorBag, Weights

FAMILY = "stylegan2"


class Network(nn.Module):
    """Mapping and synthesis, as one thing to move between devices."""

    def __init__(self, weights: Weights, settings: Settings) -> None:
        super().__init__()
        bag = TensorBag(weights.tensors)
        self.mapping: Any = Mapping(bag.under("mapping"), settings)
        self.synthesis: Any = Synthesis(bag.under("synthesis"), settings)


def build(weights: Weights, name: str, fingerprint: str) -> StyleGenerator:
    """The generator of canonical weights.

    Raises:
        CheckpointError: Tensors are missing or don't fit together.
    """
    settings = read_settings(weights)
    network = Network(weights, settings)
    info = GeneratorInfo(
        name=name,
        family=FAMILY,
        resolution=settings.resolutions[-1],
        channels=settings.img_channels,
        classes=settings.c_dim,
        parameters=sum(p.numel() for p in network.parameters()),
        fingerprint=fingerprint,
        spaces=style_spaces(settings.z_dim, settings.w_dim, settings.num_ws),
        taps=network.synthesis.names(),
        abilities=style_abilities(settings.c_dim > 0, settings.extras.use_noise),
    )
    return StyleGenerator(info, weights, network)


def style_spaces(z_dim: int, w_dim: int, layers: int) -> dict[Space, SpaceInfo]:
    """Spaces of any StyleGAN."""
    return {
        Space.Z: SpaceInfo(z_dim, 1, Prior.NORMALISED),
        Space.W: SpaceInfo(w_dim, 1, Prior.MAPPED),
        Space.WPLUS: SpaceInfo(w_dim, layers, Prior.MAPPED),
    }


def style_abilities(classes: bool, noise: bool) -> frozenset[Ability]:
    """What any StyleGAN of ours offers."""
    found = set(Ability)
    if not classes:
        found.discard(Ability.CLASSES)
    if not noise:
        found.discard(Ability.NOISE)
    return frozenset(found)
