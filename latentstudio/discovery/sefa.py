"""SeFa: directions read off a model's own weights.

Shen & Zhou, CVPR 2021, "Closed-Form Factorization of Latent Semantics in GANs",
arXiv:2007.06600. The first layer that meets the code is y = A z + b; moving z by t n changes
y by t A n whatever z is, so the directions that change most maximise ||A n||^2.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from latentstudio.core.errors import AbilityError
from latentstudio.core.layer_range import parse_layers
from latentstudio.core.options import check, option
from latentstudio.core.progress import Job, Step, part
from latentstudio.core.spaces import Prior
from latentstudio.discovery import fitting
from latentstudio.discovery.fitting import Fields, Setting
from latentstudio.discovery.result import check_count, fix_signs, linear_set
from latentstudio.discovery.sampling import code_moments
from latentstudio.document.direction import DirectionSet
from latentstudio.engine.generator import Generator, HasStyleWeights
from latentstudio.engine.shapes import check_shape

METHOD = ("sefa", "SeFa")
UNIT_SAMPLES = 4096
"""Enough for a standard deviation to within 1 or 2 %."""


@dataclass(frozen=True, slots=True)
class SefaOptions:
    """What can be set."""

    count: int = option(20, "Directions", "How many to find, the strongest first.", low=1, high=512)
    layers: str = option(
        "all",
        "Layers",
        "Layers to look at and to change: all, one, or a range such as 4-7. Early layers hold "
        "pose and shape, late ones colour and texture.",
    )


def fit(fields: Fields, setting: Setting) -> Fields:
    """At most as many directions as dimensions."""
    return fitting.at_most_dim(fields, setting)


def factorise(weight: Tensor, count: int) -> tuple[Tensor, Tensor]:
    """Find the unit directions n that A amplifies most.

    argmax ||A n||^2 over ||n|| = 1 are the leading eigenvectors of A^T A (the paper's eq. 8).
    As in the authors' release the rows of A are scaled to unit length first, so that a channel
    with large weights counts no more than others. Float64, since A^T A squares the condition
    number.

    Args:
        weight: A, (rows, dim), rows of any number of layers one below the other.
        count: K, 1 to dim.

    Returns:
        Unit vectors (K, dim) and the eigenvalues (K,), largest first, both float64.

    Raises:
        ShapeError: `weight` is not a matrix.
        OptionError: `count` is above dim.
    """
    check_count(count, check_shape(weight, "rows dim")["dim"])
    a = weight.double()
    a = a / a.norm(dim=1, keepdim=True).clamp_min(torch.finfo(a.dtype).tiny)
    values, vectors = torch.linalg.eigh(a.T @ a)  # ascending
    top = vectors.flip(1)[:, :count].T
    return fix_signs(top), values.flip(0)[:count].clamp_min(0)


@torch.no_grad()
def discover(
    generator: Generator, options: SefaOptions, seed: int = 0, state: object = None
) -> Job[DirectionSet]:
    """Run SeFa on some layers of a model; see `factorise` for the mathematics.

    `seed` only picks the sample that the sliders' unit is measured on; `state` is not used,
    since the whole takes a moment.

    Raises:
        AbilityError: The model's first layer is no plain matrix.
        OptionError: An option out of its range, more directions than dimensions, or layers that
            don't exist.
    """
    if not isinstance(generator, HasStyleWeights):
        raise AbilityError("SeFa needs a model whose first layer is a plain matrix.")
    check(options)
    info = generator.info
    layers = parse_layers(options.layers, info.code_layers)
    check_count(options.count, info.code_dim)
    first, last = layers or (0, info.code_layers - 1)
    yield Step(0.0, "Reading weights")
    weight = generator.style_weights(range(first, last + 1)).cpu()
    vectors, values = factorise(weight, options.count)
    units = yield from part(measure_units(generator, vectors, seed), 0.1, 1.0)
    measured = [{"eigenvalue": value} for value in values.tolist()]
    return linear_set(
        info, METHOD, options, seed, vectors, units=units, layers=layers, measured=measured
    )


@torch.no_grad()
def measure_units(generator: Generator, vectors: Tensor, seed: int) -> Job[Sequence[float]]:
    """Standard deviation of the codes along each row of `vectors` (K, dim).

    It is 1 under a normal prior and measured elsewhere, so that amount 1 is an everyday
    change in any space.
    """
    info = generator.info
    if info.spaces[info.code_space].prior in (Prior.NORMAL, Prior.NORMALISED):
        return [1.0] * len(vectors)
    moments = yield from code_moments(generator, seed, UNIT_SAMPLES)
    rows = vectors.double()
    spread: list[float] = (rows @ moments.covariance() * rows).sum(1).clamp_min(0).sqrt().tolist()
    return spread
