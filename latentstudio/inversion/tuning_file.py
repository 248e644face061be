"""The difference that tuning makes, as a file: safetensors, half precision, no code."""

from pathlib import Path

from latentstudio.core.errors import FileError
from latentstudio.core.files import read_file, write_bytes
from latentstudio.core.progress import Job
from latentstudio.engine.fingerprint import fingerprint
from latentstudio.engine.generator import Generator
from latentstudio.generators.weight_difference import (
    WeightDifference,
    different_weights,
    unpacked,
    with_difference,
)

LARGEST = 2 * 1024**3


def write_tuning(tuning: WeightDifference, path: Path) -> None:
    """Write it in one step.

    Raises:
        FileError: The folder can't be written to.
        ResourceError: The disk is full.
    """
    write_bytes(path, tuning.packed())


def read_tuning(path: Path, generator: Generator) -> WeightDifference:
    """Read what `write_tuning` wrote, for the model it belongs to.

    Raises:
        FileError: Missing, damaged, or something else.
        OptionError: It belongs to another model.
    """
    try:
        if path.stat().st_size > LARGEST:
            raise FileError(f"{path.name} is too large to be a tuning of a model.")
        data = read_file(path)
    except FileNotFoundError:
        raise FileError(f"There is no file {path}.") from None
    except OSError as error:
        raise FileError(f"{path.name} isn't a tuning of a model, or it is damaged.") from error
    return unpacked(data, generator, path.name)


def with_tuning(generator: Generator, tuning: WeightDifference) -> Job[Generator]:
    """The tuned model, which is another one: it has a fingerprint of its own."""
    mark = yield from fingerprint(different_weights(generator, tuning).tensors)
    return with_difference(generator, tuning, mark)
