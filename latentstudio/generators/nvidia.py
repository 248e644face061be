"""What the networks of stylegan2-ada-pytorch and stylegan3 share, in any container."""

from collections.abc import Mapping, Sequence
from typing import Any

from latentstudio.engine.checkpoint import Checkpoint
from latentstudio.engine.contents import StoredNetwork

NETWORKS = ("G_ema", "G")


def network_of(checkpoint: Checkpoint, marks: Sequence[str]) -> StoredNetwork | None:
    """The generator with these names: the averaged one where there is one."""
    return checkpoint.contents.find(marks, NETWORKS)


def attributes(network: StoredNetwork, path: str) -> Mapping[str, Any]:
    """Attributes of a submodule; none for state dictionaries, which hold only tensors."""
    return network.modules.get(path, {})
