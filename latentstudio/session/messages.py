"""What the window is told of models, methods and runs. Plain values: loads no torch."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from latentstudio.core.options import OptionInfo
from latentstudio.core.spaces import GeneratorInfo
from latentstudio.document.direction import DirectionSet
from latentstudio.document.run_info import RunInfo
from latentstudio.render.messages import Pixels


@dataclass(frozen=True, slots=True)
class MethodForm:
    """A discovery method as a form for the open model.

    Attributes:
        id: Registry id.
        title: Its name, as in its paper.
        help: One sentence about it.
        fields: Its options, with limits, choices and defaults that suit the model.
        missing: Why it can't run on this model, a sentence; else empty.
        learns: It takes steps, and can be paused and go on.
        of_direction: It works on one straight direction, which has to be chosen.
        finds: What it finds, in the artist's words.
        pace: Seconds that one step or sample takes here (`core.pace.units_of_work`), 0 where
            nobody knows yet.
    """

    id: str
    title: str
    help: str
    fields: tuple[OptionInfo, ...]
    missing: str = ""
    learns: bool = False
    of_direction: bool = False
    finds: str = ""
    pace: float = 0.0


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
class FileAssumptions:
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
        bytes: Memory that the weights take, and on a GPU the first pictures too.
        milliseconds: What a picture takes, measured on the first.
        on_gpu: It is on a graphics card.
        methods: Ways to find directions in it.
        runs: Runs that were paused in an earlier session and can go on.
        precision: What pictures are computed in: ``float32``, ``bfloat16`` or ``float16``.
        precisions: What the device offers.
        assumptions: What its file leaves open.
        again: It was open already, and is only read in another way.
        previews: Its pictures take so long that coarse ones are worth preparing.
        search_seconds: What an automatic search takes here at most, about.
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
    on_gpu: bool = False
    methods: tuple[MethodForm, ...] = ()
    runs: tuple[RunInfo, ...] = ()
    precision: str = "float32"
    precisions: tuple[str, ...] = ("float32",)
    assumptions: FileAssumptions = FileAssumptions()
    again: bool = False
    previews: bool = False
    search_seconds: float = 300.0


@dataclass(frozen=True, slots=True)
class MethodPace:
    """How long one step of a method takes on the open model here, in seconds."""

    method: str
    seconds: float
