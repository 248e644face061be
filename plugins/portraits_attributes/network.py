"""The small network that reads the portraits' attributes, and the file it is kept in.

The file's metadata states ``attributes``: for each choice its options, in the order of the scores
(``logits``), then ``colours`` (three numbers in 0..1 each), and ``groups``: sums of options that
have everyday names, such as glasses or hat. `packaging/portraits/attributes.py` trains it.
"""

import json
from dataclasses import dataclass
from pathlib import Path

import torch
from safetensors import safe_open
from torch import Tensor, nn
from torch.nn import functional as nnf

from latentstudio.plugin_host import api as studio

WIDTHS = (24, 48, 96, 160)


class Network(nn.Module):
    """Four halving convolutions and a dense layer; one score an option, three numbers a colour."""

    def __init__(self, size: int, sizes: dict[str, int], colours: int) -> None:
        super().__init__()
        self.size, self.sizes, self.colours = size, sizes, colours
        before = 3
        for i, width in enumerate(WIDTHS):
            setattr(self, f"conv{i}", nn.Conv2d(before, width, 3, stride=2, padding=1))
            before = width
        self.fc = nn.Linear(before * (size // 16) ** 2, 256)
        self.out = nn.Linear(256, sum(sizes.values()) + 3 * colours)

    def forward(self, x: Tensor) -> Tensor:
        """Scores of pictures in -1..1."""
        scores: Tensor = self.out(self.seen(x))
        return scores

    def seen(self, x: Tensor) -> Tensor:
        """What the scores are read from, (N, 256)."""
        for i in range(len(WIDTHS)):
            x = nnf.leaky_relu(getattr(self, f"conv{i}")(x), 0.1)
        return nnf.leaky_relu(self.fc(x.flatten(1)), 0.1)

    def split(self, scores: Tensor) -> tuple[dict[str, Tensor], Tensor]:
        """Scores of each choice, and the colours."""
        parts = torch.split(scores, [*self.sizes.values(), 3 * self.colours], dim=1)
        return dict(zip(self.sizes, parts, strict=False)), parts[-1]


@dataclass(frozen=True, slots=True)
class FileFacts:
    """What the file says: options of each choice, groups of options, names of the colours."""

    attributes: dict[str, list[str]]
    groups: dict[str, tuple[str, list[str]]]
    colours: list[str]


def read_network(path: Path) -> tuple[Network, FileFacts]:
    """The network and what its file says about it.

    Raises:
        PluginError: The file is missing or damaged.
    """
    try:
        with safe_open(path, "pt") as file:
            said = file.metadata()
            tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
        about = FileFacts(*(json.loads(said[key]) for key in ("attributes", "groups", "colours")))
        sizes = {name: len(names) for name, names in about.attributes.items()}
        network = Network(int(said["size"]), sizes, len(about.colours))
        network.load_state_dict(tensors)
    except Exception as error:
        raise studio.PluginError(f"{path.name} of the portraits' attributes is damaged.") from error
    return network.eval().requires_grad_(False), about
