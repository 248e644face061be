"""The two ways to find local directions, by id."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from latentstudio.core.errors import OptionError
from latentstudio.core.options import check, parse
from latentstudio.core.progress import Job, Step, part
from latentstudio.region import lowrankgan, resefa
from latentstudio.region.lowrankgan import LowRankOptions, Matrix
from latentstudio.region.resefa import ResefaOptions

OPTIONS: dict[str, type] = {resefa.METHOD[0]: ResefaOptions, lowrankgan.METHOD[0]: LowRankOptions}
TITLES = dict((resefa.METHOD, lowrankgan.METHOD))


@dataclass(frozen=True, slots=True, eq=False)
class Subspace:
    """What a region can do.

    Attributes:
        vectors: Unit rows (K, dim), float64, best first.
        values: (K,). ReSeFa: eigenvalues, how much stronger inside than outside. LowRankGAN:
            singular values of the region's low-rank part.
        rank: How many directions the method sees in the region at all.
    """

    vectors: NDArray[np.float64]
    values: NDArray[np.float64]
    rank: int


def options_for(method: str, pairs: list[str]) -> Any:
    """A method's options from ``key=value`` texts.

    Raises:
        OptionError: Unknown method or option, or a value out of its range.
    """
    if method not in OPTIONS:
        raise OptionError(f"There is no method '{method}'. Choose one of: {', '.join(OPTIONS)}.")
    return parse(OPTIONS[method], pairs)


def check_all(options: Any, count: int, dim: int) -> None:
    """Refuse what can't be found, before minutes are spent.

    Raises:
        OptionError: An option out of its range, or more directions than dimensions.
    """
    check(options)
    if not 1 <= count <= dim:
        raise OptionError(f"count can't be {count}: this model's code has {dim} dimensions.")


def check_numbers(*products: Matrix) -> None:
    """Refuse pictures that are no pictures.

    Raises:
        OptionError: Some values are no numbers.
    """
    if not all(np.isfinite(one).all() for one in products):
        raise OptionError(
            "This picture holds values that are no numbers, so nothing can be said of its parts. "
            "Choose another one."
        )


def find(inside: Matrix, outside: Matrix, options: Any, count: int) -> Job[Subspace]:
    """Local directions of a region.

    Args:
        inside: M_f, (dim, dim); see `region.grams`.
        outside: M_b, (dim, dim).
        options: `ResefaOptions` or `LowRankOptions`.
        count: Most directions, 1 to dim. LowRankGAN may find fewer.

    Raises:
        OptionError: An option out of its range, or more directions than dimensions.
    """
    check_all(options, count, len(inside))
    check_numbers(inside, outside)
    if isinstance(options, ResefaOptions):
        yield Step(0.0, "Solving")
        vectors, values = resefa.solve(inside, outside, options.tau, count)
        return Subspace(vectors, values, lowrankgan.rank(inside))
    sparsity = options.sparsity or lowrankgan.usual_sparsity(len(inside))
    region = yield from part(lowrankgan.split(inside, sparsity), 0.0, 0.5)
    rest = yield from part(lowrankgan.split(outside, sparsity), 0.5, 1.0)
    vectors = lowrankgan.project(region, rest, options.relax)[:count]
    values = np.linalg.svd(region, compute_uv=False)[: len(vectors)].astype(np.float64)
    return Subspace(vectors, values, lowrankgan.rank(region))
