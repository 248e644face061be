"""The page and the table of a comparison of methods."""

from pathlib import Path

import numpy as np

from latentstudio.core.progress import Job, Step
from latentstudio.core.texts import sentence_case
from latentstudio.engine.images import to_pixels
from latentstudio.evaluate.comparing import Comparison
from latentstudio.evaluate.contestants import Terms
from latentstudio.evaluate.ranking_page import facts, percent, signed, write_strip
from latentstudio.export.page import Card, Page, Section

MEAN = "mean of all"


def comparison_page(
    found: Comparison,
    terms: Terms,
    folder: Path,
    command: str,
    starts: int = 2,
    measures: tuple[tuple[str, ...], ...] = (),
    bend: float | None = None,
) -> Job[Page]:
    """Lay out the page and write its pictures.

    Args:
        found: What came out.
        terms: What was equal for all.
        folder: Of the page.
        command: The command line that makes it again.
        starts: How many of the pool's latents to show.
        measures: Known-factor measures as a table, or nothing.
        bend: Distortion of the model's W, or None where it was not measured or there is no W.

    Raises:
        FileError: The folder can't be written to.
    """
    cards = []
    names = found.ranking.attributes
    for column, name in enumerate(names):
        cards.append(_card(found, column, folder, starts))
        yield Step((column + 1) / len(names), f"Drawing {name}")
    model = found.values.record.name
    return Page(
        title=f"Which method finds what in {model}",
        text="Every method looked for equally many directions, and each direction was walked "
        "from the same pictures until they had changed equally much. Correlation is how far the "
        "best direction carries an attribute: the attribute's covariance with the step, scaled to "
        "its range, over the step's deviation. Selectivity is the attribute's "
        "share of all that a direction changes, at best. Random directions are the floor.",
        facts=_facts(found, terms),
        command=command,
        sections=(
            Section(
                "Best correlation", _missing(found), table=table(found), marked=_largest(found)
            ),
            Section(
                "Best selectivity",
                table=table(found, selective=True),
                marked=_largest(found, selective=True),
            ),
            *((Section("Known-factor measures", _bend(bend), table=measures),) if measures else ()),
            Section("Best direction of each method", cards=tuple(cards)),
        ),
        legend=False,
        sortable=True,
    )


def table(found: Comparison, *, selective: bool = False) -> tuple[tuple[str, ...], ...]:
    """A row for each attribute, a column for each method; the last row is the mean."""
    numbers = best_numbers(found, selective=selective)
    write = percent if selective else "{:.2f}".format
    rows = [("Attribute", *(one.title for one in found.contestants))]
    for name, row in zip(found.ranking.attributes, numbers, strict=True):
        rows.append((name, *map(write, row)))
    rows.append((MEAN, *map(write, numbers.mean(axis=0))))
    return tuple(rows)


def best_numbers(found: Comparison, *, selective: bool = False) -> np.ndarray:
    """Largest correlation's size, or largest selectivity: (attributes, methods)."""
    ranking = found.ranking
    values = ranking.selectivity if selective else np.abs(ranking.correlation)
    methods = [values[rows.start : rows.stop].max(axis=0) for rows in found.rows]
    return np.stack(methods, axis=1)


def markdown(found: Comparison) -> str:
    """Both tables as one, ``correlation (selectivity)``; the best correlation of a row is bold."""
    correlations = np.round(best_numbers(found), 2)
    shares = best_numbers(found, selective=True)
    lines = ["| attribute | " + " | ".join(one.title for one in found.contestants) + " |"]
    lines.append("|---" * (1 + len(found.contestants)) + "|")
    names = [*found.ranking.attributes, MEAN]
    rows = [*correlations, correlations.mean(0).round(2)], [*shares, shares.mean(0)]
    for name, sizes, alone in zip(names, *rows, strict=True):
        cells = [
            f"{'**' if size == sizes.max() else ''}{size:.2f}"
            f"{'**' if size == sizes.max() else ''} ({percent(share)})"
            for size, share in zip(sizes, alone, strict=True)
        ]
        lines.append(f"| {name} | " + " | ".join(cells) + " |")
    return "\n".join(lines) + "\n"


def _card(found: Comparison, column: int, folder: Path, starts: int) -> Card:
    name = found.ranking.attributes[column]
    strips = []
    for place, contestant in enumerate(found.contestants):
        row = found.best(place, column)
        amounts = found.values.record.amounts[row]
        direction = found.directions[row]
        shown = range(min(starts, len(found.guide.pool)))
        walks = [to_pixels(found.guide.images(direction, start, amounts)) for start in shown]
        figures = (
            f"correlation {signed(found.ranking.correlation[row, column])}, "
            f"selectivity {percent(found.ranking.selectivity[row, column])}"
        )
        strips.append(
            write_strip(
                walks,
                amounts,
                folder,
                f"{column:02d}-{contestant.method.replace(':', '-')}",
                alt=f"{direction.name} changes {name}: {figures}.",
                title=f"{direction.name}: {figures}",
            )
        )
    return Card(tuple(strips), sentence_case(name), beside=True)


def _largest(found: Comparison, *, selective: bool = False) -> frozenset[tuple[int, int]]:
    """The best cell of each row of a table."""
    numbers = best_numbers(found, selective=selective)
    best = [*numbers.argmax(axis=1).tolist(), int(numbers.mean(axis=0).argmax())]
    return frozenset((row + 1, column + 1) for row, column in enumerate(best))


def _facts(found: Comparison, terms: Terms) -> list[tuple[str, str]]:
    each = ("Directions of each method", str(terms.count))
    more = [
        ("Training steps", f"{terms.steps}, where a method trains"),
        ("Walked to", f"{terms.change:g} × the difference of two pictures"),
        ("Seed", str(terms.seed)),
    ]
    same = facts(found.values)
    return [*same[:2], each, *same[3:], *more]


def _bend(value: float | None) -> str:
    return "" if value is None else f"Distortion of W (of the model, not of a method): {value:.3f}."


def _missing(found: Comparison) -> str:
    return " ".join(found.missing)
