"""What the network pickles of stylegan2-ada-pytorch and stylegan3 share."""

from typing import Any

from latentstudio.engine.checkpoint import Checkpoint, Container
from latentstudio.generators.module_tree import Module, as_module

NETWORKS = ("G_ema", "G")


def network_of(checkpoint: Checkpoint) -> Module | None:
    """The generator in a network pickle: the averaged one where there is one."""
    content = checkpoint.content
    if checkpoint.container is not Container.PICKLE:
        return None
    candidates: list[Any] = [content]
    if isinstance(content, dict):
        candidates = [content.get(name) for name in NETWORKS]
    found = [module for value in candidates if (module := as_module(value)) is not None]
    return found[0] if found else None


def part_of(checkpoint: Checkpoint, path: str) -> Module | None:
    """A submodule of the generator, for example ``synthesis.b4``."""
    module = network_of(checkpoint)
    for name in path.split("."):
        module = module.child(name) if module is not None else None
    return module
