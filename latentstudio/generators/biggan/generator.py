"""BigGAN and BigGAN-deep as generators: a truncated prior, classes, no mapping network."""

import copy
from collections.abc import Mapping, Sequence
from typing import Any, Self

import numpy as np
import torch
from torch import Tensor

from latentstudio.core.errors import CheckpointError, OptionError
from latentstudio.core.spaces import Ability, GeneratorInfo, Prior, Space, SpaceInfo
from latentstudio.engine.generator import Noise
from latentstudio.engine.priors import TRUNCATED_AT
from latentstudio.generators.biggan.deep_network import MAX_LAYERS, DeepNetwork, Settings
from latentstudio.generators.biggan.network import Network
from latentstudio.generators.common import BaseGenerator
from latentstudio.generators.layer_steps import LayerSteps
from latentstudio.generators.weights import TensorBag, Weights

FAMILY, DEEP_FAMILY = "biggan", "biggan-deep"
ABILITIES = frozenset(
    {
        Ability.CLASSES,
        Ability.TRUNCATION,
        Ability.TAPS,
        Ability.STYLE_WEIGHTS,
        Ability.GRADIENT,
        Ability.FORWARD_GRADIENT,
    }
)


def draw_truncated(seeds: Sequence[int], dim: int) -> Tensor:
    """N(0, I) cut off at ±2: (len(seeds), dim).

    What of ``RandomState(seed).randn(1, dim)`` lies outside is drawn again from the same
    stream until it lies inside.
    """
    rows = []
    for seed in seeds:
        rng = np.random.RandomState(seed)
        row = rng.randn(1, dim)[0]
        while (outside := np.abs(row) > TRUNCATED_AT).any():
            row[outside] = rng.randn(int(outside.sum()))
        rows.append(row)
    return torch.from_numpy(np.array(rows, dtype=np.float32).reshape(-1, dim))


class BigGenerator(BaseGenerator):
    """Either network; both have `z_dim`, `classes`, `resolution`, `layer_steps` and `readers`."""

    network: Any

    def __init__(self, name: str, family: str, fingerprint: str, weights: Weights, network: Any):
        if not (network.classes and 1 <= network.resolution <= 4096):
            raise CheckpointError("This BigGAN has no classes, or pictures of an odd size.")
        info = GeneratorInfo(
            name=name,
            family=family,
            resolution=network.resolution,
            channels=3,
            classes=network.classes,
            parameters=sum(p.numel() for p in network.parameters()),
            fingerprint=fingerprint,
            spaces={Space.Z: SpaceInfo(network.z_dim, 1, Prior.TRUNCATED)},
            taps=network.names(),
            abilities=ABILITIES,
        )
        super().__init__(info, weights, network)

    def sample_z(self, seeds: Sequence[int], truncation: float = 1.0) -> Tensor:
        return (truncation * draw_truncated(seeds, self._z_dim)).to(self.device)

    def layer_steps(self, codes: Tensor, one_hot: Tensor | None, noise: Noise) -> LayerSteps:
        steps: LayerSteps = self.network.layer_steps(codes[:, 0], one_hot)
        return steps

    def style_weights(self, layers: Sequence[int]) -> Tensor:
        if any(layer != 0 for layer in layers):
            raise OptionError("This model has one layer that reads the code: layer 0.")
        rows: Tensor = self.network.readers()
        return torch.cat([rows for _ in layers])


class DeepGenerator(BigGenerator):
    """BigGAN-deep: its batch norms have statistics of their own for each truncation."""

    _truncation = 1.0

    def at_truncation(self, truncation: float) -> Self:
        """The same network with the statistics of another truncation; weights are shared."""
        other = copy.copy(self)
        other._truncation = truncation
        return other

    def layer_steps(self, codes: Tensor, one_hot: Tensor | None, noise: Noise) -> LayerSteps:
        steps: LayerSteps = self.network.layer_steps(codes[:, 0], one_hot, self._truncation)
        return steps


def build(weights: Weights, name: str, fingerprint: str) -> BigGenerator:
    """BigGAN from the tensors of BigGAN-PyTorch.

    Raises:
        CheckpointError: Tensors are missing or don't fit together.
    """
    network = Network(TensorBag(weights.tensors), weights.settings)
    return BigGenerator(name, FAMILY, fingerprint, weights, network)


def build_deep(weights: Weights, name: str, fingerprint: str) -> DeepGenerator:
    """BigGAN-deep from the tensors of pytorch-pretrained-BigGAN.

    Raises:
        CheckpointError: Tensors are missing or don't fit together.
    """
    network = DeepNetwork(TensorBag(weights.tensors), read_deep_settings(weights.settings))
    return DeepGenerator(name, DEEP_FAMILY, fingerprint, weights, network)


def read_deep_settings(record: Mapping[str, Any]) -> Settings:
    """The settings we need of `config.json`.

    Raises:
        CheckpointError: They are missing or not of their kind.
    """
    try:
        ups = tuple(bool(layer[0]) for layer in record["layers"][: MAX_LAYERS + 1])
        eps = float(record.get("eps", 1e-4))
    except (KeyError, TypeError, ValueError, IndexError, AttributeError) as error:
        raise CheckpointError(
            "A BigGAN-deep needs its config.json beside the model file; it is missing or broken."
        ) from error
    if len(ups) > MAX_LAYERS:
        raise CheckpointError("The config.json of this BigGAN-deep has too many layers.")
    return Settings(ups, eps)
