"""Networks that look at two pictures and say which direction was walked, and how far.

Bodies: ResNet-18 (He et al., CVPR 2016, table 1) and LeNet-5 (LeCun et al. 1998, with
batch norm), which Voynov & Babenko use for small pictures; and one layer on the difference of the
two pictures, which learns much sooner. Written here because torchvision is not everywhere and
only the shape of the network is wanted, not trained weights.
"""

from typing import Literal, cast

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from latentstudio.core.spaces import GeneratorInfo
from latentstudio.discovery.reconstructor_layers import BatchNorm2d, Conv2d

Kind = Literal["difference", "resnet18", "lenet"]
LENET_SIDE = 32
"""Side of the pictures LeNet reads, in pixels."""
DIFFERENCE_SIDE = 16
"""Side of the pictures whose difference is read, in pixels."""


class Block(nn.Module):
    """Two 3x3 convolutions and a shortcut: (N, inputs, H, W) -> (N, outputs, H/s, W/s)."""

    def __init__(self, inputs: int, outputs: int, stride: int) -> None:
        super().__init__()
        self.conv1 = Conv2d(inputs, outputs, 3, stride, 1)
        self.norm1 = BatchNorm2d(outputs)
        self.conv2 = Conv2d(outputs, outputs, 3, 1, 1)
        self.norm2 = BatchNorm2d(outputs)
        self.shortcut = nn.Sequential()
        if stride != 1 or inputs != outputs:
            project = Conv2d(inputs, outputs, 1, stride)
            self.shortcut = nn.Sequential(project, BatchNorm2d(outputs))

    def forward(self, x: Tensor) -> Tensor:
        inner = F.relu(self.norm1(self.conv1(x)))
        return F.relu(self.norm2(self.conv2(inner)) + self.shortcut(x))


class ResNet18(nn.Module):
    """Pairs of pictures, `channels` together, to 512 numbers each.

    Before (n, C, H, W), after (N, C, H, W), and the place of each one's start, (N,) -> (N, 512).
    """

    size = 512

    def __init__(self, channels: int) -> None:
        super().__init__()
        widths = (64, 128, 256, 512)
        blocks: list[nn.Module] = []
        for stage, width in enumerate(widths):
            inputs = widths[max(stage - 1, 0)]
            blocks += [Block(inputs, width, 1 if stage == 0 else 2), Block(width, width, 1)]
        self.stem = Conv2d(channels, widths[0], 7, 2, 3)
        self.norm = BatchNorm2d(widths[0])
        self.blocks = nn.Sequential(*blocks)
        for module in self.modules():
            if isinstance(module, nn.Conv2d):
                nn.init.kaiming_normal_(module.weight, mode="fan_out", nonlinearity="relu")

    def forward(self, before: Tensor, after: Tensor, place: Tensor, dtype: torch.dtype) -> Tensor:
        x = self.norm(self.stem.on_pair(before, after, place))
        # The largest first, then what is positive of it: the same, on a quarter of the numbers.
        x = F.relu(F.max_pool2d(x, 3, 2, 1))
        # The stem stays exact: it sees what sets two almost equal pictures apart.
        with torch.autocast(x.device.type, dtype, enabled=dtype != torch.float32):
            x = self.blocks(x)
        found: Tensor = x.to(before.dtype).mean((2, 3))
        return found


class LeNet(nn.Module):
    """Pairs of pictures to 120 numbers each; they are brought to 32x32 first.

    Before (n, C, H, W), after (N, C, H, W), and the place of each one's start, (N,) -> (N, 120).
    """

    size = 120

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.first = Conv2d(channels, 6, 5)
        self.layers = nn.Sequential(
            *(BatchNorm2d(6), nn.ReLU(), nn.MaxPool2d(2)),
            *(Conv2d(6, 16, 5), BatchNorm2d(16), nn.ReLU(), nn.MaxPool2d(2)),
            *(Conv2d(16, self.size, 5), BatchNorm2d(self.size), nn.ReLU()),
        )

    def forward(self, before: Tensor, after: Tensor, place: Tensor, dtype: torch.dtype) -> Tensor:
        """So small that half precision gains nothing: `dtype` is not used."""
        small = fit(before, LENET_SIDE), fit(after, LENET_SIDE)
        found: Tensor = self.layers(self.first.on_pair(*small, place)).flatten(1)
        return found


class Difference(nn.Module):
    """The difference of two pictures, 16x16, to 256 numbers.

    The published networks see both pictures side by side and must first learn to take one from the
    other: a layer that is given the difference tells directions apart after hundreds of walks. It
    has no batch norm, since walks that hardly change a picture should be hard to tell apart.

    Before (n, C, H, W), after (N, C, H, W), and the place of each one's start, (N,) -> (N, 256).
    """

    size = 256

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.layer = nn.Linear(channels // 2 * DIFFERENCE_SIDE**2, self.size)

    def forward(self, before: Tensor, after: Tensor, place: Tensor, dtype: torch.dtype) -> Tensor:
        """So small that half precision gains nothing: `dtype` is not used."""
        change = fit(after, DIFFERENCE_SIDE) - fit(before, DIFFERENCE_SIDE)[place]
        return F.relu(self.layer(change.flatten(1)))


def fit(x: Tensor, side: int) -> Tensor:
    """Pad smaller pictures with zeros all round, average larger ones down to `side`.

    (N, C, H, W) -> (N, C, side, side).
    """
    if max(x.shape[2:]) > side:
        x = F.adaptive_avg_pool2d(x, side)
    down, right = side - x.shape[2], side - x.shape[3]
    return F.pad(x, [right // 2, right - right // 2, down // 2, down - down // 2])


class Reconstructor(nn.Module):
    """Two pictures to K scores (which direction) and one number (how far).

    Args:
        kind: Its body.
        channels: Of one picture.
        count: K.
        dtype: What a large body's convolutions compute in; weights stay float32.
    """

    def __init__(
        self, kind: Kind, channels: int, count: int, dtype: torch.dtype = torch.float32
    ) -> None:
        super().__init__()
        self._dtype = dtype
        body = _BODIES[kind](2 * channels)
        self.body = body
        self.which = nn.Linear(body.size, count)
        self.how_far = nn.Linear(body.size, 1)

    def forward(self, before: Tensor, after: Tensor, place: Tensor) -> tuple[Tensor, Tensor]:
        """Scores (N, K) and lengths (N,).

        Args:
            before: (n, C, H, W).
            after: (N, C, H, W).
            place: (N,), which of `before` each started from.
        """
        seen = self.body(before, after, place, self._dtype)
        return self.which(seen), self.how_far(seen)[:, 0]


_BODIES: dict[Kind, type[Difference | ResNet18 | LeNet]] = {
    "difference": Difference,
    "resnet18": ResNet18,
    "lenet": LeNet,
}


def choose(name: str, info: GeneratorInfo) -> Kind:
    """The reconstructor of an option; ``auto`` is as published: LeNet for up to 32 pixels."""
    if name == "auto":
        return "lenet" if info.resolution <= LENET_SIDE else "resnet18"
    return cast(Kind, name)
