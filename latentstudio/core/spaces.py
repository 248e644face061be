"""Latent spaces, and what a model says about itself. No torch: the window reads these too."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Space(StrEnum):
    """Latent spaces, named as in the StyleGAN papers."""

    Z = "z"
    """The generator's input, drawn from its prior: (N, dim)."""
    W = "w"
    """Style code after the mapping network: (N, dim)."""
    WPLUS = "w+"
    """One style code for each layer: (N, layers, dim)."""


class Prior(StrEnum):
    """How a space is distributed."""

    NORMAL = "normal"
    TRUNCATED = "truncated-normal"
    UNIFORM = "uniform"
    NORMALISED = "normalised"
    """Normal, but the network divides by the root mean square first: radius has no effect."""
    MAPPED = "mapped"
    """Push-forward of Z through a mapping network; known only by samples."""


class Ability(StrEnum):
    """What a generator may offer beyond making images; methods name what they need."""

    MAPPING = "mapping"
    TRUNCATION = "truncation"
    CLASSES = "classes"
    NOISE = "noise"
    LAYERS = "layers"
    TAPS = "taps"
    STYLE_WEIGHTS = "style-weights"
    GRADIENT = "gradient"
    FORWARD_GRADIENT = "forward-gradient"


@dataclass(frozen=True, slots=True)
class SpaceInfo:
    """Size and prior of one space. `layers` is 1 except for W+."""

    dim: int
    layers: int
    prior: Prior


@dataclass(frozen=True, slots=True)
class GeneratorInfo:
    """Facts that never change while a model is loaded.

    Attributes:
        name: What to call it on screen, usually the file's stem.
        family: Registry id, for example ``stylegan2``.
        resolution: Longer side of an image in pixels.
        channels: 1 (grey), 3 (RGB) or 4 (RGB and alpha).
        classes: Number of classes, 0 for an unconditional model.
        parameters: Number of weights.
        fingerprint: SHA-256 of the network, the same in any container.
        spaces: The spaces it has; always Z, for StyleGAN also W and W+.
        taps: Names of inner layers whose features can be read, in order.
        abilities: What it offers beyond making images.
        guesses: What its file does not hold and was guessed: name of the choice to its value
            and what speaks for it. See `engine.generator.HasChoices`.
        warnings: Sentences about what is probably wrong with its pictures, to be shown first.
        sides: Height and width of an image where they differ, else None.
    """

    name: str
    family: str
    resolution: int
    channels: int
    classes: int
    parameters: int
    fingerprint: str
    spaces: Mapping[Space, SpaceInfo]
    taps: tuple[str, ...] = ()
    abilities: frozenset[Ability] = field(default_factory=frozenset)
    guesses: Mapping[str, str] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()
    sides: tuple[int, int] | None = None

    @property
    def size(self) -> tuple[int, int]:
        """Height and width of an image in pixels."""
        return self.sides or (self.resolution, self.resolution)

    @property
    def image_shape(self) -> tuple[int, int, int]:
        """Channels, height and width of an image."""
        return (self.channels, *self.size)

    @property
    def has_alpha(self) -> bool:
        """Its pictures are transparent in places."""
        return self.channels == 4

    @property
    def code_space(self) -> Space:
        """Where edits are made: W where there is a mapping network, else Z."""
        return Space.W if Space.W in self.spaces else Space.Z

    @property
    def code_layers(self) -> int:
        """How many separate inputs synthesis has: the layers of W+, else 1."""
        return self.spaces[Space.WPLUS].layers if Space.WPLUS in self.spaces else 1

    @property
    def code_dim(self) -> int:
        """Length of one code in `code_space`."""
        return self.spaces[self.code_space].dim
