"""Rankings as files: JSON for programs, CSV for spreadsheets."""

import csv
from collections.abc import Sequence
from io import StringIO
from pathlib import Path
from typing import Any

from latentstudio.core.errors import OptionError
from latentstudio.core.files import write_bytes
from latentstudio.evaluate.predictor import Attribute
from latentstudio.evaluate.ranking import Floats, Ranking, rank
from latentstudio.evaluate.records import write_record
from latentstudio.evaluate.values import Values

JSON = "ranking.json"
FORMAT = 1
_DIGITS = 5


def rank_values(found: Values, only: Sequence[str] = ()) -> Ranking:
    """Rank by all attributes, or by some: selectivity is among those.

    Raises:
        OptionError: There is no such attribute.
    """
    attributes = found.record.attributes
    places = places_of(only, attributes)
    return rank(found.values[..., places], [attributes[place] for place in places])


def places_of(only: Sequence[str], attributes: Sequence[Attribute]) -> list[int]:
    """Where attributes of some names stand among all; all of them where none is named.

    Raises:
        OptionError: There is no such attribute.
    """
    names = [one.name for one in attributes]
    unknown = [name for name in only if name not in names]
    if unknown:
        raise OptionError(f"'{unknown[0]}' is not read. Choose of: {', '.join(names)}.")
    return [names.index(name) for name in dict.fromkeys(only)] or list(range(len(names)))


def write_tables(found: Values, ranking: Ranking, folder: Path, top: int) -> None:
    """Write ``ranking.json``, ``correlation.csv`` and ``selectivity.csv``.

    Raises:
        FileError: The folder can't be written to.
        ResourceError: The disk is full.
    """
    write_record(folder / JSON, as_record(found, ranking, top))
    for name, table in (
        ("correlation", ranking.correlation),
        ("selectivity", ranking.selectivity),
    ):
        write_bytes(folder / f"{name}.csv", _csv(found, ranking, table).encode())


def as_record(found: Values, ranking: Ranking, top: int) -> dict[str, Any]:
    """A ranking as plain values."""
    about = found.record
    ranges = {one.name: [one.low, one.high] for one in about.attributes}
    return {
        "format": FORMAT,
        "model": about.model,
        "predictor": about.predictor,
        "walk": about.walk,
        "steps": len(about.amounts[0]),
        "starts": about.starts,
        "attributes": [{"name": n, "range": ranges[n]} for n in ranking.attributes],
        "directions": [
            {
                "id": id,
                "name": about.names[row],
                "reach": about.amounts[row][-1],
                "correlation": _named(ranking, ranking.correlation, row),
                "selectivity": _named(ranking, ranking.selectivity, row),
            }
            for row, id in enumerate(about.directions)
        ],
        "best": {
            name: {
                "correlation": [about.directions[i] for i in ranking.best(name)[:top]],
                "selectivity": [
                    about.directions[i] for i in ranking.best(name, selective=True)[:top]
                ],
            }
            for name in ranking.attributes
        },
    }


def _named(ranking: Ranking, table: Floats, row: int) -> dict[str, float]:
    values = table[row].round(_DIGITS).tolist()
    return dict(zip(ranking.attributes, values, strict=True))


_FORMULAS = "=+-@＝＋－＠"
_BLANKS = "\t\r\n"  # after which a spreadsheet looks for a formula


def _csv(found: Values, ranking: Ranking, table: Floats) -> str:
    text = StringIO()
    writer = csv.writer(text)
    writer.writerow(["direction", "name", *map(harmless_cell, ranking.attributes)])
    about = found.record
    for id, name, row in zip(about.directions, about.names, table.tolist(), strict=True):
        cells = (f"{value:.{_DIGITS}f}" for value in row)
        writer.writerow([harmless_cell(id), harmless_cell(name), *cells])
    return text.getvalue()


def harmless_cell(text: str) -> str:
    """A text as a cell that no spreadsheet takes for a formula: an apostrophe before it."""
    is_formula = text.lstrip()[:1] in tuple(_FORMULAS) or text[:1] in tuple(_BLANKS)
    return f"'{text}" if is_formula else text
