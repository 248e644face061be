"""What a grid of variations says of itself."""

from collections import Counter
from collections.abc import Iterable

from latentstudio.core.reading import State
from latentstudio.document.variations import Variations
from latentstudio.ui.widgets.words import fixed, signed, spoken, tr


def cell_name(asked: Variations, cell: int) -> str:
    """A short name for a picture of the grid: what a snapshot of it is called."""
    row, column = divmod(cell, asked.columns)
    if asked.kind == "grid":
        across, up = asked.axes
        x, y = across.amounts[column], tuple(reversed(up.amounts))[row]
        return f"{across.name} {signed(x)}, {up.name} {signed(y)}"
    if asked.kind == "rows":
        axis = asked.axes[row]
        return f"{axis.name} {signed(axis.amounts[column])}"
    return tr("Variation %1").replace("%1", f"{asked.seed}-{cell + 1}")


def spoken_cell(asked: Variations, cell: int, state: State | None, now: bool) -> str:
    """A picture of the grid for a screen reader."""
    row, column = divmod(cell, asked.columns)
    words = [_spoken_place(asked, row, column)]
    if now:
        words.append(tr("the picture now"))
    states = {"on": tr("on the shell"), "edge": tr("near the edge"), "off": tr("too far")}
    if state is not None:
        words.append(states[state])
    return ", ".join(words)


def caption(asked: Variations) -> str:
    """What varies, and what a click does."""
    take = tr("Click a picture to take it.")
    if asked.kind == "grid":
        across, up = asked.axes
        words = tr("%1 across, %2 up.").replace("%1", across.name).replace("%2", up.name)
    elif asked.kind == "rows":
        words = tr("One direction a row, from less to more.")
    elif asked.kind == "random":
        words = tr("Random steps along the shell.")
    else:
        words = tr("Random steps, and random amounts of %1.").replace("%1", _names(asked))
    return f"{words} {take}"


def counts(states: Iterable[State | None]) -> str:
    """How many pictures lie where: ``19 on the shell, 13 near its edge, 3 too far``."""
    found = Counter(states)
    parts = (
        (found["on"], tr("%1 on the shell")),
        (found["edge"], tr("%1 near its edge")),
        (found["off"], tr("%1 too far")),
    )
    return ", ".join(words.replace("%1", str(count)) for count, words in parts if count)


def made_in(count: int, seconds: float) -> str:
    """``35 pictures in 0.2 s``."""
    words = tr("%1 pictures in %2 s").replace("%1", str(count))
    return words.replace("%2", fixed(seconds, 1))


def _names(asked: Variations) -> str:
    return ", ".join(axis.name for axis in asked.axes)


def _spoken_place(asked: Variations, row: int, column: int) -> str:
    if asked.kind == "grid":
        across, up = asked.axes
        x, y = across.amounts[column], tuple(reversed(up.amounts))[row]
        return f"{across.name} {spoken(x)}, {up.name} {spoken(y)}"
    if asked.kind == "rows":
        return f"{asked.axes[row].name} {spoken(asked.axes[row].amounts[column])}"
    words = tr("Row %1, column %2").replace("%1", str(row + 1))
    return words.replace("%2", str(column + 1))
