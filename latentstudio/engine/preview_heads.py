"""A picture from features in the middle of a network: linear, and fitted in closed form.

Most of a large model's work lies in its last layers, and a hand that moves a slider needs none of
it. A preview head reads the features of an earlier layer, each place with its neighbours, and the
image that has grown so far where there is one, and predicts the finished picture brought down to
the features' size or to twice that (four pixels for each place). It is ridge regression from the
model's own pictures: nothing is trained, nothing but the model is needed.

A head is linear, so derivatives pass through it: a Jacobian can be taken at the features and read
through the head.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor

from latentstudio.core.errors import ShapeError
from latentstudio.engine.generator import (
    GROWN,
    Edits,
    Generator,
    Halfway,
    HasGrowingImage,
    HasHalfway,
    HasTaps,
    Noise,
)

SMOOTH = 0.2
"""Share of each neighbour in a pixel where four belong to a place; a little of it also brings
pictures closer to the whole ones."""


@dataclass(frozen=True, slots=True, eq=False)
class PreviewHead:
    """Predicts the finished picture, brought down, from features on the way to it.

    Attributes:
        tap: The layer it reads.
        weight: (C f f, channels (+ C where there is a growing image), k, k), with f the factor
            and k the window, 1 or 3.
        bias: (C f f,).
        factor: Pixels for each place of the features, in a row: 1 or 2.
        margin: Places of the features outside the picture, on each side.
        grown: An image that has grown so far is read, too.
        pictures: How many it was fitted on.
    """

    tap: str
    weight: Tensor
    bias: Tensor
    factor: int = 1
    margin: int = 0
    grown: bool = False
    pictures: int = 0

    def apply(self, features: Tensor, image: Tensor | None = None) -> Tensor:
        """Features (N, channels, h, w), image (N, C, any, any) to pictures (N, C, s f, s f).

        Differentiable, and fit for `torch.func.jvp` under `vmap`.

        Raises:
            ShapeError: Features of another layer, or no image where one is read.
        """
        x = inputs(features, image if self.grown else None)
        if x.shape[1] != self.weight.shape[1]:
            wanted, given = self.weight.shape[1], x.shape[1]
            raise ShapeError(f"this preview head reads {wanted} channels, not {given}")
        made = F.conv2d(padded(x, self.window), self.weight, self.bias)
        if self.margin:
            inside = slice(self.margin, -self.margin)
            made = made[..., inside, inside]
        return smoothed(F.pixel_shuffle(made, self.factor)) if self.factor > 1 else made

    @property
    def window(self) -> int:
        """Places in a row that a pixel is read from."""
        return self.weight.shape[-1]

    def to(self, device: torch.device) -> "PreviewHead":
        """The same on another device."""
        weight, bias = self.weight.to(device), self.bias.to(device)
        return PreviewHead(
            self.tap, weight, bias, self.factor, self.margin, self.grown, self.pictures
        )

    def arrays(self) -> dict[str, NDArray[np.float32]]:
        """What has to be kept of it, beside `record`.

        ``weight`` (C f f, channels, k, k) and ``bias`` (C f f,).
        """
        return {"weight": self.weight.cpu().numpy(), "bias": self.bias.cpu().numpy()}

    def record(self) -> dict[str, Any]:
        """The rest, as plain JSON values."""
        return {
            "tap": self.tap,
            "factor": self.factor,
            "margin": self.margin,
            "grown": self.grown,
            "pictures": self.pictures,
        }


@dataclass(frozen=True, slots=True)
class GrownImage:
    """Stands for a head where none has been fitted yet: the image as far as it has grown.

    Colours are pale and details are missing, but what changes where is to be seen.

    Attributes:
        tap: The layer whose colours are the last ones.
    """

    tap: str

    @property
    def grown(self) -> bool:
        return True

    def apply(self, features: Tensor, image: Tensor | None = None) -> Tensor:
        """Features (N, channels, h, w) are not read, image (N, C, h, w) is given as it is.

        Raises:
            ShapeError: No image.
        """
        if image is None:
            raise ShapeError("no image grows in this model")
        return image


def from_arrays(
    arrays: Mapping[str, NDArray[Any]], record: Mapping[str, Any], generator: Generator
) -> PreviewHead | None:
    """Inverse of `arrays` and `record`; None where they don't describe a head of this model.

    ``weight`` is (C f f, channels, k, k), ``bias`` (C f f,).
    """
    try:
        weight = torch.from_numpy(np.asarray(arrays["weight"], np.float32))
        bias = torch.from_numpy(np.asarray(arrays["bias"], np.float32))
        head = PreviewHead(
            str(record["tap"]),
            weight.to(generator.device),
            bias.to(generator.device),
            int(record["factor"]),
            int(record["margin"]),
            bool(record["grown"]),
            int(record["pictures"]),
        )
    except (KeyError, TypeError, ValueError):
        return None
    outputs = generator.info.channels * head.factor**2
    fits = weight.ndim == 4 and weight.shape[0] == len(bias) == outputs and bias.ndim == 1
    square = fits and weight.shape[2] == weight.shape[3] in (1, 3) and head.factor in (1, 2)
    sound = square and bool(weight.isfinite().all()) and bool(bias.isfinite().all())
    known = head.tap in generator.info.taps and 0 <= head.margin <= 64
    return head if sound and known else None


def preview(
    generator: Generator,
    head: PreviewHead | GrownImage,
    codes: Tensor,
    classes: Tensor | None = None,
    noise: Noise = "const",
) -> Tensor:
    """Pictures as a head sees them, nothing behind its layer computed: (N, C, s f, s f).

    Differentiable by the codes, and fit for `torch.func.jvp` under `vmap`.
    """
    return head.apply(*read(generator, head.tap, codes, classes, noise))


def read(
    generator: Generator,
    tap: str,
    codes: Tensor,
    classes: Tensor | None = None,
    noise: Noise = "const",
) -> tuple[Tensor, Tensor | None]:
    """What a head reads of pictures: features at `tap`, and the image so far if one grows.

    Codes (N, layers, dim) -> (N, channels, h, w), and (N, C, any, any) or None.
    """
    if isinstance(generator, HasHalfway):
        stop = generator.halfway(codes, tap, {}, classes, noise)
        return read_halfway(generator, stop, codes, {}, classes, noise)
    assert isinstance(generator, HasTaps)  # only such a model has heads
    return generator.features(codes, tap, classes, noise), None


def read_halfway(
    generator: Generator,
    stop: Halfway,
    codes: Tensor,
    edit: Edits,
    classes: Tensor | None = None,
    noise: Noise = "const",
) -> tuple[Tensor, Tensor | None]:
    """The same, of a synthesis that has stopped at the head's layer, with the edits after it.

    Codes (N, layers, dim) -> (N, channels, h, w), and (N, C, any, any) or None.
    """
    features = edit[stop.tap](stop.features) if stop.tap in edit else stop.features
    image = None
    if isinstance(generator, HasGrowingImage):
        image = generator.grown_image(codes, stop, edit, classes, noise)
    return features, stop.carried.get(GROWN) if image is None else image


def inputs(features: Tensor, image: Tensor | None) -> Tensor:
    """Features with the image as further channels, in float32: (N, channels + C, h, w)."""
    features = features.float()
    if image is None:
        return features
    same = image.shape[2:] == features.shape[2:]
    size = features.shape[2:]
    image = image.float()
    fitted = image if same else F.interpolate(image, size=size, mode="bilinear")
    return torch.cat([features, fitted], dim=1)


def smoothed(x: Tensor) -> Tensor:
    """Pictures of four pixels for each place without the faint grid that the four leave.

    (N, C, H, W), same shape.
    """
    taps = torch.tensor([SMOOTH, 1 - 2 * SMOOTH, SMOOTH], dtype=x.dtype, device=x.device)
    kernel = taps.outer(taps).expand(x.shape[1], 1, 3, 3)
    return F.conv2d(padded(x, 3), kernel, groups=x.shape[1])


def padded(x: Tensor, window: int) -> Tensor:
    """Edges repeated, so that a window fits everywhere.

    (N, C, H, W) -> (N, C, H + 2 r, W + 2 r), r = window // 2.
    """
    return F.pad(x, [window // 2] * 4, mode="replicate") if window > 1 else x
