"""What the window is told of projects. Plain values: loads no torch."""

from dataclasses import dataclass
from pathlib import Path

from latentstudio.document.direction import DirectionSet
from latentstudio.document.history import Steps
from latentstudio.document.state import Document
from latentstudio.exchange.projects import Project


@dataclass(frozen=True, slots=True)
class MetadataChoice:
    """What a person wants a picture to say of itself.

    Attributes:
        made: That it was made with a generative model.
        recipe: How to make it again.
        names: The artist's names of directions.
    """

    made: bool = False
    recipe: bool = False
    names: tuple[tuple[str, str], ...] = ()


NOTHING = MetadataChoice()
EVERYTHING = MetadataChoice(made=True, recipe=True)


@dataclass(frozen=True, slots=True, eq=False)
class BatchRequest:
    """The edits of a document, or a preset's look, to be put on many pictures.

    Attributes:
        doc: Whose edits; of a look, whose class and truncation seeds are drawn with.
        output: The folder that the pictures go to.
        ending: ``png``, ``webp`` or ``psd``.
        seeds: Pictures to start from; None where `folder` has them.
        folder: Of pictures with recipes.
        preset: The file whose look is wanted; None for the edits of `doc`.
        look: Id of the look in it.
        carried: What each picture says of itself.
    """

    doc: Document
    output: Path
    ending: str = "png"
    seeds: tuple[int, ...] | None = None
    folder: Path | None = None
    preset: Path | None = None
    look: str = ""
    carried: MetadataChoice = EVERYTHING


@dataclass(frozen=True, slots=True)
class PictureComparison:
    """Whether a picture came out as it was saved.

    Attributes:
        same: Its pixels are the same; None where the file doesn't say what they were.
        sentence: What to say of it.
    """

    same: bool | None
    sentence: str


@dataclass(frozen=True, slots=True, eq=False)
class AdoptedProject:
    """A project that the open model knows.

    Attributes:
        project: As it was read.
        steps: Its document and undo steps, of the open model.
        found: All directions that are known now, or None where there are none.
        lost: How many of its directions the model can't use.
    """

    project: Project
    steps: Steps
    found: DirectionSet | None
    lost: int
