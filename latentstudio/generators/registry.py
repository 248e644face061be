"""Opening a model file: read it, recognise what is in it, build its generator."""

from pathlib import Path

import torch

from latentstudio.core.progress import Job, Step, part
from latentstudio.engine.checkpoint import read_checkpoint
from latentstudio.engine.fingerprint import fingerprint
from latentstudio.engine.generator import Generator
from latentstudio.generators.core_families import add_core_families
from latentstudio.generators.table import families, family, recognise

__all__ = ["families", "open_generator", "recognise"]

add_core_families()


@torch.no_grad()
def open_generator(path: Path, device: torch.device | str = "cpu") -> Job[Generator]:
    """Read a model file and make its generator.

    Raises:
        CheckpointError: The file is broken, hostile, or of no family we know.
        ResourceError: The model does not fit into memory.
    """
    path = Path(path)
    checkpoint = yield from part(read_checkpoint(path), 0.0, 0.7)
    form = recognise(checkpoint)
    yield Step(0.7, f"Building {form.label}")
    weights = form.convert(checkpoint)
    del checkpoint
    digest = yield from part(fingerprint(weights.tensors), 0.7, 0.95)
    generator = family(form.family).build(weights, path.stem, digest)
    yield Step(0.95, "Moving to the device")
    return generator.to(torch.device(device))
