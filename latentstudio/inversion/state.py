"""A search that can be put aside: what it needs to go on, as a file that can hold no code."""

from dataclasses import dataclass, field, replace
from pathlib import Path

import torch
from torch import Tensor

from latentstudio.core.errors import FileError, OptionError
from latentstudio.inversion import state_files
from latentstudio.inversion.descent import Descent

FORMAT = 1
STAGES = ("code", "refine", "done")
LARGEST = 512 * 1024 * 1024
_NAMES = ("v", "first", "second", "best")


@dataclass(frozen=True, slots=True, eq=False)
class SearchState:
    """Where a search stands.

    Attributes:
        stage: One of `STAGES`: what is being done.
        label: The class that was chosen, or None.
        descent: Of this stage.
        editable: What the first stage found, (1, dim); None before that.
        key: Tells whether a state belongs to a model, a picture and options.
        seconds: Of the stages so far.
        notes: So far.
    """

    stage: str
    label: int | None
    descent: Descent
    editable: Tensor | None = None
    key: str = ""
    seconds: dict[str, float] = field(default_factory=dict)
    notes: tuple[str, ...] = ()

    def copied(self) -> "SearchState":
        """A state of its own, whatever the search does next."""
        d = self.descent
        mine = Descent(d.v.clone(), d.first.clone(), d.second.clone(), d.best.clone(),
                       d.least, d.step)  # fmt: skip
        return replace(self, descent=mine, seconds=dict(self.seconds))


def write_state(state: SearchState, path: Path) -> None:
    """Write it in one step.

    Raises:
        FileError: The folder can't be written to.
        ResourceError: The disk is full.
    """
    tensors = {name: getattr(state.descent, name) for name in _NAMES}
    if state.editable is not None:
        tensors["editable"] = state.editable
    about = {
        "format": FORMAT,
        "stage": state.stage,
        "label": state.label,
        "least": state.descent.least,
        "step": state.descent.step,
        "key": state.key,
        "seconds": state.seconds,
        "notes": list(state.notes),
    }
    state_files.write(tensors, about, path)


def read_state(path: Path, key: str) -> SearchState:
    """Read what `write_state` wrote.

    Args:
        path: The file.
        key: Of the model, picture and options that are going to go on.

    Raises:
        FileError: Missing or damaged.
        OptionError: It belongs to something else.
    """
    return state_files.read(
        path,
        _built,
        key,
        LARGEST,
        FileError(f"{path} is damaged: the search has to begin again."),
        OptionError(
            "The search that was put aside is of another model, picture or choice of options, "
            "so it can't go on here."
        ),
    )


def _built(about: dict[str, object], tensors: dict[str, Tensor]) -> SearchState:
    four = [tensors[name].float() for name in _NAMES]
    if len({tensor.shape for tensor in four}) != 1 or four[0].ndim != 2:
        raise ValueError("shapes")
    if not all(bool(torch.isfinite(tensor).all()) for tensor in four):
        raise ValueError("numbers")
    stage, label, seconds = str(about["stage"]), about["label"], about["seconds"]
    if stage not in STAGES or not isinstance(seconds, dict) or about["format"] != FORMAT:
        raise ValueError("about")
    v, first, second, best = four
    least, step = float(str(about["least"])), int(str(about["step"]))
    descent = Descent(v, first, second, best, least, step)
    notes = about["notes"]
    return SearchState(
        stage,
        None if label is None else int(str(label)),
        descent,
        tensors.get("editable"),
        str(about["key"]),
        {str(name): float(value) for name, value in seconds.items()},
        tuple(map(str, notes)) if isinstance(notes, list) else (),
    )
