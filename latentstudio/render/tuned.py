"""The network that draws a picture: the open model, or a copy fitted to the picture's photo."""

import hashlib

from latentstudio.document.assets import Array
from latentstudio.engine.generator import Generator
from latentstudio.generators.weight_difference import unpacked, with_difference

KEPT = 2
"""Fitted copies that a renderer keeps: each has all of the model's weights."""


def tuned_network(generator: Generator, packed: Array) -> Generator:
    """A fitted copy of the model, in the same precision.

    Args:
        generator: The open model.
        packed: What the assets hold of the difference: bytes, (n,) uint8.

    Raises:
        AbilityError: The model's weights can't be reached.
        FileError: The difference is damaged.
        OptionError: It was fitted with another model.
    """
    data = packed.tobytes()
    difference = unpacked(data, generator, "The fit of this picture to its photo")
    mark = hashlib.sha256(generator.info.fingerprint.encode() + data).hexdigest()
    return with_difference(generator, difference, mark)
