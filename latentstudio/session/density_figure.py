"""DP-LaSE's figure: the same walk from a denser, the same and a sparser start."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np

from latentstudio.core.files import write_bytes
from latentstudio.core.progress import Job, Step, part
from latentstudio.document.state import Picture
from latentstudio.export.page import Card, Page, Section, Strip, to_html
from latentstudio.export.rows import Row, save_rows
from latentstudio.render.messages import DensityRow
from latentstudio.render.renderer import Renderer
from latentstudio.render.walk_picture import density_rows

COLUMNS = 7


def amounts_of(renderer: Renderer, direction: str) -> list[float]:
    """Amounts of the figure's columns: evenly over the slider."""
    known = renderer.directions[direction]
    amounts: list[float] = np.linspace(known.low, known.high, COLUMNS).tolist()
    return amounts


def save(renderer: Renderer, picture: Picture, direction: str, path: Path) -> Job[Path]:
    """Draw the rows and write them as PNG or SVG, as the path ends.

    Raises:
        AbilityError: See `density_rows`.
        OptionError: Another ending.
        FileError: The folder cannot be written to.
    """
    amounts = amounts_of(renderer, direction)
    rows = yield from part(density_rows(renderer, picture, direction, amounts), 0.0, 0.9)
    yield Step(0.9, "Writing")
    write(rows, amounts, renderer.directions[direction].name, path)
    return path


def write_page(
    renderer: Renderer, pictures: Mapping[str, Picture], direction: str, folder: Path
) -> Job[list[Path]]:
    """The figure of several pictures, each as PNG and SVG, and a page that shows them.

    Args:
        renderer: Of the open model, the densities of the pictures measured.
        pictures: Names of the files without their endings, and what to draw.
        direction: Id of the direction.
        folder: Where to write; made if it isn't there.

    Returns:
        What was written, the page first.

    Raises:
        AbilityError: See `density_rows`.
        FileError: The folder cannot be written to.
    """
    amounts, name = amounts_of(renderer, direction), renderer.directions[direction].name
    cards, written = [], []
    for done, (stem, picture) in enumerate(pictures.items()):
        share = done / len(pictures), (done + 1) / len(pictures)
        rows = yield from part(density_rows(renderer, picture, direction, amounts), *share)
        files = [folder / f"{stem}.png", folder / f"{stem}.svg"]
        for file in files:
            size = write(rows, amounts, name, file)
        written += files
        text = "; ".join(words(row) for row in rows)
        cards.append(Card((Strip(stem, files[0].name, size, 0, text),), text=text))
    page = Page(
        title=f"{name}: denser, same, sparser",
        text="The same walk on three shells. Each row keeps the density of its start.",
        facts=[("Model", renderer.generator.info.name), ("Direction", name)],
        sections=[Section("Walks", cards=tuple(cards))],
        legend=False,
    )
    write_bytes(folder / "index.html", to_html(page).encode())
    return [folder / "index.html", *written]


def write(rows: list[DensityRow], amounts: list[float], name: str, path: Path) -> tuple[int, int]:
    """Write rows that are drawn already, see `save`; gives width and height of the figure."""
    marks = [f"{amount:+.1f}".replace("-", "\N{MINUS SIGN}") for amount in amounts]
    lines = [Row(words(row), row.frames) for row in rows]
    title = f"{name}, walked along the shell from a denser, the same and a sparser start"
    return save_rows(lines, marks, title, path)


def words(row: DensityRow) -> str:
    """A row's name and where its start lies, for people."""
    return f"{row.name.capitalize()} \N{EN DASH} percentile {row.percentile:.1f}"
