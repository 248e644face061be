"""The one door through which model files come in.

A file is recognised by its first bytes, its sizes are checked against what is really there and
against the memory that is free, and what comes out is tensors, numbers, strings and
containers. Nothing a file brings is ever executed.
"""

import contextlib
import functools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any, BinaryIO

from latentstudio.core.errors import CheckpointError
from latentstudio.core.progress import Job
from latentstudio.engine.contents import Contents, contents_of
from latentstudio.engine.folder import config_beside, model_in
from latentstudio.engine.memory import available_memory, check_memory
from latentstudio.engine.pickle_source import Source
from latentstudio.engine.safetensors_file import looks_like_safetensors, read_safetensors
from latentstudio.engine.torch_files import read_pickle, read_zip
from latentstudio.engine.unread import HEAD, Unread

ZIP = b"PK\x03\x04"
# Protocol 2 and later begin with 0x80; before that, with what their first value needs.
PICKLE_STARTS = (b"\x80", b"(", b"c", b"]", b"}")
PACKED = (b"\x1f\x8b", b"7z\xbc\xaf", b"Rar!", b"BZh", b"\xfd7zXZ", b"\x28\xb5\x2f\xfd")


class Container(StrEnum):
    """How a file packs its values."""

    SAFETENSORS = "safetensors"
    PICKLE = "pickle"
    TORCH = "torch"
    OTHER = "other"
    """None of these: its content is an `Unread`, for plugins that know more containers."""


@dataclass(frozen=True)
class Checkpoint:
    """What was in a file, before anybody knows which network it is.

    Attributes:
        path: Where it came from.
        container: How it was packed.
        content: Tensors by name, or nested containers of plain values and records; for
            `Container.OTHER` an `Unread`.
        metadata: Texts beside the tensors (safetensors only).
        beside: Settings from the `config.json` in the same folder, if there is one.
        chosen: Place of the network that is wanted (`StoredNetwork.place`), where a person chose.
    """

    path: Path
    container: Container
    content: Any
    metadata: Mapping[str, str] = field(default_factory=dict)
    beside: Mapping[str, Any] = field(default_factory=dict)
    chosen: str | None = None

    @functools.cached_property
    def contents(self) -> Contents:
        """All tensors by full names; see `engine.contents`."""
        return contents_of(self.content, self.chosen)


def read_checkpoint(path: Path) -> Job[Checkpoint]:
    """Read any model file.

    Raises:
        CheckpointError: Missing, empty, cut off, hostile, or not a model file.
        ResourceError: It would not fit into memory.
    """
    path = model_in(path) or path
    beside = config_beside(path)
    with _open(path) as file, _plain_errors(path):
        head = file.read(512)
        check_head(path, head)
        check_memory(int(1.2 * path.stat().st_size), available_memory())
        file.seek(0)
        if looks_like_safetensors(head):
            tensors, metadata = yield from read_safetensors(file)
            return Checkpoint(path, Container.SAFETENSORS, tensors, metadata, beside)
        if not head.startswith((ZIP, *PICKLE_STARTS)):
            other = Unread(path, file.read(HEAD), path.stat().st_size)
            return Checkpoint(path, Container.OTHER, other, beside=beside)
        container, content = yield from _read_pickled(file, head)
        return Checkpoint(path, container, content, beside=beside)


def _read_pickled(file: BinaryIO, head: bytes) -> Job[tuple[Container, Any]]:
    if head.startswith(ZIP):
        content = yield from read_zip(file)
        return Container.TORCH, content
    content, is_torch = yield from read_pickle(Source(file))
    return Container.TORCH if is_torch else Container.PICKLE, content


def check_head(path: Path, head: bytes) -> None:
    """Name the usual mistakes.

    Raises:
        CheckpointError: The file is empty, or a pointer to a file kept elsewhere.
    """
    if not head:
        raise CheckpointError(f"{path.name} is empty. Download or copy it again.")
    if head.startswith(b"version https://git-lfs"):
        raise CheckpointError(
            f"{path.name} is only a Git LFS pointer to the model. Download the file itself."
        )
    if head.startswith(PACKED):
        raise CheckpointError(f"{path.name} is a packed archive. Unpack it and choose the model.")
    if head.lstrip()[:1] == b"<" and b"html" in head.lower():
        raise CheckpointError(f"{path.name} is a web page, not a model. Download the file itself.")


@contextlib.contextmanager
def _open(path: Path) -> Iterator[BinaryIO]:
    if path.is_dir():
        raise CheckpointError(f"{path.name} is a folder. Choose the model file inside it.")
    if not path.exists():
        raise CheckpointError(f"{path} does not exist. Check the name.")
    if not path.is_file():
        raise CheckpointError(f"{path.name} is a device, not a file.")
    try:
        file = path.open("rb")
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise CheckpointError(f"{path} can't be read ({reason}).") from error
    with file:
        yield file


@contextlib.contextmanager
def _plain_errors(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise CheckpointError(f"{path} can't be read ({reason}).") from error
    except MemoryError as error:
        raise CheckpointError(f"{path.name} declares more than memory holds.") from error
