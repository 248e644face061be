"""Fitting a preview head: ridge regression from a layer's features to the finished picture.

With r rows of features x_i (each place with its neighbours) and the pixels y_i there,
W = (Σ x xᵀ + λ D)⁻¹ Σ x yᵀ, where D holds the features' sums of squares, so that the result does
not depend on the scale of a channel. Sums only are kept, whatever the number of pictures.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor

from latentstudio.core.progress import Job, Step, stop_point
from latentstudio.engine.generator import Generator, HasHalfway, HasTaps
from latentstudio.engine.layer_times import Layer
from latentstudio.engine.preview_heads import PreviewHead, inputs, padded, read_halfway

PICTURES = 64
"""Of the model's own, on which a head is fitted."""
FIRST_SEED = 900_000
"""Theirs are this one and the following: hardly ever those an artist looks at."""
LEADING = 48
"""Channels, or leading combinations of channels, whose neighbours are read, too."""
MOST = 4096
"""Places in which those combinations are looked for."""
PLACES = 2048
"""Places of each picture that count."""
RIDGE, FEW = 2e-3, 0.24
"""λ, as a share of the features' mean squares: the first, or the second over the number of
pictures where they are few."""
_BATCH_PIXELS = 2**18
_SHOWN = (2, 4, 16, 32)
"""Numbers of pictures after which a provisional head is shown; two are as good as a grown image."""


@dataclass(slots=True)
class _Sums:
    """Σ x xᵀ (n, n) and Σ x yᵀ (n, m) in float64; the last x is 1."""

    xx: Tensor
    xy: Tensor
    rows: int = 0

    def add(self, x: Tensor, y: Tensor) -> None:
        x = F.pad(x, [0, 1], value=1.0)
        self.xx += (x.T @ x).double().cpu()
        self.xy += (x.T @ y).double().cpu()
        self.rows += len(x)

    def solve(self, pictures: int) -> tuple[Tensor, Tensor]:
        """Weights (m, n - 1) and biases (m,), float32."""
        ridge = max(RIDGE, FEW / pictures) * self.xx.diagonal().clone()
        ridge[-1] = 0.0  # the mean is free
        ridge += 1e-9 * self.xx.diagonal().mean()
        solved = torch.linalg.solve(self.xx + torch.diag(ridge), self.xy)
        return solved[:-1].T.float().contiguous(), solved[-1].float()


@torch.no_grad()
def fit_heads(
    generator: Generator,
    layers: Sequence[Layer],
    factor: int | None = None,
    window: int = 3,
    pictures: int = PICTURES,
) -> Job[tuple[PreviewHead, ...]]:
    """Fit heads that read some layers, all on the same pictures of the model's own.

    Args:
        generator: A model with taps, in full precision.
        layers: From `layer_times`, in their order; one at least.
        factor: 1: pictures of the features' size; 2: of twice that; None: 2 where the whole
            picture is that large.
        window: Places in a row that a pixel is read from, 1 or 3.
        pictures: How many.

    Yields:
        A step for each picture or few; now and then with provisional heads.
    """
    side = generator.info.resolution
    fits = [_Fit(generator, one, factor or (2 if 2 * one.side <= side else 1), window)
            for one in layers]  # fmt: skip
    batch = max(1, min(8, _BATCH_PIXELS // side**2))
    done, shown = 0, iter(_SHOWN)
    due = next(shown)
    while done < pictures:
        count = min(batch, pictures - done)
        seeds = range(FIRST_SEED + done, FIRST_SEED + done + count)
        stop_point()
        seen, full = _made(generator, [one.tap for one in layers], seeds)
        for fit, (features, image) in zip(fits, seen, strict=True):
            fit.add(features, image, full, seeds)
        done += count
        early = due <= done < pictures
        while due <= done:
            due = next(shown, pictures + 1)
        heads = tuple(fit.head(done) for fit in fits) if early else None
        yield Step(done / pictures, "Fitting a preview", heads)
    return tuple(fit.head(done) for fit in fits)


def _made(
    network: Generator, taps: Sequence[str], seeds: Sequence[int]
) -> tuple[list[tuple[Tensor, Tensor | None]], Tensor]:
    """What heads at `taps` read of some pictures, and the pictures."""
    z = network.sample_z(list(seeds))
    known = network.info.classes
    classes = torch.tensor([s % known for s in seeds], device=z.device) if known else None
    codes = network.broadcast(network.map(z, classes))
    if isinstance(network, HasHalfway):
        stop, seen = None, []
        for tap in taps:
            stop = network.halfway(codes, tap, {}, classes, since=stop)
            seen.append(read_halfway(network, stop, codes, {}, classes))
        assert stop is not None  # there is one layer at least
        return seen, network.onward(codes, stop, {}, classes)
    assert isinstance(network, HasTaps)
    kept: dict[str, Tensor] = {}

    def keeper(tap: str) -> Callable[[Tensor], Tensor]:
        return lambda features: kept.setdefault(tap, features)

    full = network.synthesize_with(codes, {tap: keeper(tap) for tap in taps}, classes)
    return [(kept[tap], None) for tap in taps], full


class _Fit:
    """The sums of one fit."""

    def __init__(self, generator: Generator, layer: Layer, factor: int, window: int) -> None:
        self._generator, self._layer = generator, layer
        self._factor, self._window = factor, window
        self._leading: Tensor | None = None  # (leading, channels) where neighbours are of those
        self._sums: _Sums | None = None
        self._grown = False

    def add(
        self, features: Tensor, image: Tensor | None, full: Tensor, seeds: Sequence[int]
    ) -> None:
        """Count some pictures."""
        self._grown = image is not None
        x = inputs(features, image)
        height, width = (side * self._factor for side in self._layer.size)
        small = F.adaptive_avg_pool2d(full.float(), (height, width))
        y = F.pixel_unshuffle(small, self._factor)
        if self._sums is None and self._window > 1:
            self._leading = _leading(x, self._layer.channels)
        for index, seed in enumerate(seeds):
            self._count(x[index : index + 1], y[index : index + 1], seed)

    def head(self, pictures: int) -> PreviewHead:
        """What the sums give so far."""
        assert self._sums is not None
        rows, bias = self._sums.solve(pictures)
        device = self._generator.device
        weight = self._kernel(rows).to(device)
        return PreviewHead(
            self._layer.tap, weight, bias.to(device), self._factor, self._layer.margin,
            self._grown, pictures,
        )  # fmt: skip

    def _count(self, x: Tensor, y: Tensor, seed: int) -> None:
        """Add some places of one picture, the same for the same seed."""
        m = self._layer.margin
        rows = self._rows(x)
        rows = rows[:, m : rows.shape[1] - m, m : rows.shape[2] - m].flatten(1)  # (n, places)
        places = torch.randperm(rows.shape[1], generator=torch.Generator().manual_seed(seed))
        chosen = places[:PLACES].to(rows.device)
        pixels = y[0].flatten(1)[:, chosen].T
        if self._sums is None:
            n, double = len(rows) + 1, torch.float64
            empty = torch.zeros(n, n, dtype=double)
            self._sums = _Sums(empty, torch.zeros(n, pixels.shape[1], dtype=double))
        self._sums.add(rows[:, chosen].T, pixels)

    def _rows(self, x: Tensor) -> Tensor:
        """What is known at each place of one picture: (1, channels, h, w) -> (n, h, w)."""
        if self._window == 1:
            return x[0]
        near = x if self._leading is None else F.conv2d(x, self._leading[:, :, None, None])
        around = F.unfold(padded(near, 3), 3).view(-1, *x.shape[2:])
        return around if self._leading is None else torch.cat([x[0], around])

    def _kernel(self, rows: Tensor) -> Tensor:
        """Weights of what is known at a place as one convolution: (m, n) -> (m, channels, k, k)."""
        if self._window == 1:
            return rows[:, :, None, None]
        if self._leading is None:
            return rows.view(len(rows), -1, 3, 3).contiguous()
        lead = self._leading.cpu()
        centre, around = rows[:, : lead.shape[1]], rows[:, lead.shape[1] :]
        kernel = torch.einsum("mlyx,lc->mcyx", around.view(len(rows), -1, 3, 3), lead)
        kernel[:, :, 1, 1] += centre
        return kernel.contiguous()


def _leading(x: Tensor, channels: int) -> Tensor | None:
    """Combinations of channels that vary most, with the image's own: (leading, all channels).

    None where there are so few channels that all of them are read with their neighbours.
    """
    if channels <= LEADING:
        return None
    flat = x[:, :channels].transpose(0, 1).flatten(1)
    flat = flat[:, :: max(1, flat.shape[1] // MOST)].double().cpu()
    flat = flat - flat.mean(dim=1, keepdim=True)
    vectors = torch.linalg.eigh(flat @ flat.T)[1]  # ascending
    lead = torch.zeros(LEADING + x.shape[1] - channels, x.shape[1], dtype=torch.float64)
    lead[:LEADING, :channels] = vectors[:, -LEADING:].T
    for index in range(channels, x.shape[1]):
        lead[LEADING + index - channels, index] = 1.0
    return lead.to(x)
