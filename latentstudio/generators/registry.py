"""Opening a model file: read it, recognise what is in it, build its generator."""

import contextlib
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import torch

from latentstudio.core.errors import CheckpointError
from latentstudio.core.progress import Job, Step, part, run
from latentstudio.engine.checkpoint import Checkpoint, read_checkpoint
from latentstudio.engine.fingerprint import fingerprint
from latentstudio.engine.generator import Generator
from latentstudio.engine.memory import PICTURE, available_memory, check_memory
from latentstudio.engine.pickle_machine import BROKEN
from latentstudio.generators.common import BaseGenerator
from latentstudio.generators.core_families import add_core_families
from latentstudio.generators.network_choice import Networks, networks_in, offer
from latentstudio.generators.table import Format, families, family, find_format, recognise
from latentstudio.generators.unknown_file import first_tensors

__all__ = ["families", "open_generator", "recognise"]

add_core_families()


@torch.no_grad()
def open_generator(
    path: Path,
    device: torch.device | str = "cpu",
    learn_more: Callable[[], Job[None]] | None = None,
    tell: Callable[[str, str], object] = lambda label, seen: None,
    network: str | None = None,
) -> Job[Generator]:
    """Read a model file and make its generator.

    Args:
        path: The file.
        device: Where the generator will be.
        learn_more: Adds families (of plugins); run only where no known one fits.
        tell: Told what was recognised, and by which tensors.
        network: Place of the network that is wanted, where a file holds several; the likeliest.

    Raises:
        CheckpointError: The file is broken, hostile, or of no family we know.
        ResourceError: The model, or a picture of it, does not fit into memory.
    """
    path = Path(path)
    checkpoint = yield from part(read_checkpoint(path), 0.0, 0.7)
    whole, checkpoint = checkpoint, replace(checkpoint, chosen=network)
    with _sentences(path):
        known = find_format(checkpoint)
    if known is None and learn_more is not None:
        yield from part(learn_more(), 0.7, 0.7)
    with _sentences(path):
        form = known or recognise(checkpoint)
        networks = _networks(form, whole, network)
    label = f"{form.label}: {networks.opened()}" if networks else form.label
    label += f" ({checkpoint.inside})" if checkpoint.inside else ""
    tell(label, first_tensors(checkpoint.content))
    yield Step(0.7, f"Building {form.label}")
    with _sentences(path):
        weights = form.convert(checkpoint)
    del checkpoint, whole
    check_memory(4 * weights.count(), available_memory())
    digest = yield from part(fingerprint(weights.tensors), 0.7, 0.95)
    with _sentences(path):
        generator = family(form.family).build(weights, path.stem, digest)
    if torch.device(device).type == "cpu":
        height, width = generator.info.size
        check_memory(PICTURE * height * width, available_memory())
    yield Step(0.95, "Moving to the device")
    generator = generator.to(torch.device(device))
    if networks is None or not isinstance(generator, BaseGenerator):
        return generator

    def reopen(place: str) -> Generator:
        return run(open_generator(path, generator.device, network=place))

    return offer(generator, networks, reopen)


def _networks(form: Format, checkpoint: Checkpoint, network: str | None) -> Networks | None:
    """The networks of this format in a file, and which of them is open."""
    places = form.networks(checkpoint)
    now = places[0] if places and network is None else network
    return networks_in(checkpoint.contents, places, now or "")


@contextlib.contextmanager
def _sentences(path: Path) -> Iterator[None]:
    """A file may contradict itself in more ways than converters foresee."""
    try:
        yield
    except (*BROKEN, ArithmeticError, RuntimeError) as error:
        raise CheckpointError(f"{path.name} contradicts itself and can't be opened.") from error
