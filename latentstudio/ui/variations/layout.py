"""Where the tiles of a grid lie."""

from dataclasses import dataclass

from PySide6.QtCore import QPoint, QRect, QSize

GAP = 4
_LARGEST = 168
_LEAST = 24


@dataclass(frozen=True, slots=True)
class GridLayout:
    """Tiles in the middle of a space, as large as they fit.

    Attributes:
        left: Of the first tile.
        top: Of the first tile.
        tile: Size of each.
        columns: How many in a row.
        rows: How many rows.
    """

    left: int
    top: int
    tile: QSize
    columns: int
    rows: int

    def box(self, cell: int) -> QRect:
        """Where a tile lies."""
        row, column = divmod(cell, self.columns)
        wide, tall = self.tile.width() + GAP, self.tile.height() + GAP
        return QRect(QPoint(self.left + column * wide, self.top + row * tall), self.tile)

    def cell(self, place: QPoint) -> int:
        """The tile at a place, or -1."""
        column = (place.x() - self.left) // (self.tile.width() + GAP)
        row = (place.y() - self.top) // (self.tile.height() + GAP)
        if 0 <= column < self.columns and 0 <= row < self.rows:
            cell = row * self.columns + column
            return cell if self.box(cell).contains(place) else -1
        return -1

    @property
    def whole(self) -> QRect:
        """All tiles."""
        return self.box(0).united(self.box(self.columns * self.rows - 1))


def fitted(space: QRect, columns: int, rows: int, shape: tuple[int, int]) -> GridLayout:
    """The largest tiles that fit into a space.

    Args:
        space: What there is.
        columns: How many in a row.
        rows: How many rows.
        shape: Height and width of the pictures; only their ratio counts.
    """
    ratio = shape[0] / shape[1]
    wide = (space.width() - (columns - 1) * GAP) / columns
    tall = (space.height() - (rows - 1) * GAP) / rows
    width = int(max(_LEAST, min(wide, tall / ratio, _LARGEST, _LARGEST / ratio)))
    tile = QSize(width, max(1, round(width * ratio)))
    whole = QSize(columns * (width + GAP) - GAP, rows * (tile.height() + GAP) - GAP)
    left = space.left() + (space.width() - whole.width()) // 2
    top = space.top() + (space.height() - whole.height()) // 2
    return GridLayout(left, top, tile, columns, rows)
