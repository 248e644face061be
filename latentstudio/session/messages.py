"""What the engine tells the window. Plain values and NumPy: importing this loads no torch."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from latentstudio.core.options import OptionInfo
from latentstudio.core.reading import Reading, ReferenceCurve, Side, State
from latentstudio.core.spaces import GeneratorInfo
from latentstudio.document.direction import DirectionSet
from latentstudio.document.state import Picture

__all__ = [
    "Band",
    "Bands",
    "Drawn",
    "Film",
    "Frame",
    "Measure",
    "Measures",
    "MethodForm",
    "ModelSummary",
    "Pixels",
    "Reading",
    "ReferenceCurve",
    "Reread",
    "RunInfo",
    "RunNews",
    "Side",
    "State",
]

Pixels = NDArray[np.uint8]
"""(height, width, 3), sRGB, contiguous."""


@dataclass(frozen=True, slots=True, eq=False)
class Drawn:
    """A picture that has been rendered and not judged yet; its `Frame` follows."""

    picture: Picture
    pixels: Pixels


@dataclass(frozen=True, slots=True)
class Frame:
    """A rendered picture.

    Attributes:
        picture: What was asked for.
        pixels: The result.
        reading: Its place in the density, None until the reference has been measured.
        start: Reading of the same picture without edits.
        carrier: Direction that carries most of the way out, when too far; else empty.
        milliseconds: Time the engine took.
    """

    picture: Picture
    pixels: Pixels
    reading: Reading | None
    start: Reading | None
    carrier: str
    milliseconds: float


@dataclass(frozen=True, slots=True)
class Band:
    """Where a slider is safe for the picture now, in the slider's amounts.

    Attributes:
        shell: Amounts on the shell, or None when other edits already leave it.
        limit: Amounts at most near the edge, or None.
    """

    shell: tuple[float, float] | None
    limit: tuple[float, float] | None


@dataclass(frozen=True, slots=True)
class Film:
    """Small pictures along one slider, the other edits as they are."""

    direction: str
    amounts: tuple[float, ...]
    frames: tuple[Pixels, ...]


@dataclass(frozen=True, slots=True)
class Measure:
    """What one unit of a direction does to pictures; see `session.measures`.

    Attributes:
        strength: Mean change of a pixel, as a share of the range from black to white.
        locality: How concentrated the change is in the picture, 0 (everywhere alike) to 1.
    """

    strength: float
    locality: float


@dataclass(frozen=True, slots=True)
class Measures:
    """Measures of directions by their ids."""

    known: Mapping[str, Measure]


@dataclass(frozen=True, slots=True)
class MethodForm:
    """A discovery method as a form for the open model.

    Attributes:
        id: Registry id.
        title: Its name.
        help: One sentence about it.
        fields: Its options, with limits, choices and defaults that suit the model.
        missing: Why it can't run on this model, a sentence; else empty.
        learns: It takes steps, and can be paused and go on.
        of_direction: It works on one straight direction, which has to be chosen.
    """

    id: str
    title: str
    help: str
    fields: tuple[OptionInfo, ...]
    missing: str = ""
    learns: bool = False
    of_direction: bool = False


@dataclass(frozen=True, slots=True)
class RunInfo:
    """A discovery run: what was asked, and how far it is.

    Attributes:
        key: Stable and unique within a model's runs, for example ``dp-lase-run1``; ids of its
            directions begin with it.
        method: Registry id.
        number: Of the runs of this method.
        options: The method's options, as plain values.
        seed: The method's seed.
        step: Steps done.
        steps: Steps there will be, 0 where the method takes none.
        seconds: Time spent on it.
        of: Id of the direction it works on, where its method works on one.
    """

    key: str
    method: str
    number: int = 1
    options: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))
    seed: int = 0
    step: int = 0
    steps: int = 0
    seconds: float = 0.0
    of: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class RunNews:
    """What a run says after a step.

    Attributes:
        run: How far it is.
        losses: By name; see `document.findings`.
        seconds_left: Time it will take yet.
        found: Provisional directions every few seconds, else None.
        settled: With `found`: ids of directions that hardly turn any more.
    """

    run: RunInfo
    losses: Mapping[str, float]
    seconds_left: float
    found: DirectionSet | None = None
    settled: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Changes:
    """What a direction changes, by a predictor made for the model.

    Attributes:
        id: Of the direction.
        attributes: Names and correlations (see `evaluate.ranking`), strongest first; empty
            where nothing is known.
    """

    id: str
    attributes: tuple[tuple[str, float], ...] = ()


@dataclass(frozen=True, slots=True)
class Reread:
    """What a model's file leaves open; empty where it says everything.

    Attributes:
        fields: The choices there are, each with the guess as its default.
        values: How it is read now.
        reasons: The guesses and what speaks for them, by name: ``relu (usual)``.
    """

    fields: tuple[OptionInfo, ...] = ()
    values: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))
    reasons: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))

    @property
    def chosen(self) -> dict[str, Any]:
        """What differs from the guesses."""
        return {
            f.name: self.values[f.name] for f in self.fields if self.values[f.name] != f.default
        }


@dataclass(frozen=True, slots=True)
class ModelSummary:
    """What the model panel shows.

    Attributes:
        ref: The file or built-in name it was opened by.
        info: Facts about the network.
        title: Family in words, for example ``StyleGAN2``.
        device: For example ``CPU, 2 threads``.
        class_names: One per class, or empty.
        thumbs: A few samples.
        recognised: Which way of storing which family, for example ``StyleGAN2, checkpoint by
            rosinality``.
        seen: The first tensors by which it was recognised.
        bytes: Memory that the weights take, and on a card the first pictures too.
        milliseconds: What a picture takes, measured on the first.
        on_card: It is on a graphics card.
        methods: Ways to find directions in it.
        runs: Runs that were paused in an earlier session and can go on.
        precision: What pictures are computed in: ``float32``, ``bfloat16`` or ``float16``.
        precisions: What the device offers.
        reading: What its file leaves open.
        again: It was open already, and is only read in another way.
    """

    ref: str
    info: GeneratorInfo
    title: str
    device: str
    class_names: tuple[str, ...] = ()
    thumbs: tuple[Pixels, ...] = ()
    recognised: str = ""
    seen: str = ""
    bytes: int = 0
    milliseconds: float = 0.0
    on_card: bool = False
    methods: tuple[MethodForm, ...] = ()
    runs: tuple[RunInfo, ...] = ()
    precision: str = "float32"
    precisions: tuple[str, ...] = ("float32",)
    reading: Reread = Reread()
    again: bool = False


Bands = Mapping[str, Band]
