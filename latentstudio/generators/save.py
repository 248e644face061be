"""Writing a generator as our own file: safetensors, settings in the metadata, never half."""

from pathlib import Path

import torch
from safetensors.torch import save_file

from latentstudio.core.errors import AbilityError
from latentstudio.core.files import atomic_path
from latentstudio.engine.generator import Generator
from latentstudio.generators.common import BaseGenerator
from latentstudio.generators.own_format import write_settings_text


def save_generator(generator: Generator, target: Path) -> None:
    """Write the network with its canonical names; it opens again with the same fingerprint.

    Raises:
        AbilityError: The generator is a plugin's that does not give its weights away.
        FileError: The folder cannot be written to.
        ResourceError: The disk is full.
    """
    if not isinstance(generator, BaseGenerator):
        raise AbilityError(f"{generator.info.name} can't be saved: it keeps its weights to itself.")
    weights = generator.weights
    tensors = {
        name: tensor.detach().to("cpu", torch.float32).contiguous()
        for name, tensor in weights.tensors.items()
    }
    metadata = write_settings_text(weights.settings) | {"family": generator.info.family}
    with atomic_path(target) as temporary:
        save_file(tensors, temporary, metadata)
