"""A small difference to a model's weights, as a value and as bytes; and the model with it added.

Pivotal tuning (`inversion.tuning`) makes such differences; pictures that start from one name it
by digest (`document.start.Latent`). The bytes are a safetensors file in half precision, so they
can hold no code.
"""

import json
from dataclasses import dataclass, field

import torch
from safetensors import SafetensorError
from safetensors.torch import load, save
from torch import Tensor

from latentstudio.core.errors import AbilityError, FileError, OptionError
from latentstudio.engine.generator import Generator
from latentstudio.engine.precision import in_precision, precision_of
from latentstudio.generators.common import BaseGenerator
from latentstudio.generators.table import family
from latentstudio.generators.weights import Weights

CANNOT = "This model keeps its weights to itself or can't be differentiated, so it can't be tuned."
FORMAT = "latentstudio-tuning-1"
_BROKEN = (SafetensorError, ValueError, KeyError, TypeError, AttributeError, RecursionError)


@dataclass(frozen=True, slots=True, eq=False)
class WeightDifference:
    """What is added to some of a model's weights.

    Attributes:
        base: Fingerprint of the model that it belongs to.
        tensors: Canonical names to what is added, of the weights' shapes, float16 on the CPU.
    """

    base: str
    tensors: dict[str, Tensor] = field(default_factory=dict)

    def packed(self) -> bytes:
        """A safetensors file that names the model it belongs to."""
        tensors = {name: tensor.contiguous() for name, tensor in self.tensors.items()}
        return save(tensors, {"format": FORMAT, "base": self.base})


def unpacked(data: bytes, generator: Generator, name: str) -> WeightDifference:
    """A difference from its bytes, checked against the model it belongs to.

    Args:
        data: What `WeightDifference.packed` gave.
        generator: The open model.
        name: What to call it, as the start of a sentence.

    Raises:
        FileError: It is damaged, or something else.
        OptionError: It belongs to another model.
    """
    try:
        base, tensors = _base(data), load(data)
    except _BROKEN as error:
        raise FileError(f"{name} isn't a tuning of a model, or it is damaged.") from error
    if base != generator.info.fingerprint:
        raise OptionError(
            f"{name} was made for another model than {generator.info.name}, or for another "
            "version of it."
        )
    if not _fits(tensors, generator):
        raise FileError(f"{name} is damaged: it doesn't fit the model it was made for.")
    return WeightDifference(base, tensors)


def _base(data: bytes) -> str:
    """The model's fingerprint, from the header that safetensors begins with."""
    size = int.from_bytes(data[:8], "little")
    if size > len(data) - 8:
        raise ValueError("cut off")
    about = json.loads(data[8 : 8 + size])["__metadata__"]
    if about["format"] != FORMAT:
        raise ValueError("format")
    return str(about["base"])


def _fits(tensors: dict[str, Tensor], generator: Generator) -> bool:
    known = generator.weights.tensors if isinstance(generator, BaseGenerator) else {}
    return all(
        name in known
        and known[name].shape == tensor.shape
        and tensor.is_floating_point()
        and bool(torch.isfinite(tensor).all())
        for name, tensor in tensors.items()
    )


def with_difference(
    generator: Generator, difference: WeightDifference, fingerprint: str
) -> Generator:
    """The model with a difference added, in the same precision; the original stays as it is.

    Args:
        generator: The model that the difference belongs to.
        difference: What is added.
        fingerprint: Of the result; see `different_weights`.

    Raises:
        AbilityError: The model's weights can't be reached.
    """
    weights = different_weights(generator, difference)
    info = generator.info
    made = family(info.family).build(weights, info.name, fingerprint)
    return in_precision(made.to(generator.device), precision_of(generator))


def different_weights(generator: Generator, difference: WeightDifference) -> Weights:
    """The weights with a difference added, as a copy.

    Raises:
        AbilityError: The model's weights can't be reached.
    """
    if not isinstance(generator, BaseGenerator):
        raise AbilityError(CANNOT)
    tensors = {name: t.detach().cpu().clone() for name, t in generator.weights.tensors.items()}
    for name, added in difference.tensors.items():
        tensors[name] = tensors[name].float() + added.float()
    return Weights(tensors, generator.weights.settings)
