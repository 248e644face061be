"""The difference that tuning makes, as a file: safetensors, half precision, no code."""

from pathlib import Path

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save

from latentstudio.core.errors import FileError, OptionError
from latentstudio.core.files import write_bytes
from latentstudio.core.progress import Job
from latentstudio.engine.fingerprint import fingerprint
from latentstudio.engine.generator import Generator
from latentstudio.generators.common import BaseGenerator
from latentstudio.inversion.tuning import Tuning, tuned, tuned_weights

FORMAT = "latentstudio-tuning-1"
LARGEST = 2 * 1024**3


def write_tuning(tuning: Tuning, path: Path) -> None:
    """Write it in one step.

    Raises:
        FileError: The folder can't be written to.
        ResourceError: The disk is full.
    """
    tensors = {name: tensor.contiguous() for name, tensor in tuning.tensors.items()}
    write_bytes(path, save(tensors, {"format": FORMAT, "base": tuning.base}))


def read_tuning(path: Path, generator: Generator) -> Tuning:
    """Read what `write_tuning` wrote, for the model it belongs to.

    Raises:
        FileError: Missing, damaged, or something else.
        OptionError: It belongs to another model.
    """
    try:
        if path.stat().st_size > LARGEST:
            raise ValueError("too large")
        with safe_open(path, "pt") as file:
            about = file.metadata() or {}
            tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
        base = about["base"]
        if about["format"] != FORMAT:
            raise ValueError("format")
    except FileNotFoundError:
        raise FileError(f"There is no file {path}.") from None
    except (SafetensorError, OSError, ValueError, KeyError) as error:
        raise FileError(f"{path.name} isn't a tuning of a model, or it is damaged.") from error
    if base != generator.info.fingerprint:
        raise OptionError(
            f"{path.name} was made for another model than {generator.info.name}, or for another "
            "version of it."
        )
    if not _fits(tensors, generator):
        raise FileError(f"{path.name} is damaged: it doesn't fit the model it was made for.")
    return Tuning(base, tensors)


def _fits(tensors: dict[str, torch.Tensor], generator: Generator) -> bool:
    known = generator.weights.tensors if isinstance(generator, BaseGenerator) else {}
    return all(
        name in known
        and known[name].shape == tensor.shape
        and tensor.is_floating_point()
        and bool(torch.isfinite(tensor).all())
        for name, tensor in tensors.items()
    )


def with_tuning(generator: Generator, tuning: Tuning) -> Job[Generator]:
    """The tuned model, which is another one: it has a fingerprint of its own."""
    mark = yield from fingerprint(tuned_weights(generator, tuning).tensors)
    return tuned(generator, tuning, mark)
