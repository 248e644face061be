"""The inversion problem: a target picture, a model, and the loss of a code."""

from dataclasses import dataclass, replace
from functools import cached_property

import torch
import torch.nn.functional as F
from torch import Tensor

from latentstudio.core.errors import ShapeError
from latentstudio.engine.generator import Generator, Noise
from latentstudio.engine.shapes import check_shape
from latentstudio.inversion.chart import Chart
from latentstudio.inversion.features import Features

PYRAMID = (1, 2, 4, 8)
"""Pixels are compared in means of squares of so many: coarse differences say where to go."""
RANGE = 4.0
"""Square of the range from black to white."""


@dataclass(frozen=True, slots=True)
class LossWeights:
    """Weights of the terms of the loss.

    Attributes:
        pixels: Of the mean square difference, over all sizes of `PYRAMID`.
        features: Of the perceptual distance.
        shell: Of the squared relative distance from the middle of the shell.
    """

    pixels: float = 0.5
    features: float = 1.0
    shell: float = 0.3


@dataclass(frozen=True, eq=False)
class Problem:
    """A picture to be drawn by a model.

    Attributes:
        generator: The model.
        target: (1, C, n, n), the model's size and channels, in [-1, 1].
        chart: Of its codes.
        features: Compares pictures.
        label: Class index, or None for an unconditional model.
        noise: Noise inputs.

    Raises:
        ShapeError: The target has another size.
    """

    generator: Generator
    target: Tensor
    chart: Chart
    features: Features
    label: int | None = None
    noise: Noise = "const"

    def __post_init__(self) -> None:
        info = self.generator.info
        sizes = {"one": 1, "C": info.channels, "h": info.resolution, "w": info.resolution}
        check_shape(self.target, "one C h w", **sizes)
        if not bool(torch.isfinite(self.target).all()):
            raise ShapeError("the picture holds values that aren't numbers")

    @cached_property
    def wanted(self) -> Tensor:
        """Features of the target, (1, K)."""
        with torch.no_grad():
            return self.features.units(self.target)

    def with_label(self, label: int | None, chart: Chart) -> "Problem":
        """The same picture as another class."""
        return replace(self, label=label, chart=chart)

    def classes(self, count: int) -> Tensor | None:
        """Class of each of so many pictures: (count,) int64, or None for an unconditional model."""
        if self.label is None:
            return None
        return torch.full((count,), self.label, device=self.generator.device)

    def codes(self, v: Tensor) -> Tensor:
        """Round coordinates of one picture, (1 or layers, dim), to codes (1, layers, dim)."""
        layers = self.generator.info.code_layers
        return self.chart.codes(v).expand(layers, -1)[None].contiguous()

    def image(self, v: Tensor) -> Tensor:
        """The picture of round coordinates (1 or layers, dim): (1, C, n, n)."""
        return self.generator.synthesize(self.codes(v), self.classes(1), self.noise)

    def pixel_loss(self, image: Tensor) -> Tensor:
        """Mean square difference, averaged over the sizes of the pyramid. (1, C, n, n) -> ()."""
        away = image - self.target
        levels = [F.avg_pool2d(away, k) if k > 1 else away for k in self.levels]
        return torch.stack([level.square().mean() for level in levels]).mean()

    def feature_loss(self, image: Tensor) -> Tensor:
        """Perceptual distance. (1, C, n, n) -> ()."""
        distance: Tensor = (self.features.units(image) - self.wanted).square().sum()
        return distance

    def loss(self, v: Tensor, weights: LossWeights) -> tuple[Tensor, Tensor]:
        """The whole loss of round coordinates, and their picture.

        (1 or layers, dim) -> () and (1, C, n, n).
        """
        image = self.image(v)
        total = weights.pixels * self.pixel_loss(image)
        total = total + weights.features * self.feature_loss(image)
        return total + weights.shell * self.chart.off_shell(v).mean(), image

    @property
    def levels(self) -> tuple[int, ...]:
        """Sizes of the pyramid that the picture can be divided into."""
        side = self.target.shape[-1]
        return tuple(k for k in PYRAMID if side % k == 0 and side // k >= 2) or (1,)


@torch.no_grad()
def psnr(image: Tensor, target: Tensor) -> float:
    """Peak signal to noise ratio in dB; pictures in [-1, 1], clipped as they are shown.

    Both (N, C, H, W).
    """
    error = (image.clamp(-1, 1) - target.clamp(-1, 1)).square().mean().clamp_min(1e-10)
    return float(10 * torch.log10(RANGE / error))
