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
from latentstudio.core.files import open_file
from latentstudio.core.progress import Job
from latentstudio.engine.archives import ZIP, is_archive, unpack_model
from latentstudio.engine.contents import Contents, contents_of
from latentstudio.engine.folder import config_beside, model_in
from latentstudio.engine.foreign import foreign_folder
from latentstudio.engine.likeliest import likeliest_in
from latentstudio.engine.memory import available_memory, check_memory
from latentstudio.engine.pickle_source import Source
from latentstudio.engine.safetensors_file import looks_like_safetensors, read_safetensors
from latentstudio.engine.torch_files import read_pickle, read_zip
from latentstudio.engine.unread import HEAD, Unread

# Protocol 2 and later begin with 0x80; before that, with what their first value needs.
PICKLE_STARTS = (b"\x80", b"(", b"c", b"]", b"}")


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
        inside: Name of the model in an archive; empty for a file of its own.
    """

    path: Path
    container: Container
    content: Any
    metadata: Mapping[str, str] = field(default_factory=dict)
    beside: Mapping[str, Any] = field(default_factory=dict)
    chosen: str | None = None
    inside: str = ""

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
    path = model_in(path) or _run_model(path) or path
    beside = config_beside(path)
    with _open(path) as file, _plain_errors(path):
        head = file.read(512)
        check_head(path, head)
        check_memory(int(1.2 * path.stat().st_size), available_memory())
        if is_archive(file, head):
            inside, model = yield from unpack_model(path, file, head)
            with model:
                head = model.read(512)
                check_head(Path(inside), head)
                container, content, texts = yield from _read_model(path, model, head)
            return Checkpoint(path, container, content, texts, beside, inside=inside)
        container, content, texts = yield from _read_model(path, file, head)
        return Checkpoint(path, container, content, texts, beside)


def _run_model(path: Path) -> Path | None:
    """The model in a training run's folder, None where the path is no folder.

    Raises:
        CheckpointError: The folder is another program's, or holds no model.
    """
    if not path.is_dir():
        return None
    with _plain_errors(path):
        found, names = likeliest_in(path)
    if found is None:
        raise CheckpointError(
            foreign_folder(path, names)
            or f"{path.name} is a folder that holds no model. Choose the model file."
        )
    return found


def _read_model(
    path: Path, file: BinaryIO, head: bytes
) -> Job[tuple[Container, Any, dict[str, str]]]:
    """How a model is packed, what is in it, and the texts beside its tensors."""
    file.seek(0)
    if looks_like_safetensors(head):
        tensors, metadata = yield from read_safetensors(file)
        return Container.SAFETENSORS, tensors, metadata
    if not head.startswith((ZIP, *PICKLE_STARTS)):
        return Container.OTHER, Unread(path, file.read(HEAD), path.stat().st_size), {}
    container, content = yield from _read_pickled(file, head)
    return container, content, {}


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
    if head.lstrip()[:1] == b"<" and b"html" in head.lower():
        raise CheckpointError(f"{path.name} is a web page, not a model. Download the file itself.")


@contextlib.contextmanager
def _open(path: Path) -> Iterator[BinaryIO]:
    if not path.exists():
        raise CheckpointError(f"{path} does not exist. Check the name.")
    if not path.is_file():
        raise CheckpointError(f"{path.name} is a device, not a file.")
    try:
        file = open_file(path)
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
