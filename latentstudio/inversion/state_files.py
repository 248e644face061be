"""Files of work that was put aside: tensors, and a note of plain values; they can hold no code."""

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Protocol, TypeVar

from safetensors import SafetensorError, safe_open
from safetensors.torch import save
from torch import Tensor

from latentstudio.core.errors import FileError, OptionError
from latentstudio.core.files import write_bytes


class HasKey(Protocol):
    """A state that tells what it belongs to."""

    @property
    def key(self) -> str:
        """Of a model, a photo and options."""


StateT = TypeVar("StateT", bound=HasKey)


def write(tensors: Mapping[str, Tensor], about: Mapping[str, Any], path: Path) -> None:
    """Write tensors (...) of any shape and a note in one step.

    Raises:
        FileError: The folder can't be written to.
        ResourceError: The disk is full.
    """
    plain = {name: one.detach().cpu().contiguous() for name, one in tensors.items()}
    write_bytes(path, save(plain, {"about": json.dumps(about)}))


def read(
    path: Path,
    build: Callable[[dict[str, Any], dict[str, Tensor]], StateT],
    key: str,
    largest: int,
    damaged: FileError,
    other: OptionError,
) -> StateT:
    """Read what `write` wrote.

    Args:
        path: The file.
        build: Makes the state of the note and the tensors; raises ValueError or KeyError where
            they don't agree.
        key: Of what is going to go on.
        largest: Bytes that such a file has at most.
        damaged: Raised for a file that can't be read.
        other: Raised where it belongs to something else.

    Raises:
        FileError: Missing or damaged.
        OptionError: It belongs to something else.
    """
    try:
        if path.stat().st_size > largest:
            raise ValueError("too large")
        with safe_open(path, "pt") as file:
            about = json.loads((file.metadata() or {})["about"])
            tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
        state = build(about, tensors)
    except FileNotFoundError:
        raise FileError(f"There is no file {path}.") from None
    except (SafetensorError, OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise damaged from error
    if state.key != key:
        raise other
    return state
