"""What every method does with the vectors it has found."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from latentstudio.core.errors import OptionError
from latentstudio.core.options import as_record
from latentstudio.core.spaces import GeneratorInfo, Prior, Space
from latentstudio.document.direction import Direction, DirectionSet, Linear, ModelKey, Provenance


def linear_set(
    info: GeneratorInfo,
    method: tuple[str, str],
    options: Any,
    seed: int,
    vectors: Tensor,
    *,
    units: Sequence[float],
    space: Space | None = None,
    layers: tuple[int, int] | None = None,
    measured: Sequence[Mapping[str, Any]] | None = None,
    steps: int = 0,
    order: Sequence[int] | None = None,
) -> DirectionSet:
    """Linear directions, named ``SeFa 1``, ``SeFa 2``, ...

    Args:
        info: Facts of the model.
        method: Registry id and title.
        options: The method's options dataclass.
        seed: The method's seed.
        vectors: (K, dim), of unit length.
        units: K lengths that count as amount 1.
        space: Where the vectors live; None for the space of the model's codes.
        layers: First and last layer they apply to; None for all.
        measured: What was measured of each.
        steps: Training steps done, for methods that learn.
        order: Rows in the order wanted, where they aren't sorted yet; ids and names keep to
            the rows, so that they mean the same all through a run.
    """
    rows: NDArray[np.float32] = vectors.detach().float().cpu().numpy()
    record, reach = as_record(options), slider_reach(info, space or info.code_space)
    how = Provenance(method[0], record, seed, info.fingerprint, steps=steps)
    found = [
        Direction(
            id=f"{method[0]}-{k}",
            name=f"{method[1]} {k + 1}",
            space=space or info.code_space,
            payload=Linear(np.ascontiguousarray(row)),
            unit=float(units[k]),
            low=-reach,
            high=reach,
            layers=layers,
            provenance=how,
            measured=measured[k] if measured else {},
        )
        for k, row in enumerate(rows)
    ]
    ordered = tuple(found if order is None else (found[k] for k in order))
    return DirectionSet(ModelKey.of(info), ordered, name=f"{method[1]} on {info.name}")


def strongest_first(strength: Sequence[float]) -> list[int]:
    """Rows in falling order of strength; equal ones keep their order."""
    return sorted(range(len(strength)), key=lambda k: -strength[k])


def slider_reach(info: GeneratorInfo, space: Space) -> float:
    """Greatest amount that sliders offer, to both sides.

    In W, strips of the built-in model's strongest directions fade or clot by 4 deviations, and
    what comes after is all alike. In Z a unit is a small part of the radius (16 in 256
    dimensions), and the published walks go to 6 or more.
    """
    return 4.0 if info.spaces[space].prior is Prior.MAPPED else 6.0


def fix_signs(vectors: Tensor) -> Tensor:
    """Turn each row so that its entry of largest size is positive: (K, dim) -> (K, dim).

    An axis has no sign of its own; without this it would depend on the linear algebra library.
    """
    peak = vectors.gather(1, vectors.abs().argmax(dim=1, keepdim=True))
    return torch.where(peak < 0, -vectors, vectors)


def check_count(count: int, dim: int) -> None:
    """Refuse more directions than dimensions.

    Raises:
        OptionError: `count` is above `dim`.
    """
    if count > dim:
        raise OptionError(
            f"count can't be {count}: this model's codes have {dim} dimensions, "
            f"so there are at most {dim} directions."
        )
