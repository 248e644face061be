"""A page of HTML that shows pictures lying next to it. It loads nothing from anywhere else."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import jinja2

from latentstudio import __version__
from latentstudio.core.paths import resources_dir
from latentstudio.core.reading import State
from latentstudio.export.plots import BASE, TRACK, WIDTH, Histogram, Track

GENERATOR = "LatentStudio"
"""What the page says it was made by: how a later run knows its own pages."""

STATES: Mapping[State, tuple[str, str]] = {
    "on": ("circle-check", "On the shell"),
    "edge": ("circle-alert", "Near the edge"),
    "off": ("triangle-alert", "Too far"),
}
"""Icon and words of the three states, as in the window."""


@dataclass(frozen=True, slots=True)
class Caption:
    """What stands under one frame.

    Attributes:
        text: For example an amount.
        state: Of the picture, or None where it isn't judged.
        detail: More, shown when pointed at.
    """

    text: str
    state: State | None = None
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Strip:
    """One image file with several frames, and captions under them.

    Attributes:
        title: A line above.
        file: Path of the image, relative to the page.
        size: Width and height of the image in pixels.
        gap: Pixels between two of its frames.
        alt: What it shows, in words.
        captions: One for each frame of a row.
        columns: Frames in a row.
        track: The safe range drawn under it, or None.
    """

    title: str
    file: str
    size: tuple[int, int]
    gap: int
    alt: str
    captions: tuple[Caption, ...] = ()
    columns: int = 1
    track: Track | None = None


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the page.

    Attributes:
        title: Heading.
        text: A sentence or two below it.
        cards: Groups of strips, each with a title and a smaller line.
        plot: A histogram, or None.
        table: Heading row and rows, or empty.
        marked: Cells of the table in bold, (row, column), the heading row being 0.
        sorting: What its cards can be sorted by, in the order of their measures, or empty.
    """

    title: str
    text: str = ""
    cards: tuple["Card", ...] = ()
    plot: Histogram | None = None
    table: tuple[tuple[str, ...], ...] = ()
    marked: frozenset[tuple[int, int]] = frozenset()
    sorting: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Measure:
    """A figure of a card, with a bar.

    Attributes:
        name: What is measured.
        value: Its size and sign.
        share: Its share of all the card's measures, 0 to 1.
        width: Length of the bar, 0 to 100.
        text: The figure in words.
        shown: Whether it is shown before somebody asks for it.
    """

    name: str
    value: float
    share: float
    width: float
    text: str
    shown: bool = True

    @property
    def size(self) -> float:
        """The value without its sign."""
        return abs(self.value)


@dataclass(frozen=True, slots=True)
class Card:
    """Strips that belong together.

    Attributes:
        strips: Pictures.
        title: Heading.
        text: A smaller line beside it.
        measures: Figures, in the order of the section's `sorting`.
        beside: Whether strips stand beside each other where there is room.
    """

    strips: tuple[Strip, ...]
    title: str = ""
    text: str = ""
    measures: tuple[Measure, ...] = ()
    beside: bool = False


@dataclass(frozen=True, slots=True)
class Page:
    """A whole page: heading, a line below, facts, and sections.

    Attributes:
        title: Heading, also of the window.
        text: A line below.
        facts: Names and values.
        sections: In order.
        legend: Whether the three states of the density are explained.
        sortable: Whether tables and cards can be sorted.
        command: The command line that makes it again, or empty.
        colours: Of the theme.
    """

    title: str
    text: str
    facts: Sequence[tuple[str, str]]
    sections: Sequence[Section]
    legend: bool = True
    sortable: bool = False
    command: str = ""
    colours: Mapping[str, str] = field(default_factory=lambda: _tokens())


def to_html(page: Page) -> str:
    """The page as HTML; texts are escaped, whatever a model's name holds."""
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("latentstudio.export"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template("page.html").render(
        page=page,
        states=STATES,
        icons={name: _icon(name) for name, _ in STATES.values()},
        sizes={"width": WIDTH, "base": BASE, "track": TRACK},
        generator=f"{GENERATOR} {__version__}",
    )


def _tokens() -> dict[str, str]:
    path = resources_dir() / "theme" / "tokens.json"
    tokens = json.loads(path.read_text(encoding="utf-8"))
    return {name: pair["dark"] for name, pair in tokens.items() if "dark" in pair}


def _icon(name: str) -> str:
    """The shapes inside one of our own icons; the page draws the frame round them."""
    text = (resources_dir() / "icons" / f"{name}.svg").read_text(encoding="utf-8")
    return text[text.index(">", text.index("<svg")) + 1 : text.rindex("</svg>")].strip()
