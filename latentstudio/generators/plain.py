"""Generators that read their code once: no mapping network, no noise inputs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor

from latentstudio.core.errors import OptionError
from latentstudio.core.spaces import Ability, GeneratorInfo, Prior, Space, SpaceInfo
from latentstudio.engine.generator import Noise
from latentstudio.engine.shapes import check_shape
from latentstudio.generators.common import BaseGenerator
from latentstudio.generators.layer_steps import LayerSteps, steps_of
from latentstudio.generators.layers import unit_rms
from latentstudio.generators.pictures import check_picture, picture_facts
from latentstudio.generators.weights import Weights

ABILITIES = frozenset(
    {Ability.TAPS, Ability.STYLE_WEIGHTS, Ability.GRADIENT, Ability.FORWARD_GRADIENT}
)


def _abilities(facts: "Facts") -> frozenset[Ability]:
    given = {Ability.CLASSES: facts.classes > 0, Ability.NOISE: facts.noise}
    return ABILITIES | {ability for ability, there in given.items() if there}


@dataclass(frozen=True, slots=True)
class Facts:
    """What such a network is from outside; see `GeneratorInfo`.

    `resolution` is the side of its pictures, or their height and width.
    """

    z_dim: int
    resolution: int | tuple[int, int]
    channels: int
    classes: int = 0
    prior: Prior = Prior.NORMAL
    guesses: Mapping[str, str] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()
    noise: bool = False


class PlainGenerator(BaseGenerator):
    """A generator of codes z.

    Args:
        name: Name on screen.
        family: Id of the family.
        fingerprint: Of `weights`.
        weights: What it was made from.
        network: Has `layer_steps(z, one_hot)` (see `LayerSteps`; with `noise` as well where the
            facts say so), `names()` of its taps, and `readers()`, the rows (rows, z_dim) that
            read z first.
        facts: See `Facts`.

    Raises:
        CheckpointError: It makes no pictures of one, three or four channels.
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
        check_picture(facts.channels, facts.resolution)
        info = GeneratorInfo(
            name=name,
            family=family,
            **picture_facts(facts.resolution),
            channels=facts.channels,
            classes=facts.classes,
            parameters=sum(p.numel() for p in network.parameters()),
            fingerprint=fingerprint,
            spaces={Space.Z: SpaceInfo(facts.z_dim, 1, facts.prior)},
            taps=network.names(),
            abilities=_abilities(facts),
            guesses=facts.guesses,
            warnings=facts.warnings,
        )
        super().__init__(info, weights, network)

    def map(self, z: Tensor, classes: Tensor | None = None, truncation: float = 1.0) -> Tensor:
        check_shape(z, "N z_dim", z_dim=self._z_dim)
        # Where the network divides z by its length, the code is what it goes on with.
        return unit_rms(z) if self.info.spaces[Space.Z].prior is Prior.NORMALISED else z

    def layer_steps(self, codes: Tensor, one_hot: Tensor | None, noise: Noise) -> LayerSteps:
        noisy = Ability.NOISE in self.info.abilities
        steps: LayerSteps = steps_of(self.network)(
            codes[:, 0], one_hot, *((noise,) if noisy else ())
        )
        return steps

    def style_weights(self, layers: Sequence[int]) -> Tensor:
        if any(layer != 0 for layer in layers):
            raise OptionError("This model has one layer that reads the code: layer 0.")
        rows: Tensor = self.network.readers()
        return torch.cat([rows for _ in layers])
