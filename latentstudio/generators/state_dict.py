"""Finding a format's network in a file, by the names of its tensors."""

from collections.abc import Callable, Sequence
from typing import Any

from torch import Tensor

from latentstudio.core.errors import CheckpointError
from latentstudio.engine.checkpoint import Checkpoint
from latentstudio.engine.contents import StoredNetwork, contents_of


def find_network(
    checkpoint: Checkpoint, marks: Sequence[str], places: Sequence[str] = ()
) -> StoredNetwork | None:
    """The likeliest network of a file that has all names in `marks`, whatever wraps it.

    Args:
        checkpoint: The file.
        marks: Names that tell the format.
        places: Names that the generator is stored under, likeliest first.
    """
    return checkpoint.contents.find(marks, places)


def find_state(
    content: Any, marks: Sequence[str], places: Sequence[str] = ()
) -> dict[str, Tensor] | None:
    """The state dictionary that has all names in `marks`, without what wraps it.

    Each tensor of the shape (...) it was stored with.

    Args:
        content: A checkpoint, or what it held.
        marks: Names that tell the format.
        places: Names that the generator is stored under, likeliest first.
    """
    contents = content.contents if isinstance(content, Checkpoint) else contents_of(content)
    found = contents.find(marks, places)
    return None if found is None else found.tensors


def places_of(
    marks: Sequence[str], places: Sequence[str] = ()
) -> Callable[[Checkpoint], list[str]]:
    """A function that lists the networks of a format in a file, likeliest first."""
    return lambda checkpoint: checkpoint.contents.places(marks, places)


def only(tensors: dict[str, Tensor], *beginnings: str) -> dict[str, Tensor]:
    """The tensors of a network, without what else lies beside it under the same place.

    Each of the shape (...) it was stored with.
    """
    return {name: tensor for name, tensor in tensors.items() if name.startswith(beginnings)}


def separable_taps(filters: Sequence[Tensor]) -> list[float]:
    """Taps of the filters, which are all the same outer product (or its single row).

    Filters are (K,) or (K, K).

    Filters may differ by a factor (up-sampling ones carry their gain).

    Raises:
        CheckpointError: They differ, or can't be separated into rows and columns.
    """
    if not filters:
        return [1.0, 3.0, 3.0, 1.0]
    unit = [f.double() / f.double().sum() for f in filters]
    first = unit[0]
    taps = first if first.ndim == 1 else first.sum(dim=-1)
    outer = taps if first.ndim == 1 else taps.outer(taps)
    same = all(f.shape == first.shape and f.allclose(first, atol=1e-6) for f in unit)
    if first.ndim not in (1, 2) or not same or not outer.allclose(first, atol=1e-6):
        raise CheckpointError("This StyleGAN2 uses a resampling filter we can't take apart.")
    return [round(float(tap), 9) for tap in taps]
