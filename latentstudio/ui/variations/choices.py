"""What an artist sets for a grid of variations."""

from dataclasses import dataclass, replace

from latentstudio.document.direction import Direction
from latentstudio.document.state import Picture
from latentstudio.document.variations import Axis, Kind, Variations, spread
from latentstudio.ui.directions.board import Board

MOST_ROWS = 9
_SHARE = 0.5
"""Of a slider's shorter half: how far a grid goes to either side at first."""


@dataclass(frozen=True, slots=True)
class Choices:
    """Everything the bar above the grid can set.

    Attributes:
        kind: See `document.variations.Kind`.
        across: Id of the direction along a row; empty where there is none.
        up: Of the one along a column.
        reach: How far to either side, in amounts, by a direction's id, where it was set.
        several: Ids that rows and mixes have.
        columns: Odd.
        rows: Odd.
        size: Of random steps, 0 to 1.
        seed: Of everything random.
    """

    kind: Kind = "grid"
    across: str = ""
    up: str = ""
    reach: tuple[tuple[str, float], ...] = ()
    several: tuple[str, ...] = ()
    columns: int = 7
    rows: int = 5
    size: float = 0.25
    seed: int = 1

    def reach_of(self, found: Direction) -> float:
        """How far a direction goes to either side."""
        usual = round(max(0.5, min(-found.low, found.high) * _SHARE), 1)
        return dict(self.reach).get(found.id, usual)

    def with_reach(self, id: str, reach: float) -> "Choices":
        """The same with another reach of one direction."""
        return replace(self, reach=tuple({**dict(self.reach), id: reach}.items()))


def fitting(choices: Choices, board: Board) -> Choices:
    """The choices with directions that there are; what is in use comes first, then pinned ones."""
    known = {direction.id for direction in board.directions} - board.document.rejected
    used = [edit.direction for edit in reversed(board.document.picture.edits)]
    pinned = [d.id for d in board.directions if d.id in board.document.pinned]
    rest = [d.id for d in board.directions]
    order = [id for id in dict.fromkeys((*used, *pinned, *rest)) if id in known]
    across = choices.across if choices.across in known else next(iter(order), "")
    others = [id for id in order if id != across]
    up = choices.up if choices.up in known and choices.up != across else next(iter(others), "")
    several = tuple(id for id in choices.several if id in known) or tuple(order[:5])
    return replace(choices, across=across, up=up, several=several[:MOST_ROWS])


def asked(choices: Choices, board: Board, picture: Picture) -> Variations | None:
    """The grid that the choices ask for around a picture; None without the directions it needs."""
    columns, rows = choices.columns, choices.rows
    ids = {"grid": (choices.across, choices.up), "random": ()}.get(choices.kind, choices.several)
    found = [known for known in (board.direction(id) for id in ids) if known is not None]
    counts = (columns, rows) if choices.kind == "grid" else (columns,) * len(found)
    axes = tuple(
        _axis(direction, choices, board, picture, count)
        for direction, count in zip(found, counts, strict=False)
    )
    if choices.kind != "random" and (not axes or (choices.kind == "grid" and len(axes) < 2)):
        return None
    if choices.kind == "rows":
        rows = len(axes)
    return Variations(picture, choices.kind, columns, rows, axes, choices.size, choices.seed)


def _axis(
    direction: Direction, choices: Choices, board: Board, picture: Picture, count: int
) -> Axis:
    now = picture.amount(direction.id)
    reach = choices.reach_of(direction)
    if choices.kind == "mix":  # small steps of the start go with small amounts
        reach *= min(1.0, 2 * choices.size)
    amounts = spread(now, reach, direction.low, direction.high, count)
    return Axis(direction.id, amounts, board.name(direction.id), board.rows.mask_use(direction.id))
