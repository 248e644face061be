"""Rows of pictures with a line over each and a mark under each column, as PNG or SVG."""

import base64
import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import jinja2
import numpy as np
from PIL import Image, ImageDraw, ImageFont

from latentstudio.core.errors import OptionError
from latentstudio.core.files import write_bytes
from latentstudio.core.paths import resources_dir
from latentstudio.export.images import Pixels, save_pixels

_MARGIN, _GAP, _LINE = 12, 4, 26  # px
FONT = resources_dir() / "fonts" / "Inter-Regular.ttf"
"""Pillow's own font has neither a minus sign nor a dash."""
_INK, _PAPER = (26, 26, 26), (255, 255, 255)


@dataclass(frozen=True, slots=True)
class Row:
    """A line of text and the pictures under it, each (h, w, 3), all of one size."""

    text: str
    frames: tuple[Pixels, ...]


def save_rows(rows: Sequence[Row], marks: Sequence[str], title: str, path: Path) -> tuple[int, int]:
    """Write a figure; its ending picks PNG or SVG.

    Args:
        rows: At least one, all with as many frames.
        marks: What stands under each column.
        title: In words, for people who can't see it.
        path: Ends in .png or .svg.

    Returns:
        Width and height of the figure.

    Raises:
        OptionError: Another ending.
        FileError: The folder cannot be written to.
    """
    kind = path.suffix.lower()
    if kind == ".svg":
        write_bytes(path, _svg(rows, marks, title).encode())
    elif kind == ".png":
        save_pixels(_pixels(rows, marks), path)
    else:
        raise OptionError(f"{path.name} can't hold a figure. End it in .png or .svg.")
    return _places(rows)[2]


def _places(rows: Sequence[Row]) -> tuple[list[int], list[int], tuple[int, int]]:
    """X of each column, y of each row's pictures, width and height of the whole."""
    height, width = rows[0].frames[0].shape[:2]
    xs = [_MARGIN + i * (width + _GAP) for i in range(len(rows[0].frames))]
    ys = [_MARGIN + _LINE + i * (height + _LINE + _GAP) for i in range(len(rows))]
    return xs, ys, (xs[-1] + width + _MARGIN, ys[-1] + height + _LINE)


def _pixels(rows: Sequence[Row], marks: Sequence[str]) -> Pixels:
    xs, ys, size = _places(rows)
    sheet = Image.new("RGB", size, _PAPER)
    draw, font = ImageDraw.Draw(sheet), ImageFont.truetype(FONT, 13)
    width = rows[0].frames[0].shape[1]
    for row, y in zip(rows, ys, strict=True):
        draw.text((_MARGIN, y - 6), row.text, _INK, font, anchor="ls")
        for frame, x in zip(row.frames, xs, strict=True):
            sheet.paste(Image.fromarray(frame), (x, y))
    for mark, x in zip(marks, xs, strict=True):
        draw.text((x + width / 2, size[1] - 8), mark, _INK, font, anchor="ms")
    return np.array(sheet)


def _svg(rows: Sequence[Row], marks: Sequence[str], title: str) -> str:
    xs, ys, size = _places(rows)
    height, width = rows[0].frames[0].shape[:2]
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("latentstudio.export"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
    )
    return environment.get_template("rows.svg").render(
        width=size[0],
        height=size[1],
        side=(width, height),
        margin=_MARGIN,
        title=title,
        rows=[
            {
                "text": row.text,
                "y": y,
                "frames": [
                    {"x": x, "data": _png(frame)} for frame, x in zip(row.frames, xs, strict=True)
                ],
            }
            for row, y in zip(rows, ys, strict=True)
        ],
        marks=[{"x": x + width / 2, "text": text} for text, x in zip(marks, xs, strict=True)],
    )


def _png(frame: Pixels) -> str:
    held = io.BytesIO()
    Image.fromarray(frame).save(held, format="PNG")
    return base64.b64encode(held.getvalue()).decode()
