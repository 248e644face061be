"""Reading `.safetensors` with every number checked before use.

Our own reader and not the library's, because it reports progress, can be cancelled, and does
not map the file: a mapped file that shrinks while it is read ends the program.
"""

import itertools
import json
import math
import os
from dataclasses import dataclass
from typing import Any, BinaryIO

import torch
from torch import Tensor

from latentstudio.core import sizes
from latentstudio.core.errors import CheckpointError
from latentstudio.core.progress import Job, Step

MAX_HEADER = 32 * 2**20
CHUNK = 16 * 2**20
KINDS = {
    "F64": torch.float64,
    "F32": torch.float32,
    "F16": torch.float16,
    "BF16": torch.bfloat16,
    "I64": torch.int64,
    "I32": torch.int32,
    "I16": torch.int16,
    "I8": torch.int8,
    "U8": torch.uint8,
    "BOOL": torch.bool,
}


@dataclass(frozen=True, slots=True)
class Entry:
    """One tensor as the header declares it; offsets count from the end of the header."""

    name: str
    dtype: torch.dtype
    shape: tuple[int, ...]
    start: int
    end: int


def looks_like_safetensors(head: bytes) -> bool:
    """Whether the first nine bytes or more are those of a safetensors file."""
    return len(head) > 8 and head[8:9] == b"{" and 2 <= int.from_bytes(head[:8], "little") < 2**40


def read_safetensors(file: BinaryIO) -> Job[tuple[dict[str, Tensor], dict[str, str]]]:
    """Read tensors by name, and the metadata.

    Each of the shape (...) and type that the header gives it.

    Raises:
        CheckpointError: The header is broken, or offsets overlap, leave the file or contradict
            the shapes.
    """
    file.seek(0, os.SEEK_END)
    total = file.tell()
    entries, metadata, base = _read_header(file, total)
    tensors: dict[str, Tensor] = {}
    for entry in entries:
        tensor = torch.empty(entry.shape, dtype=entry.dtype)
        file.seek(base + entry.start)
        yield from read_into(file, tensor, total)
        tensors[entry.name] = tensor
    return tensors, metadata


def read_into(file: BinaryIO, tensor: Tensor, total: int) -> Job[None]:
    """Fill a contiguous tensor from the file, a chunk at a time; `total` is the file's size.

    The tensor may have any shape (...) and lies on the CPU.

    Raises:
        CheckpointError: The file ends before.
    """
    target = tensor.view(-1).view(torch.uint8).numpy().data
    for start in range(0, len(target), CHUNK):
        part = target[start : start + CHUNK]
        if file.readinto(part) != len(part):  # type: ignore[attr-defined]
            raise CheckpointError("This file ends in the middle. Download or copy it again.")
        yield Step(file.tell() / total, "Reading the file")


def _read_header(file: BinaryIO, total: int) -> tuple[list[Entry], dict[str, str], int]:
    file.seek(0)
    size = int.from_bytes(file.read(8), "little")
    if size > min(MAX_HEADER, total - 8):
        raise CheckpointError("This file ends in the middle. Download or copy it again.")
    try:
        header = json.loads(file.read(size), object_pairs_hook=_unique)
        metadata = header.pop("__metadata__", {})
        entries = [_entry(name, fields) for name, fields in header.items()]
        texts = {str(key): str(value) for key, value in metadata.items()}
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise CheckpointError("The header of this file is broken. Download it again.") from error
    entries.sort(key=lambda entry: (entry.start, entry.end))
    _check_layout(entries, total - 8 - size)
    return entries, texts, 8 + size


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    if len({name for name, _ in pairs}) != len(pairs):
        raise ValueError("a name occurs twice")
    return dict(pairs)


def _entry(name: str, fields: Any) -> Entry:
    start, end = fields["data_offsets"]
    shape = tuple(fields["shape"])
    dtype = KINDS[fields["dtype"]]
    sane = sizes.are_sane(shape) and type(start) is type(end) is int
    if not sane or math.prod(shape) * dtype.itemsize != end - start:
        raise ValueError(f"{name}: shape and offsets disagree")
    return Entry(name, dtype, shape, start, end)


def _check_layout(entries: list[Entry], size: int) -> None:
    """Tensors must fill the file without holes or overlaps."""
    ends = [0, *(entry.end for entry in entries)]
    starts = [*(entry.start for entry in entries), size]
    if ends[-1] > size:
        raise CheckpointError("This file ends in the middle. Download or copy it again.")
    if any(end != start for end, start in zip(ends, starts, strict=True)):
        raise CheckpointError("The tensors in this file overlap or leave holes. It was not opened.")
    for before, after in itertools.pairwise(entries):
        if before.end > after.start:
            raise CheckpointError("The tensors in this file overlap. It was not opened.")
