"""How far features are from the running statistics that batch norms remember.

The network runs on a few codes up to each norm. On the way a layer goes without its function, or
a norm takes another epsilon, where the next norm clearly says so.
"""

import math
from dataclasses import dataclass

import torch
from torch import Tensor

from latentstudio.plugin_host.api import CheckpointError, OptionError, TensorBag

from .choices import Choices
from .network import EPS, Network, Norm, make
from .reading import Stack

ALL = 10_000
"""More norms than any network has."""
FEWEST, MOST, WORK = 6, 64, 2e8
"""Fewest and most samples, and about how many products each trial may take."""
FLAT = 8
"""So many times more for a perceptron, whose norms see one number of each sample."""
ROOM = 5e7
"""Most numbers in the features of one layer while trying."""
AGREED, MUCH = 0.2, 0.5
"""Above this distance a layer is tried without activation; it stays so for half the distance."""
EPSILONS = {0.8: 0.03, 1e-3: 0.1}
"""Of PyTorch-GAN's networks, of Keras and TensorFlow: each is taken where it brings the distance
down by this much."""
SURELY = 0.7
"""And below this share."""


@dataclass(frozen=True, slots=True)
class Fit:
    """How well a network agrees with its norms.

    Attributes:
        distance: Mean over the norms.
        worst: The largest of them.
        bare: Layers that go without a function, as `Choices.bare`.
        eps: Epsilons, as `Choices.eps`.
        rivals: Other activations that agree about as well.
    """

    distance: float
    worst: float
    bare: str = ""
    eps: str = ""
    rivals: tuple[str, ...] = ()


NONE = Fit(math.inf, math.inf)


def fit(
    bag: TensorBag,
    stack: Stack,
    choices: Choices,
    norms: int,
    settled: bool = False,
    samples: int = 1,
) -> Fit:
    """Run a network up to some batch norm and compare what each is given with its statistics.

    Args:
        bag: Tensors.
        stack: Layers.
        choices: What the file leaves open.
        norms: How many norms to ask.
        settled: Take the choices as they are.
        samples: How many times as many samples, and as much work.
    """
    try:
        network = make(bag, stack, choices)
    except (CheckpointError, OptionError):
        return NONE
    x = inputs_of(network, norms, samples)
    if x is None or not network.norms():
        return NONE
    return _Pass(network, norms, settled).run(x)


def inputs_of(network: Network, norms: int, samples: int = 1) -> Tensor | None:
    """What the first layer is given for some codes, (N, ...); None where one would be too much.

    Args:
        network: The network.
        norms: How far it will be run, in norms.
        samples: How many times as many samples, and as much work.
    """
    work, numbers = _cost(network, norms)
    most = samples * MOST * (FLAT if all(one.kind == "linear" for one in network.stages) else 1)
    count = min(max(FEWEST, min(most, int(samples * WORK / work))), int(ROOM / numbers))
    return network.input(*_draw(network, count)) if count else None


class _Pass:
    """One pass through a network, with what was found on the way."""

    def __init__(self, network: Network, norms: int, settled: bool) -> None:
        self._network, self._norms, self._settled = network, norms, settled
        self._open = not settled and not network.choices.eps
        self._distances: list[float] = []
        self._epsilons: list[float] = []

    def run(self, x: Tensor) -> Fit:
        network, before = self._network, None
        bare = set(network.bare)
        for index, stage in enumerate(network.stages[:-1]):
            x = network.before_norm(index, stage.layer(x))
            if stage.norm is not None:
                x, undone = self._asked(index, x, before)
                bare |= {index - 1} if undone else set()
                if len(self._distances) == self._norms:
                    break
                if self._open:
                    stage.norm.eps = self._epsilon(index, x)
                    self._epsilons.append(stage.norm.eps)
            before = None if stage.described.early else stage.normed(x)
            x = network.behind(index, x)
        text = ",".join(map(str, sorted(bare)))
        mean = sum(self._distances) / len(self._distances)
        return Fit(mean, max(self._distances), text, self._text())

    def _asked(self, index: int, x: Tensor, before: Tensor | None) -> tuple[Tensor, bool]:
        """What a norm is given, and whether the layer before goes without its function."""
        stage = self._network.stages[index]
        distance, undone = _distance(stage.norm, x), False
        if before is not None and distance > AGREED and not self._settled:
            other = self._network.before_norm(index, stage.layer(before))
            without = _distance(stage.norm, other)
            if without < MUCH * distance:
                x, distance, undone = other, without, True
        self._distances.append(distance)
        return x, undone

    def _epsilon(self, index: int, x: Tensor) -> float:
        """The epsilon with which the next norm agrees; as the last one's where none follows."""
        usual = self._ahead(index, x, EPS)
        if math.isinf(usual):
            return self._epsilons[-1] if self._epsilons else EPS
        found = {eps: self._ahead(index, x, eps) for eps in EPSILONS}
        best = min(found, key=lambda eps: found[eps])
        sure = found[best] < min(SURELY * usual, usual - EPSILONS[best])
        return best if sure else EPS

    def _ahead(self, index: int, x: Tensor, eps: float) -> float:
        """Distance of the next norm if this one has an epsilon; infinite where none follows."""
        network = self._network
        stage = network.stages[index]
        stage.norm.eps = eps
        given = [network.behind(index, x), stage.normed(x)]
        for later in range(index + 1, len(network.stages) - 1):
            following = network.stages[later]
            given = [network.before_norm(later, following.layer(one)) for one in given]
            if following.norm is not None:
                usual, without = (_distance(following.norm, one) for one in given)
                return without if without < MUCH * usual and usual > AGREED else usual
            given = [network.behind(later, one) for one in given]
        return math.inf

    def _text(self) -> str:
        if not self._open or not self._epsilons:
            return self._network.choices.eps
        missing = len(self._network.norms()) - len(self._epsilons)
        return as_text(self._epsilons + missing * self._epsilons[-1:])


def as_text(epsilons: list[float]) -> str:
    """Epsilons as `Choices.eps`: nothing where all are PyTorch's, one number where all agree."""
    if all(eps == EPS for eps in epsilons):
        return ""
    return ",".join(f"{eps:g}" for eps in (epsilons[:1] if len(set(epsilons)) == 1 else epsilons))


def _distance(norm: Norm, x: Tensor) -> float:
    """Median over channels of |log(s / s')| + |m - m'| / s'.

    m and s are the mean and deviation found, m' and s' those that the norm remembers.
    """
    over = [0, *range(2, x.ndim)]
    mean, deviation = x.mean(over), x.std(over) + 1e-8
    known = norm.variance.clamp(min=1e-12).sqrt()
    return float(((deviation / known).log().abs() + (mean - norm.mean).abs() / known).median())


def _draw(network: Network, count: int) -> tuple[Tensor, Tensor | None]:
    draw = torch.Generator().manual_seed(0)
    if network.choices.prior == "uniform":
        z = 2 * torch.rand(count, network.z_dim, generator=draw) - 1
    else:
        z = torch.randn(count, network.z_dim, generator=draw)
    if not network.classes:
        return z, None
    return z, torch.eye(network.classes)[torch.arange(count) % network.classes]


def _cost(network: Network, norms: int) -> tuple[float, float]:
    """Products for one picture up to some norm, and numbers in the largest features.

    Products: every weight at every pixel that it reads.
    """
    size, products, numbers = 1, 1.0, 1.0
    for stage, way in zip(network.stages, network.geometry.ways, strict=True):
        products += stage.weight.numel() * size**2
        size = way.size(size, stage.described) if stage.kind != "linear" else stage.side
        numbers = max(numbers, stage.described.outputs * size**2)
        norms -= stage.norm is not None
        if not norms:
            break
    return products, numbers
