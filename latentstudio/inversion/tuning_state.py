"""A fit that can be put aside: what it needs to go on, as a file that can hold no code."""

from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor

from latentstudio.core.errors import FileError, OptionError
from latentstudio.inversion import state_files
from latentstudio.inversion.fitted_weights import KeptWeights

FORMAT = 1
LARGEST = 3 * 1024**3
_PARTS = ("now", "first", "second", "best")


@dataclass(frozen=True, slots=True, eq=False)
class TuningState:
    """Where a fit stands.

    Attributes:
        key: Tells whether a state belongs to a model, a photo, a start and options.
        seconds: That it has taken.
        weights: Under way.
    """

    key: str
    seconds: float
    weights: KeptWeights


def write_state(state: TuningState, path: Path) -> None:
    """Write it in one step.

    Raises:
        FileError: The folder can't be written to.
        ResourceError: The disk is full.
    """
    kept = state.weights
    tensors = {
        f"{part}/{name}": tensor for part in _PARTS for name, tensor in getattr(kept, part).items()
    }
    about = {"format": FORMAT, "key": state.key, "seconds": state.seconds, "steps": kept.steps,
             "least": kept.least}  # fmt: skip
    state_files.write(tensors, about, path)


def read_state(path: Path, key: str) -> TuningState:
    """Read what `write_state` wrote.

    Args:
        path: The file.
        key: Of what is going to go on.

    Raises:
        FileError: Missing or damaged.
        OptionError: It belongs to something else.
    """
    return state_files.read(
        path,
        _built,
        key,
        LARGEST,
        FileError(f"{path} is damaged: the fit has to begin again."),
        OptionError(
            "The fit that was put aside is of another model, picture or choice of options, so it "
            "can't go on here."
        ),
    )


def _built(about: dict[str, object], tensors: dict[str, Tensor]) -> TuningState:
    if about["format"] != FORMAT:
        raise ValueError("format")
    parts: dict[str, dict[str, Tensor]] = {part: {} for part in _PARTS}
    for whole, tensor in tensors.items():
        part, name = whole.split("/", 1)
        parts[part][name] = tensor
    now, first, second, best = (parts[part] for part in _PARTS)
    if not (_sizes(now) == _sizes(first) == _sizes(second)):
        raise ValueError("shapes")
    if any(name not in now or now[name].shape != tensor.shape for name, tensor in best.items()):
        raise ValueError("shapes of the best")
    if not all(bool(torch.isfinite(tensor).all()) for tensor in tensors.values()):
        raise ValueError("numbers")
    steps, least = int(str(about["steps"])), float(str(about["least"]))
    weights = KeptWeights(steps, least, **parts)
    return TuningState(str(about["key"]), float(str(about["seconds"])), weights)


def _sizes(tensors: dict[str, Tensor]) -> dict[str, int]:
    """How many numbers each has: means follow the layer, in which a kernel may lie otherwise."""
    return {name: tensor.numel() for name, tensor in tensors.items()}
