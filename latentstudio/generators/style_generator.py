"""What every StyleGAN shares: a mapping network, truncation toward a mean, styles."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from latentstudio.core.errors import OptionError
from latentstudio.core.spaces import Ability, GeneratorInfo, Prior, Space, SpaceInfo
from latentstudio.engine.generator import Noise
from latentstudio.engine.shapes import check_shape
from latentstudio.generators.common import BaseGenerator
from latentstudio.generators.layer_steps import LayerSteps, steps_of
from latentstudio.generators.pictures import check_picture, picture_facts
from latentstudio.generators.weights import Weights


@dataclass(frozen=True, slots=True)
class SynthesisFacts:
    """What a synthesis network is from outside.

    `resolution` is the side of its pictures, or their height and width.
    """

    resolution: int | tuple[int, int]
    channels: int
    layers: int
    noise: bool


class Network(nn.Module):
    """Mapping and synthesis, as one thing to move between devices."""

    def __init__(self, mapping: nn.Module, synthesis: nn.Module) -> None:
        super().__init__()
        self.mapping, self.synthesis = mapping, synthesis


class StyleGenerator(BaseGenerator):
    """A generator of codes w, made of a mapping network and a synthesis network.

    Args:
        name: Name on screen.
        family: Id of the family.
        fingerprint: Of `weights`.
        weights: What it was made from.
        mapping: z and class to w, as `layers.Mapping`: has `mean(one_hot)`, its sizes,
            and `slope` and `gain` of the activation at its end.
        synthesis: Has `layer_steps(ws, noise)`, `names()` of its taps, and `affines()`, one dense
            layer for each layer of W+.
        facts: See `SynthesisFacts`.

    Raises:
        CheckpointError: The two networks don't fit together.
    """

    network: Any

    def __init__(
        self,
        name: str,
        family: str,
        fingerprint: str,
        weights: Weights,
        mapping: Any,
        synthesis: Any,
        facts: SynthesisFacts,
    ) -> None:
        check_picture(facts.channels, facts.resolution)
        network = Network(mapping, synthesis)
        info = GeneratorInfo(
            name=name,
            family=family,
            **picture_facts(facts.resolution),
            channels=facts.channels,
            classes=mapping.c_dim,
            parameters=sum(p.numel() for p in network.parameters()),
            fingerprint=fingerprint,
            spaces=_spaces(mapping, facts.layers),
            taps=synthesis.names(),
            abilities=_abilities(mapping.c_dim > 0, facts.noise),
        )
        super().__init__(info, weights, network)

    def map(self, z: Tensor, classes: Tensor | None = None, truncation: float = 1.0) -> Tensor:
        check_shape(z, "N z_dim", z_dim=self._z_dim)
        mapping = self.network.mapping
        one_hot = self.one_hot(classes, z.shape[0])
        w: Tensor = mapping(z, one_hot)
        if truncation == 1:
            return w
        mean: Tensor = mapping.mean(one_hot)
        return mean + truncation * (w - mean)

    def mean_code(self, classes: Tensor | None = None) -> Tensor:
        one_hot = None if classes is None else self.one_hot(classes, len(classes))
        mean: Tensor = self.network.mapping.mean(one_hot)
        return mean

    def to_normal(self, code: Tensor) -> Tensor:
        slope, gain = self.network.mapping.slope, self.network.mapping.gain
        if slope == 0:  # such an activation cannot be undone
            return code
        p: Tensor = torch.where(code < 0, code / slope, code) / gain
        return p

    def from_normal(self, p: Tensor) -> Tensor:
        slope, gain = self.network.mapping.slope, self.network.mapping.gain
        return p if slope == 0 else F.leaky_relu(p, slope) * gain

    def style_weights(self, layers: Sequence[int]) -> Tensor:
        affines = self.network.synthesis.affines()
        for layer in layers:
            if not 0 <= layer < len(affines):
                raise OptionError(f"This model has layers 0 to {len(affines) - 1}, not {layer}.")
        rows: list[Tensor] = [affines[layer].weight * affines[layer].gain for layer in layers]
        return torch.cat(rows)

    def layers_before(self, tap: str) -> int:
        return self.info.taps.index(tap) + 1  # each tap's layer reads one more

    def margin(self, tap: str) -> int:
        known = getattr(self.network.synthesis, "margins", None)
        return int(known()[tap]) if known else 0

    def layer_steps(self, codes: Tensor, one_hot: Tensor | None, noise: Noise) -> LayerSteps:
        steps: LayerSteps = steps_of(self.network.synthesis)(codes, noise)
        return steps

    def _class_input(self, classes: Tensor | None, count: int) -> Tensor | None:
        return None  # classes act through the mapping network; the code holds them already


def _spaces(mapping: Any, layers: int) -> dict[Space, SpaceInfo]:
    return {
        Space.Z: SpaceInfo(mapping.z_dim, 1, Prior.NORMALISED),
        Space.W: SpaceInfo(mapping.w_dim, 1, Prior.MAPPED),
        Space.WPLUS: SpaceInfo(mapping.w_dim, layers, Prior.MAPPED),
    }


def _abilities(classes: bool, noise: bool) -> frozenset[Ability]:
    missing = set() if classes else {Ability.CLASSES}
    return frozenset(Ability) - missing - (set() if noise else {Ability.NOISE})
