"""Weights of a model that move, and the network of them: what tuning works on."""

from collections.abc import Mapping
from dataclasses import dataclass

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


@dataclass(frozen=True, slots=True, eq=False)
class KeptWeights:
    """Weights under way, to go on from.

    Attributes:
        steps: Taken so far.
        least: Least loss so far.
        now: Those that have moved, float32, by their canonical names.
        first: Running mean of each one's gradient.
        second: Running mean of its square.
        best: Those of the least loss; none where that was the model's, as it is.
    """

    steps: int
    least: float
    now: dict[str, Tensor]
    first: dict[str, Tensor]
    second: dict[str, Tensor]
    best: dict[str, Tensor]


class FittedWeights:
    """Weights that move, and the network of them, built anew at every step.

    What layers compute from their weights once (energies for demodulation, turned kernels) is
    right again in each new network, whatever the family; weights that a family does not use as
    they are can't be reached, and stay.
    """

    def __init__(self, generator: BaseGenerator, tensors: dict[str, Tensor]) -> None:
        self._like, self.tensors = generator, tensors
        self._means: dict[str, tuple[Tensor, Tensor]] = {}
        self.steps = 0
        """Taken so far."""
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
        self.steps += 1
        for name, slope in slopes.items():
            if slope is None:
                continue
            first, second = self._means.get(name, (torch.zeros_like(slope),) * 2)
            first, second = 0.9 * first + 0.1 * slope, 0.99 * second + 0.01 * slope.square()
            self._means[name] = first, second
            mean = first / (1 - 0.9**self.steps)
            spread = (second / (1 - 0.99**self.steps)).sqrt()
            step = (RATE * mean / (spread + 1e-8)).cpu()
            self.moved.add(name)
            tensor = self.tensors[name]
            tensor -= _as_it_lies(step, tensor)

    def remember(self, loss: float) -> None:
        """The loss of the weights as they are."""
        if loss < self._least:
            self._least = loss
            self.best = {name: self.tensors[name].clone() for name in self.moved}

    def kept(self) -> "KeptWeights":
        """What goes on from here needs, as copies; see `restore`."""
        names = sorted(self.moved)
        means = {name: self._means[name] for name in names}
        return KeptWeights(
            self.steps,
            self._least,
            {name: self.tensors[name].clone() for name in names},
            {name: first.cpu().clone() for name, (first, _) in means.items()},
            {name: second.cpu().clone() for name, (_, second) in means.items()},
            dict(self.best or {}),
        )

    def takes(self, kept: "KeptWeights") -> bool:
        """Whether they are weights of this network."""
        return all(
            name in self.tensors and self.tensors[name].shape == tensor.shape
            for name, tensor in kept.now.items()
        )

    def restore(self, kept: "KeptWeights") -> None:
        """Go on from what `kept` gave, of a network of the same weights."""
        for name, tensor in kept.now.items():
            self.tensors[name].copy_(tensor)
        device = self._like.device
        pairs = {name: (kept.first[name], kept.second[name]) for name in kept.now}
        self._means = {n: (a.to(device), b.to(device)) for n, (a, b) in pairs.items()}
        self.steps, self.moved, self._least = kept.steps, set(kept.now), kept.least
        self.best = dict(kept.best) if kept.steps else None

    def difference(self, base: Mapping[str, Tensor], fingerprint: str) -> WeightDifference:
        """From a model's weights to the best ones."""
        best = self.best or {}
        halves = {name: (best[name] - base[name]).half() for name in sorted(best)}
        changed = {name: half for name, half in halves.items() if bool(half.any())}
        return WeightDifference(fingerprint, changed)


def _as_it_lies(step: Tensor, tensor: Tensor) -> Tensor:
    """A step in the shape of a weight: the gradient follows the layer.

    There a kernel may lie transposed, and a vector may have sides of one; any shape.
    """
    if step.ndim == tensor.ndim and step.shape != tensor.shape:
        return step.transpose(0, 1)
    return step.reshape(tensor.shape)
