"""Weights of a model that move, and the network of them: what tuning works on."""

from collections.abc import Mapping

import torch
from torch import Tensor, nn

from latentstudio.core.errors import AbilityError
from latentstudio.engine.generator import Generator
from latentstudio.generators.common import BaseGenerator
from latentstudio.generators.table import family
from latentstudio.generators.weight_difference import CANNOT, WeightDifference
from latentstudio.generators.weights import Weights

RATE = 1e-3
"""Longest step of one weight."""


class FittedWeights:
    """Weights that move, and the network of them, built anew at every step.

    What layers compute from their weights once (energies for demodulation, turned kernels) is
    right again in each new network, whatever the family; weights that a family does not use as
    they are can't be reached, and stay.
    """

    def __init__(self, generator: BaseGenerator, tensors: dict[str, Tensor]) -> None:
        self._like, self.tensors = generator, tensors
        self._means: dict[str, tuple[Tensor, Tensor]] = {}
        self._steps = 0
        self.moved: set[str] = set()
        self.best: dict[str, Tensor] | None = None
        """Weights that had moved at the least loss."""
        self._least = float("inf")
        _, parameters = self.network()
        if not parameters:
            raise AbilityError(CANNOT)

    def network(self) -> tuple[Generator, dict[str, nn.Parameter]]:
        """The network now, and its weights by their canonical names."""
        info, settings = self._like.info, self._like.weights.settings
        made = family(info.family).build(
            Weights(dict(self.tensors), settings), info.name, info.fingerprint
        )
        assert isinstance(made, BaseGenerator)
        self.tensors = made.weights.tensors
        by_memory = {t.data_ptr(): name for name, t in self.tensors.items() if t.numel()}
        found = {
            by_memory[p.data_ptr()]: p
            for p in made.network.parameters()
            if p.data_ptr() in by_memory
            and p.numel() == self.tensors[by_memory[p.data_ptr()]].numel()
        }
        return made.to(self._like.device), found

    def move(self, slopes: Mapping[str, Tensor | None]) -> None:
        """One step of Adam in place."""
        self._steps += 1
        for name, slope in slopes.items():
            if slope is None:
                continue
            first, second = self._means.get(name, (torch.zeros_like(slope),) * 2)
            first, second = 0.9 * first + 0.1 * slope, 0.99 * second + 0.01 * slope.square()
            self._means[name] = first, second
            mean = first / (1 - 0.9**self._steps)
            spread = (second / (1 - 0.99**self._steps)).sqrt()
            step = (RATE * mean / (spread + 1e-8)).cpu()
            self.moved.add(name)
            tensor = self.tensors[name]
            # A kernel may lie transposed in its layer; the gradient follows the layer.
            tensor -= step if step.shape == tensor.shape else step.transpose(0, 1)

    def remember(self, loss: float) -> None:
        """The loss of the weights as they are."""
        if loss < self._least:
            self._least = loss
            self.best = {name: self.tensors[name].clone() for name in self.moved}

    def difference(self, base: Mapping[str, Tensor], fingerprint: str) -> WeightDifference:
        """From a model's weights to the best ones."""
        best = self.best or {}
        halves = {name: (best[name] - base[name]).half() for name in sorted(best)}
        changed = {name: half for name, half in halves.items() if bool(half.any())}
        return WeightDifference(fingerprint, changed)
