"""State dictionaries: tensors by name, at the top of a file or one level below."""

from collections.abc import Mapping, Sequence
from typing import Any

from torch import Tensor

from latentstudio.core.errors import CheckpointError

WRAPPINGS = ("state_dict", "model_state_dict", "model", "params_ema", "params", "generator", "netG")


def find_state(
    content: Any, marks: Sequence[str], places: Sequence[str] = ()
) -> dict[str, Tensor] | None:
    """The state dictionary that has all names in `marks`, without a `module.` in front.

    Args:
        content: What a checkpoint held.
        marks: Names that tell the format.
        places: Keys to look under, first the likeliest; the usual ones are tried as well.
    """
    if not isinstance(content, dict):
        return None
    inside = [content.get(key) for key in (*places, *WRAPPINGS)]
    for candidate in (*inside, content):
        state = _plain(candidate)
        if state is not None and all(mark in state for mark in marks):
            return state
    return None


def separable_taps(filters: Sequence[Tensor]) -> list[float]:
    """Taps of the filters, which are all the same outer product (or its single row).

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


def _plain(candidate: Any) -> dict[str, Tensor] | None:
    if not isinstance(candidate, Mapping):
        return None
    found = {str(name): t for name, t in candidate.items() if isinstance(t, Tensor)}
    prefix = "module."
    if found and all(name.startswith(prefix) for name in found):
        found = {name.removeprefix(prefix): tensor for name, tensor in found.items()}
    return found
