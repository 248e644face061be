"""A generator with planted directions of distinct strengths.

Each pixel before its tanh is one row of A times the code, and each row of A is one of the
planted axes or one of the weak ones. So A^T A = sum of n_j p_j p_j^T, with n_j the number of
pixels that axis p_j moves: SeFa, the features' PCA and DP-LaSE all have to find p_0, p_1, ...
in that order. With a mapping, w = P diag(spread) P'^T z + centre, so PCA of w has to as well.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Self

import numpy as np
import torch
from torch import Tensor

from latentstudio.core.spaces import Ability, GeneratorInfo, Prior, Space, SpaceInfo
from latentstudio.engine.generator import Noise
from latentstudio.engine.shapes import check_shape
from latentstudio.evaluate.predictor import Attribute, Predictor

DIM = 16
SIDE = 8
PIXELS = (81, 48, 27, 12)
"""n_j of the planted axes; the other axes move two pixels each."""
SPREAD = (4.0, 3.0, 2.2, 1.5)
"""Standard deviation of w along the planted axes; 0.3 along the others."""
GAIN = 0.3


class PlantedGenerator:
    """See the module's docstring. Axes are the rows of `axes`, planted ones first."""

    def __init__(self, mapped: bool = False, quiet: bool = False) -> None:
        """With `quiet`, the axes that aren't planted change nothing at all."""
        rng = torch.Generator().manual_seed(0)
        self.axes = torch.linalg.qr(torch.randn(DIM, DIM, generator=rng))[0].T.contiguous()
        self._turn = torch.linalg.qr(torch.randn(DIM, DIM, generator=rng))[0]
        counts = torch.tensor([*PIXELS, *[2] * (DIM - len(PIXELS))])
        rows = torch.repeat_interleave(self.axes, counts, dim=0)  # (192, DIM)
        if quiet:
            rows[sum(PIXELS) :] = 0
        # One third of each axis's pixels in each colour channel.
        self.weight = torch.stack([rows[c::3] for c in range(3)])  # (3, 64, DIM)
        self._spread = torch.full((DIM,), 0.3)
        self._spread[: len(SPREAD)] = torch.tensor(SPREAD)
        self.centre = torch.randn(DIM, generator=rng) if mapped else torch.zeros(DIM)
        self.mapped = mapped
        self.calls: list[tuple[str, int]] = []
        """What was asked for, and for how many pictures: lets tests count work."""
        self._info = _info(mapped)

    @property
    def info(self) -> GeneratorInfo:
        return self._info

    @property
    def device(self) -> torch.device:
        return torch.device("cpu")

    def to(self, device: torch.device) -> Self:
        return self

    def sample_z(self, seeds: Sequence[int], truncation: float = 1.0) -> Tensor:
        rows = [np.random.RandomState(seed).randn(DIM) for seed in seeds]
        return torch.from_numpy(np.stack(rows)).float()

    def map(self, z: Tensor, classes: Tensor | None = None, truncation: float = 1.0) -> Tensor:
        check_shape(z, "N z_dim", z_dim=DIM)
        if not self.mapped:
            return z
        return self.centre + truncation * (z @ self._turn * self._spread) @ self.axes

    def mean_code(self, classes: Tensor | None = None) -> Tensor:
        return self.centre[None]

    def broadcast(self, code: Tensor) -> Tensor:
        return code[:, None].expand(-1, self.info.code_layers, -1)

    def to_normal(self, code: Tensor) -> Tensor:
        return code

    def from_normal(self, p: Tensor) -> Tensor:
        return p

    def synthesize(
        self, codes: Tensor, classes: Tensor | None = None, noise: Noise = "const"
    ) -> Tensor:
        self.calls.append(("synthesize", len(codes)))
        return self._colour(self._pixels(codes))

    def style_weights(self, layers: Sequence[int]) -> Tensor:
        if not self.mapped:
            return self.weight.flatten(0, 1)
        return torch.cat([self.weight[layer] for layer in layers])

    def features(
        self, codes: Tensor, tap: str, classes: Tensor | None = None, noise: Noise = "const"
    ) -> Tensor:
        self.calls.append((tap, len(codes)))
        pixels = self._pixels(codes)
        return pixels.flatten(1) if tap == "early" else self._colour(pixels)

    def synthesize_with(
        self,
        codes: Tensor,
        edit: Mapping[str, Callable[[Tensor], Tensor]],
        classes: Tensor | None = None,
        noise: Noise = "const",
    ) -> Tensor:
        pixels = self._pixels(codes)
        if "early" in edit:
            pixels = edit["early"](pixels.flatten(1)).view_as(pixels)
        image = self._colour(pixels)
        return edit["late"](image) if "late" in edit else image

    def _pixels(self, codes: Tensor) -> Tensor:
        """Before the tanh: (N, layers, DIM) -> (N, 3, 64)."""
        check_shape(codes, "N layers dim", layers=self.info.code_layers, dim=DIM)
        return torch.einsum("ncd,crd->ncr", codes.expand(-1, 3, -1), self.weight)

    def _colour(self, pixels: Tensor) -> Tensor:
        return torch.tanh(GAIN * pixels).view(-1, 3, SIDE, SIDE)


class PlantedReader:
    """Reads <p_j, z> off the planted generator's pictures, exactly."""

    RANGE = 40.0

    def __init__(self, generator: PlantedGenerator) -> None:
        order = generator.weight.reshape(-1, DIM)  # a row for each pixel, as images flatten
        self.rows = [(order @ axis > 0.99).nonzero()[:, 0] for axis in generator.axes[:4]]
        names = tuple(Attribute(f"p{j}", -self.RANGE, self.RANGE) for j in range(4))
        self.predictor = Predictor("planted", "Planted", names, self.read)

    def read(self, images: Tensor) -> Tensor:
        before = torch.atanh(images.double().flatten(1).clamp(-1 + 1e-9, 1 - 1e-9)) / GAIN
        return torch.stack([before[:, rows].mean(1) for rows in self.rows], dim=1).float()


def _info(mapped: bool) -> GeneratorInfo:
    spaces = {Space.Z: SpaceInfo(DIM, 1, Prior.NORMAL)}
    abilities = {Ability.TAPS, Ability.STYLE_WEIGHTS, Ability.GRADIENT}
    if mapped:
        spaces[Space.W] = SpaceInfo(DIM, 1, Prior.MAPPED)
        spaces[Space.WPLUS] = SpaceInfo(DIM, 3, Prior.MAPPED)
        abilities |= {Ability.MAPPING, Ability.LAYERS}
    name = "planted-w" if mapped else "planted-z"
    taps = ("early", "late")
    return GeneratorInfo(name, "toy", SIDE, 3, 0, 0, name, spaces, taps, frozenset(abilities))
