"""Local directions: from Jacobians and a mask to directions. No picture is made here."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from latentstudio.core.errors import OptionError
from latentstudio.core.layer_range import parse_layers
from latentstudio.core.progress import Job, part
from latentstudio.core.spaces import GeneratorInfo
from latentstudio.discovery.result import fix_signs, linear_set
from latentstudio.document.direction import DirectionSet
from latentstudio.engine.jacobian import Jacobian
from latentstudio.region import registry
from latentstudio.region.grams import MaskedGrams
from latentstudio.region.leak import Leak, measure
from latentstudio.region.masks import Mask, reduced
from latentstudio.region.subspace import Subspace

USUAL_LAYERS = (4, 7)
"""Of a StyleGAN: LowRankGAN's default; later layers hold colour, earlier ones the pose."""


class MaskedProducts:
    """Means of M_f and M_b over pictures whose Jacobians come one after the other.

    Args:
        mask: (height, width) of the pictures, 0 to 1.

    Attributes:
        first: The first picture's Jacobian.
    """

    def __init__(self, mask: Mask) -> None:
        self.mask = mask
        self.first: Jacobian | None = None
        self._count = 0
        self._inside = self._outside = torch.zeros(())

    def add(self, jacobian: Jacobian) -> None:
        """Count one more picture."""
        grams = MaskedGrams(jacobian.values)
        grams.paint(reduced(self.mask, jacobian.size))
        self._inside = self._inside + grams.inside()
        self._outside = self._outside + grams.outside()
        self._count += 1
        self.first = self.first or jacobian

    def means(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """M_f and M_b, (dim, dim) each."""
        return (self._inside / self._count).numpy(), (self._outside / self._count).numpy()


@dataclass(frozen=True, slots=True, eq=False)
class Solved:
    """What Jacobians say of a region.

    Attributes:
        vectors: Unit directions, (K, dim), best first.
        subspace: What the method found.
        predicted: Leak of each direction by the first Jacobian, at its size.
    """

    vectors: Tensor
    subspace: Subspace
    predicted: tuple[Leak, ...]


def find_local(products: MaskedProducts, options: Any, count: int) -> Job[Solved]:
    """Find directions that change pictures inside a mask and little outside it.

    Of several pictures M_f and M_b are the means over all, so that what is found is local in
    each of them.

    Args:
        products: Of one picture's Jacobian at least.
        options: Of one of `registry.METHODS`.
        count: Most directions.

    Raises:
        OptionError: No direction is left.
    """
    derived = products.first
    assert derived is not None  # pictures come one at least
    inside, outside = products.means()
    found = yield from part(registry.find(inside, outside, options, count), 0.0, 1.0)
    if not len(found.vectors):
        raise OptionError(
            "Nothing changes this region alone. Paint a larger one, or let more change around it."
        )
    vectors = fix_signs(torch.from_numpy(found.vectors.copy()))
    small = reduced(products.mask, derived.size)
    predicted = tuple(measure(pushed(derived, vector), small) for vector in vectors)
    return Solved(vectors, found, predicted)


def chosen_layers(text: str, info: GeneratorInfo) -> tuple[int, int] | None:
    """Layers of an option; ``auto`` takes the usual ones where the model has them.

    Raises:
        OptionError: No such layers.
    """
    if text.strip() != "auto":
        return parse_layers(text, info.code_layers)
    return USUAL_LAYERS if info.code_layers > USUAL_LAYERS[1] else None


def pushed(derived: Jacobian, vector: Tensor) -> NDArray[np.float32]:
    """The linear model's change of the picture: (C, H, W)."""
    change: NDArray[np.float32] = (derived.values @ vector.float()).permute(2, 0, 1).numpy()
    return change


def directions_of(
    info: GeneratorInfo,
    options: Any,
    vectors: Tensor,
    units: Sequence[float],
    layers: tuple[int, int] | None,
) -> DirectionSet:
    """Straight directions (K, dim) as their method's own."""
    method = registry.method_of(options)
    title = (method.id, method.title)
    return linear_set(info, title, options, 0, vectors, units=units, layers=layers)
