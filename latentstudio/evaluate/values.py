"""Attributes read along traversals, in a file: ``.npz`` for programs, ``.json`` for anybody."""

import zipfile
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

import msgspec
import numpy as np
from numpy.typing import NDArray

from latentstudio.core.errors import FileError, OptionError
from latentstudio.core.files import open_file, write_bytes
from latentstudio.document.direction import ModelKey
from latentstudio.evaluate.predictor import Attribute
from latentstudio.evaluate.records import read_record

FORMAT = 1
_LARGEST = 2 * 1024**3
_VALUES, _ABOUT = "values", "about"


class ValuesRecord(msgspec.Struct, frozen=True):
    """What the values are.

    Attributes:
        format: Of this file.
        model: The model whose pictures were read.
        name: The model's name.
        predictor: Id of what read them.
        title: Its name on screen.
        attributes: A of them.
        directions: Ids of D directions.
        names: Their names.
        amounts: (D, K): the amount at each step.
        starts: Names of S latents of the pool.
        walk: How they were walked.
        pool: Digest of the pool.
    """

    format: int
    model: ModelKey
    name: str
    predictor: str
    title: str
    attributes: tuple[Attribute, ...]
    directions: tuple[str, ...]
    names: tuple[str, ...]
    amounts: tuple[tuple[float, ...], ...]
    starts: tuple[str, ...]
    walk: str
    pool: str

    @property
    def shape(self) -> tuple[int, int, int, int]:
        """Of the values: (D, S, K, A)."""
        steps = len(self.amounts[0]) if self.amounts else 0
        return len(self.directions), len(self.starts), steps, len(self.attributes)


@dataclass(frozen=True, slots=True, eq=False)
class Values:
    """Attributes along walks: `values` is (D, S, K, A), in the attributes' own units."""

    record: ValuesRecord
    values: NDArray[np.float32]


class _Json(msgspec.Struct, frozen=True):
    about: ValuesRecord
    values: list[list[list[list[float]]]]


def check_ending(path: Path) -> None:
    """Refuse file names that say no kind.

    Raises:
        OptionError: Neither ``.npz`` nor ``.json``.
    """
    if path.suffix.lower() not in (".npz", ".json"):
        raise OptionError(f"{path.name} says no kind of file. End it in .npz or .json.")


def write_values(found: Values, path: Path) -> None:
    """Write a file in one step; its ending picks the form.

    Raises:
        OptionError: Another ending.
        FileError: The folder can't be written to.
        ResourceError: The disk is full.
    """
    check_ending(path)
    about = msgspec.json.encode(found.record)
    if path.suffix.lower() == ".json":
        text = msgspec.json.encode(_Json(found.record, found.values.tolist()))
        write_bytes(path, msgspec.json.format(text, indent=0) + b"\n")
        return
    data = BytesIO()
    arrays = {_VALUES: found.values, _ABOUT: np.frombuffer(about, np.uint8)}
    np.savez_compressed(data, **arrays)  # type: ignore[arg-type]
    write_bytes(path, data.getvalue())


def read_values(path: Path) -> Values:
    """Read what `write_values` wrote; a pickle inside is refused, not run.

    Raises:
        FileError: Missing, damaged, or something else.
        OptionError: Another ending, or made by a newer LatentStudio.
    """
    check_ending(path)
    if not path.is_file():
        raise FileError(f"There is no file {path}. Run attributes first.")
    found = _read_json(path) if path.suffix.lower() == ".json" else _read_npz(path)
    if found.record.format > FORMAT:
        raise OptionError(f"{path} was made by a newer LatentStudio. Update first.")
    if not _agrees(found):
        raise _damaged(path)
    if not np.isfinite(found.values).all():
        raise FileError(f"{path} holds values that aren't finite numbers. Run attributes again.")
    return found


def _agrees(found: Values) -> bool:
    """Whether values, names, amounts and ranges fit each other."""
    about = found.record
    steps = {len(row) for row in about.amounts}
    counts = {len(about.directions), len(about.names), len(about.amounts)}
    attributes = [one.name for one in about.attributes]
    return (
        found.values.shape == about.shape
        and found.values.size > 0
        and len(counts) == len(steps) == 1
        and min(steps) >= 2
        and len(set(attributes)) == len(attributes)
        and all(one.low < one.high for one in about.attributes)
    )


def _read_json(path: Path) -> Values:
    said = read_record(path, _Json, "file of attributes")
    try:
        return Values(said.about, np.asarray(said.values, np.float32))
    except ValueError as error:  # rows of different lengths
        raise _damaged(path) from error


def _read_npz(path: Path) -> Values:
    try:
        with open_file(path) as file, zipfile.ZipFile(file) as archive:
            if sum(one.file_size for one in archive.infolist()) > _LARGEST:
                raise FileError(f"{path} is far too large for a file of attributes.")
        with open_file(path) as file, np.load(file, allow_pickle=False) as arrays:
            values, about = arrays[_VALUES], arrays[_ABOUT]
        record = msgspec.json.decode(about.astype(np.uint8).tobytes(), type=ValuesRecord)
        return Values(record, values.astype(np.float32))
    except FileError:
        raise
    except Exception as error:  # a broken archive raises nearly anything
        raise _damaged(path) from error


def _damaged(path: Path) -> FileError:
    return FileError(f"{path} is damaged. Run attributes again.")
