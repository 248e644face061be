"""Networks that look at two pictures and say which direction was walked, and how far.

Bodies: ResNet-18 (He et al., CVPR 2016, table 1) and LeNet-5 (LeCun et al. 1998, with
batch norm), which Voynov & Babenko use for small pictures. Written here because torchvision
is not everywhere and only the shape of the network is wanted, not trained weights.
"""

from typing import Literal

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from latentstudio.core.spaces import GeneratorInfo

Kind = Literal["resnet18", "lenet"]
LENET_SIDE = 32
"""Side of the pictures LeNet reads, in pixels."""


class Block(nn.Module):
    """Two 3x3 convolutions and a shortcut: (N, inputs, H, W) -> (N, outputs, H/s, W/s)."""

    def __init__(self, inputs: int, outputs: int, stride: int) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(inputs, outputs, 3, stride, 1, bias=False)
        self.norm1 = nn.BatchNorm2d(outputs)
        self.conv2 = nn.Conv2d(outputs, outputs, 3, 1, 1, bias=False)
        self.norm2 = nn.BatchNorm2d(outputs)
        self.shortcut = nn.Sequential()
        if stride != 1 or inputs != outputs:
            project = nn.Conv2d(inputs, outputs, 1, stride, bias=False)
            self.shortcut = nn.Sequential(project, nn.BatchNorm2d(outputs))

    def forward(self, x: Tensor) -> Tensor:
        inner = F.relu(self.norm1(self.conv1(x)))
        return F.relu(self.norm2(self.conv2(inner)) + self.shortcut(x))


class ResNet18(nn.Module):
    """Pictures (N, channels, H, W) to 512 numbers each."""

    size = 512

    def __init__(self, channels: int) -> None:
        super().__init__()
        widths = (64, 128, 256, 512)
        blocks: list[nn.Module] = []
        for stage, width in enumerate(widths):
            inputs = widths[max(stage - 1, 0)]
            blocks += [Block(inputs, width, 1 if stage == 0 else 2), Block(width, width, 1)]
        self.stem = nn.Sequential(
            nn.Conv2d(channels, widths[0], 7, 2, 3, bias=False),
            nn.BatchNorm2d(widths[0]),
            nn.ReLU(),
            nn.MaxPool2d(3, 2, 1),
        )
        self.blocks = nn.Sequential(*blocks)
        for module in self.modules():
            if isinstance(module, nn.Conv2d):
                nn.init.kaiming_normal_(module.weight, mode="fan_out", nonlinearity="relu")

    def forward(self, x: Tensor) -> Tensor:
        found: Tensor = self.blocks(self.stem(x)).mean((2, 3))
        return found


class LeNet(nn.Module):
    """Pictures (N, channels, H, W) to 120 numbers each; they are brought to 32x32 first."""

    size = 120

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.layers = nn.Sequential(
            *_convolution(channels, 6),
            nn.MaxPool2d(2),
            *_convolution(6, 16),
            nn.MaxPool2d(2),
            *_convolution(16, self.size),
        )

    def forward(self, x: Tensor) -> Tensor:
        found: Tensor = self.layers(fit(x, LENET_SIDE)).flatten(1)
        return found


def _convolution(inputs: int, outputs: int) -> tuple[nn.Module, ...]:
    return nn.Conv2d(inputs, outputs, 5, bias=False), nn.BatchNorm2d(outputs), nn.ReLU()


def fit(x: Tensor, side: int) -> Tensor:
    """Pad smaller pictures with zeros all round, average larger ones down to `side`."""
    if max(x.shape[2:]) > side:
        x = F.adaptive_avg_pool2d(x, side)
    down, right = side - x.shape[2], side - x.shape[3]
    return F.pad(x, [right // 2, right - right // 2, down // 2, down - down // 2])


class Reconstructor(nn.Module):
    """Two pictures to K scores (which direction) and one number (how far)."""

    def __init__(self, kind: Kind, channels: int, count: int) -> None:
        super().__init__()
        body = ResNet18 if kind == "resnet18" else LeNet
        self.body = body(2 * channels)
        self.which = nn.Linear(body.size, count)
        self.how_far = nn.Linear(body.size, 1)

    def forward(self, before: Tensor, after: Tensor) -> tuple[Tensor, Tensor]:
        """(N, C, H, W) twice -> (N, K) and (N,)."""
        seen = self.body(torch.cat([before, after], dim=1))
        return self.which(seen), self.how_far(seen)[:, 0]


def choose(name: str, info: GeneratorInfo) -> Kind:
    """The reconstructor of an option; ``auto`` takes LeNet for pictures up to 32 pixels."""
    if name == "auto":
        return "lenet" if info.resolution <= LENET_SIDE else "resnet18"
    return "lenet" if name == "lenet" else "resnet18"
