"""The methods that find local directions, by id. Window and command line both read this table.

The like of `discovery.registry` for regions: what these methods are given is not a model but the
two products of `region.grams`. Loads no torch.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from latentstudio.core.errors import OptionError
from latentstudio.core.options import check, describe, parse
from latentstudio.core.progress import Job
from latentstudio.core.registry import lookup
from latentstudio.region import lowrankgan, resefa
from latentstudio.region.subspace import Matrix, Subspace, check_numbers


@dataclass(frozen=True, slots=True)
class Method:
    """One way to find local directions.

    Attributes:
        id: As on the command line.
        title: As on screen.
        options: Frozen dataclass whose fields are made by `core.options.option`; one of them is
            ``layers``. No two methods share it.
        solve: ``solve(inside, outside, options, count) -> Job[Subspace]``.
        help: One sentence for the artist.
    """

    id: str
    title: str
    options: type
    solve: Callable[[Matrix, Matrix, Any, int], Job[Subspace]]
    help: str = ""

    def takes(self, option: str) -> bool:
        """Whether it has an option of this name."""
        return any(one.name == option for one in describe(self.options))


METHODS = {
    method.id: method
    for method in (
        Method(
            *resefa.METHOD,
            resefa.ResefaOptions,
            resefa.find,
            help="Finds what changes the region most for what it changes around it.",
        ),
        Method(
            *lowrankgan.METHOD,
            lowrankgan.LowRankOptions,
            lowrankgan.find,
            help="Finds what changes the region while the rest doesn't notice.",
        ),
    )
}


def get(method_id: str) -> Method:
    """The method of this id.

    Raises:
        OptionError: There is none.
    """
    return lookup(METHODS, method_id, "method")


def method_of(options: Any) -> Method:
    """The method whose options these are.

    Raises:
        KeyError: No method has such options.
    """
    return {method.options: method for method in METHODS.values()}[type(options)]


def options_for(method_id: str, pairs: Sequence[str]) -> Any:
    """A method's options from ``key=value`` texts.

    Raises:
        OptionError: Unknown method or option, or a value out of its range.
    """
    return parse(get(method_id).options, pairs)


def check_all(options: Any, count: int, dim: int) -> None:
    """Refuse what can't be found, before minutes are spent.

    Raises:
        OptionError: An option out of its range, or more directions than dimensions.
    """
    check(options)
    if not 1 <= count <= dim:
        raise OptionError(f"count can't be {count}: this model's code has {dim} dimensions.")


def find(inside: Matrix, outside: Matrix, options: Any, count: int) -> Job[Subspace]:
    """Local directions of a region, by the method whose options are given.

    Args:
        inside: M_f, (dim, dim); see `region.grams`.
        outside: M_b, (dim, dim).
        options: Of one of the methods.
        count: Most directions, 1 to dim. A method may find fewer.

    Raises:
        OptionError: An option out of its range, or more directions than dimensions.
    """
    check_all(options, count, len(inside))
    check_numbers(inside, outside)
    return (yield from method_of(options).solve(inside, outside, options, count))
