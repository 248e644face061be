"""StyleGAN2's synthesis with the plain torch operations that the reference falls back to.

As its authors describe it and compute it without their compiled extensions: the styles go into
a weight for each picture, convolutions are grouped by picture, resampling inserts zeros and
convolves with the two-dimensional filter. Noise, bias, activation and gain are separate steps.
"""

import math
from collections.abc import Mapping

import torch
import torch.nn.functional as F
from torch import Tensor

LRELU_SLOPE, LRELU_GAIN = 0.2, math.sqrt(2)
TAPS = torch.tensor([1.0, 3.0, 3.0, 1.0])
FILTER = TAPS.outer(TAPS) / TAPS.sum() ** 2

Padding = tuple[int, int, int, int]


def resample(x: Tensor, up: int = 1, padding: Padding = (0, 0, 0, 0), gain: float = 1.0) -> Tensor:
    """Zeros between the pixels, padding, then one depthwise convolution.

    (N, C, H, W) -> (N, C, H', W') with H' = up H + top + bottom - 3, for the filter of 4 taps.
    """
    count, channels, height, width = x.shape
    x = x.reshape(count, channels, height, 1, width, 1)
    x = F.pad(x, [0, up - 1, 0, 0, 0, up - 1])
    x = F.pad(x.reshape(count, channels, height * up, width * up), list(padding))
    kernel = (FILTER.to(x) * gain).flip([0, 1])[None, None].repeat(channels, 1, 1, 1)
    return F.conv2d(x, kernel, groups=channels)


def modulated(
    x: Tensor, weight: Tensor, style: Tensor, up: bool = False, demodulate: bool = True
) -> Tensor:
    """One grouped convolution with a weight of its own for each picture.

    (N, inputs, H, W), weight (outputs, inputs, k, k), style (N, inputs) -> (N, outputs, H, W), or
    twice the size with `up`.
    """
    count, (outputs, inputs, size, _) = len(x), weight.shape
    own = weight[None] * style.reshape(count, 1, -1, 1, 1)
    if demodulate:
        own = own * (own.square().sum([2, 3, 4]) + 1e-8).rsqrt().reshape(count, -1, 1, 1, 1)
    x = x.reshape(1, -1, *x.shape[2:])
    if up:
        turned = own.transpose(1, 2).reshape(count * inputs, outputs, size, size)
        x = F.conv_transpose2d(x, turned, stride=2, groups=count)
        x = resample(x, padding=(1, 1, 1, 1), gain=4.0)
    else:
        own = own.reshape(-1, inputs, size, size)
        x = F.conv2d(x, own, padding=size // 2, groups=count)
    return x.reshape(count, outputs, *x.shape[2:])


class Plain:
    """The synthesis network of canonical weights (those of stylegan2-ada-pytorch's `G_ema`)."""

    def __init__(self, tensors: Mapping[str, Tensor], resolution: int) -> None:
        # As a loader of their files has them: contiguous, not laid out for this processor.
        self.t = {name: tensor.contiguous() for name, tensor in tensors.items()}
        self.resolution = resolution

    def affine(self, name: str, w: Tensor) -> Tensor:
        """Styles of a layer: w (N, w_dim) -> (N, inputs)."""
        weight = self.t[f"{name}.affine.weight"]
        return F.linear(w, weight / math.sqrt(weight.shape[1]), self.t[f"{name}.affine.bias"])

    def layer(self, x: Tensor, name: str, w: Tensor, up: bool) -> Tensor:
        """One styled convolution with noise, bias and activation.

        (N, inputs, H, W), w (N, w_dim) -> (N, outputs, H, W), or twice the size with `up`.
        """
        x = modulated(x, self.t[f"{name}.weight"], self.affine(name, w), up)
        x = x + self.t[f"{name}.noise_const"] * self.t[f"{name}.noise_strength"]
        x = x + self.t[f"{name}.bias"].reshape(1, -1, 1, 1)
        return F.leaky_relu(x, LRELU_SLOPE) * LRELU_GAIN

    def colours(self, x: Tensor, name: str, w: Tensor) -> Tensor:
        """Image channels of features: (N, inputs, H, W), w (N, w_dim) -> (N, C, H, W)."""
        style = self.affine(name, w) / math.sqrt(x.shape[1])
        y = modulated(x, self.t[f"{name}.weight"], style, demodulate=False)
        return y + self.t[f"{name}.bias"].reshape(1, -1, 1, 1)

    def __call__(self, ws: Tensor) -> Tensor:
        """Codes (N, layers, w_dim) to pictures (N, C, H, W)."""
        x = self.t["synthesis.b4.const"][None].repeat(len(ws), 1, 1, 1)
        image: Tensor | None = None
        index, size = 0, 4
        while size <= self.resolution:
            block = f"synthesis.b{size}"
            if size > 4:
                x = self.layer(x, f"{block}.conv0", ws[:, index], True)
                index += 1
            x = self.layer(x, f"{block}.conv1", ws[:, index], False)
            index += 1
            if image is not None:
                image = resample(image, 2, (2, 1, 2, 1), 4.0)
            colours = self.colours(x, f"{block}.torgb", ws[:, index])
            image = colours if image is None else image + colours
            size *= 2
        assert image is not None  # the first block gives one
        return image
