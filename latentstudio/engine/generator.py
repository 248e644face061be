"""What the rest of LatentStudio may ask of a generative model.

Conventions for every family, shipped or plugin:

* Tensors are float32 on `device` unless asked otherwise.
* Images are (N, C, H, W), nominally in [-1, 1], unclipped.
* A *code* is what edits change, in `info.code_space`: w where there is a mapping network,
  else z. Synthesis takes codes as (N, layers, dim); models with one input have layers = 1,
  so directions, walks and layer ranges are written once for all of them.
* Seed s is ``numpy.random.RandomState(s).randn(1, dim)``: one seed is one picture on any
  device, in any batch and order.

Optional abilities are separate small protocols. A method says which it needs
(`core.spaces.Ability`) and never asks which family it has.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol, Self, runtime_checkable

import torch
from torch import Tensor

from latentstudio.core.spaces import GeneratorInfo

Noise = Literal["const", "none"] | int
"""Noise inputs: the constants stored in the file, off, or drawn from a seed."""


GROWN = "image"
"""Name, in `Halfway.carried`, of the image that has grown so far."""

Edits = Mapping[str, Callable[[Tensor], Tensor]]
"""What becomes of the features at some taps."""


@dataclass(frozen=True, slots=True)
class Window:
    """A rectangle of a picture, or of features: rows and columns, the ends not included."""

    top: int
    left: int
    bottom: int
    right: int

    @property
    def area(self) -> int:
        return (self.bottom - self.top) * (self.right - self.left)

    def of(self, x: Tensor) -> Tensor:
        """Its part of (..., h, w), a view."""
        return x[..., self.top : self.bottom, self.left : self.right]


@dataclass(frozen=True, slots=True, eq=False)
class Halfway:
    """A synthesis that has come as far as a tap; it can go on from there any number of times.

    Attributes:
        tap: Name of the layer.
        features: What the layer made, before any edit of it: (N, C, H, W) or (N, C).
        carried: What later layers read beside them, by name: an image that every block adds to.
    """

    tap: str
    features: Tensor
    carried: dict[str, Tensor] = field(default_factory=dict)

    @property
    def nbytes(self) -> int:
        """Memory it takes."""
        return sum(one.nbytes for one in (self.features, *self.carried.values()))


class Generator(Protocol):
    """The least a family must offer."""

    @property
    def info(self) -> GeneratorInfo: ...

    @property
    def device(self) -> torch.device: ...

    def to(self, device: torch.device) -> Self:
        """Move the weights; returns the same generator."""

    def sample_z(self, seeds: Sequence[int], truncation: float = 1.0) -> Tensor:
        """One z for each seed: (len(seeds), z_dim).

        `truncation` matters only to models whose *prior* is truncated (BigGAN).
        """

    def map(self, z: Tensor, classes: Tensor | None = None, truncation: float = 1.0) -> Tensor:
        """Code of each z: (N, z_dim) -> (N, code_dim).

        StyleGAN: w = mean + truncation (mapping(z) - mean). Models without a mapping network
        return z itself.

        Args:
            z: Latents.
            classes: Class index of each, (N,) int64; None for unconditional models.
            truncation: 0 is the mean, 1 leaves w as it is.
        """

    def broadcast(self, code: Tensor) -> Tensor:
        """The same code for every layer: (N, code_dim) -> (N, layers, code_dim)."""

    def synthesize(
        self, codes: Tensor, classes: Tensor | None = None, noise: Noise = "const"
    ) -> Tensor:
        """Make images: (N, layers, code_dim) -> (N, C, H, W).

        Raises:
            ShapeError: Codes of another shape.
        """

    def to_normal(self, code: Tensor) -> Tensor:
        """Chart of the code space that is closer to a normal: (..., code_dim), same shape.

        StyleGAN undoes the last leaky ReLU of its mapping (Zhu et al. 2020, "Improved
        StyleGAN Embedding", the P space); a uniform prior on [-1, 1] goes through the inverse
        normal distribution function; a normal prior is its own chart.
        """

    def from_normal(self, p: Tensor) -> Tensor:
        """Inverse of `to_normal`: (..., code_dim), same shape."""


@runtime_checkable
class HasMean(Protocol):
    """Models with a mapping network know their mean code (truncation pulls toward it)."""

    def mean_code(self, classes: Tensor | None = None) -> Tensor:
        """Mean of w: (1, code_dim), or (N, code_dim) where classes have means of their own."""


@runtime_checkable
class HasStyleWeights(Protocol):
    """Models whose first use of the code is a linear map (SeFa needs it)."""

    def style_weights(self, layers: Sequence[int]) -> Tensor:
        """Rows of the affine maps that read the code at `layers`: (rows, code_dim)."""


@runtime_checkable
class HasTaps(Protocol):
    """Models whose inner features can be read and replaced, by the names in `info.taps`."""

    def features(
        self, codes: Tensor, tap: str, classes: Tensor | None = None, noise: Noise = "const"
    ) -> Tensor:
        """Features (N, C, H, W) or (N, C) at `tap`; nothing after it is computed."""

    def synthesize_with(
        self,
        codes: Tensor,
        edit: Edits,
        classes: Tensor | None = None,
        noise: Noise = "const",
    ) -> Tensor:
        """Like `synthesize`, with the features at some taps passed through functions.

        (N, layers, code_dim) -> (N, C, H, W); a function keeps the shape of its features.
        """


@runtime_checkable
class HasHalfway(HasTaps, Protocol):
    """Models whose synthesis can stop at a tap and go on from there, more than once.

    ``onward(codes, halfway(codes, tap, edit), edit)`` is ``synthesize_with(codes, edit)`` to the
    last bit, and neither computes what the other does.
    """

    def layers_before(self, tap: str) -> int:
        """How many layers of a code are read up to a tap; those behind change nothing there."""

    def halfway(
        self,
        codes: Tensor,
        tap: str,
        edit: Edits,
        classes: Tensor | None = None,
        noise: Noise = "const",
        since: Halfway | None = None,
    ) -> Halfway:
        """Go as far as a tap, from the beginning or from an earlier tap of the same synthesis.

        Args:
            codes: (N, layers, code_dim).
            tap: Where to stop.
            edit: Of the features at taps before it; others are left for later.
            classes: Class of each, (N,).
            noise: Noise inputs.
            since: How far it has come already, with the same codes and edits.
        """

    def onward(
        self,
        codes: Tensor,
        since: Halfway,
        edit: Edits,
        classes: Tensor | None = None,
        noise: Noise = "const",
    ) -> Tensor:
        """From a tap to the image, beginning with the edit of that tap: (N, C, H, W)."""


@runtime_checkable
class HasGrowingImage(Protocol):
    """Models whose blocks each add to an image: it can be seen as far as it has grown."""

    def grown_image(
        self,
        codes: Tensor,
        since: Halfway,
        edit: Edits,
        classes: Tensor | None = None,
        noise: Noise = "const",
    ) -> Tensor | None:
        """The image with the colours of the layer where `since` stopped, (N, C, h, w).

        None where that layer adds none; `since.carried` may hold an earlier one then.
        """


@runtime_checkable
class HasWindows(Protocol):
    """Models that can make a part of a picture without the rest of it."""

    def synthesize_window(
        self,
        codes: Tensor,
        window: Window,
        noise: Noise = "const",
        since: Halfway | None = None,
    ) -> Tensor:
        """Those pixels of ``synthesize(codes)``, up to rounding: (N, C, h, w).

        Args:
            codes: (N, layers, code_dim).
            window: Which pixels.
            noise: Noise inputs.
            since: How far it has come already, with the same codes.
        """


@runtime_checkable
class HasMargins(Protocol):
    """Models whose features reach beyond the picture: StyleGAN3's canvas is larger than it."""

    def margin(self, tap: str) -> int:
        """Places of the features at `tap` that lie outside the picture, on each side."""


@runtime_checkable
class HasTruncationStatistics(Protocol):
    """Models whose inner statistics belong to a truncation (BigGAN-deep's batch norms)."""

    def at_truncation(self, truncation: float) -> Self:
        """The same network, weights shared, with the statistics of `truncation` (0 to 1)."""


@runtime_checkable
class HasChoices(Protocol):
    """Models whose file leaves something open: it was guessed, and a person may know better."""

    @property
    def choices(self) -> Any:
        """What was chosen: a frozen dataclass whose fields are made by `core.options.option`."""

    def with_choices(self, choices: Any) -> Self:
        """The same weights read in another way; its fingerprint differs where pictures do.

        Raises:
            OptionError: The choices don't fit the weights.
        """
