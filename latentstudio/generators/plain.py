"""Generators that read their code once: no mapping network, no noise inputs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor

from latentstudio.core.errors import CheckpointError, OptionError
from latentstudio.core.spaces import Ability, GeneratorInfo, Prior, Space, SpaceInfo
from latentstudio.engine.generator import Noise
from latentstudio.engine.shapes import check_shape
from latentstudio.generators.common import BaseGenerator
from latentstudio.generators.layers import unit_rms
from latentstudio.generators.walking import Walk
from latentstudio.generators.weights import Weights

ABILITIES = frozenset(
    {Ability.TAPS, Ability.STYLE_WEIGHTS, Ability.GRADIENT, Ability.FORWARD_GRADIENT}
)
MAX_RESOLUTION = 4096


@dataclass(frozen=True, slots=True)
class Facts:
    """What such a network is from outside; see `GeneratorInfo`."""

    z_dim: int
    resolution: int
    channels: int
    classes: int = 0
    prior: Prior = Prior.NORMAL
    guesses: Mapping[str, str] = field(default_factory=dict)


class PlainGenerator(BaseGenerator):
    """A generator of codes z.

    Args:
        name: Name on screen.
        family: Id of the family.
        fingerprint: Of `weights`.
        weights: What it was made from.
        network: Has `walk(z, one_hot)` (see `Walk`), `names()` of its taps, and `readers()`, the
            rows (rows, z_dim) that read z first.
        facts: See `Facts`.

    Raises:
        CheckpointError: It makes no pictures of one or three channels.
    """

    network: Any

    def __init__(
        self,
        name: str,
        family: str,
        fingerprint: str,
        weights: Weights,
        network: Any,
        facts: Facts,
    ) -> None:
        if facts.channels not in (1, 3) or not 1 <= facts.resolution <= MAX_RESOLUTION:
            raise CheckpointError(
                f"This model makes pictures of {facts.channels} channels and {facts.resolution} "
                "pixels; only 1 or 3 channels are known."
            )
        info = GeneratorInfo(
            name=name,
            family=family,
            resolution=facts.resolution,
            channels=facts.channels,
            classes=facts.classes,
            parameters=sum(p.numel() for p in network.parameters()),
            fingerprint=fingerprint,
            spaces={Space.Z: SpaceInfo(facts.z_dim, 1, facts.prior)},
            taps=network.names(),
            abilities=ABILITIES | ({Ability.CLASSES} if facts.classes else set()),
            guesses=facts.guesses,
        )
        super().__init__(info, weights, network)

    def map(self, z: Tensor, classes: Tensor | None = None, truncation: float = 1.0) -> Tensor:
        check_shape(z, "N z_dim", z_dim=self._z_dim)
        # Where the network divides z by its length, the code is what it goes on with.
        return unit_rms(z) if self.info.spaces[Space.Z].prior is Prior.NORMALISED else z

    def walk(self, codes: Tensor, one_hot: Tensor | None, noise: Noise) -> Walk:
        walk: Walk = self.network.walk(codes[:, 0], one_hot)
        return walk

    def style_weights(self, layers: Sequence[int]) -> Tensor:
        if any(layer != 0 for layer in layers):
            raise OptionError("This model has one layer that reads the code: layer 0.")
        rows: Tensor = self.network.readers()
        return torch.cat([rows for _ in layers])
