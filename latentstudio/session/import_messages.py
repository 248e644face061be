"""What a file of vectors leaves open, with a guess, and what one of them does as a trial."""

from dataclasses import dataclass

from latentstudio.core.spaces import Space
from latentstudio.document.direction import Direction
from latentstudio.exchange.import_options import ImportOptions

TRIAL = "trial"
"""Id of the direction that a question shows; it is in no list."""


@dataclass(frozen=True, slots=True)
class ImportQuestion:
    """What has to be asked before a file's vectors become sliders.

    Attributes:
        path: The file.
        names: Of its directions.
        asked: What the file doesn't say: ``space``, ``layers``, ``unit``.
        guess: How they are read without an answer. Its unit is None where each has its own.
        spaces: Where they can live in the open model, the guessed one first.
        layers: How many layers the model has.
    """

    path: str
    names: tuple[str, ...]
    asked: frozenset[str]
    guess: ImportOptions
    spaces: tuple[Space, ...]
    layers: int


@dataclass(frozen=True, slots=True)
class ForeignPreset:
    """A preset of another model with the same sizes, before anybody agreed to try it.

    Attributes:
        path: The file.
        name: What it calls itself.
        look: The look that is wanted with it; see `DirectionClient.import_directions`.
    """

    path: str
    name: str
    look: str | None = ""


@dataclass(frozen=True, slots=True, eq=False)
class ImportTrial:
    """One direction of a file, read in a way that was asked for.

    Attributes:
        direction: Its id is `TRIAL`; the renderer knows it.
    """

    direction: Direction
