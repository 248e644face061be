"""What folds away when the window gets small: the collapse order of the design."""

from dataclasses import dataclass

LEAST_WIDTH, LEAST_HEIGHT = 960, 600


@dataclass(frozen=True, slots=True)
class Fold:
    """What a window of one size leaves out.

    Attributes:
        icons_only: Toolbar labels become icons with tooltips.
        rail: The right column becomes a rail; its panels open as a drawer.
        compact_left: The left column is 300 wide, its header folds into the search row.
        strip_bar: The strip becomes a bar of 32 px.
        edits_folded: The list of edits folds to its header.
    """

    icons_only: bool = False
    rail: bool = False
    compact_left: bool = False
    strip_bar: bool = False
    edits_folded: bool = False


def fold_for(width: int, height: int) -> Fold:
    """The fold of a window `width` by `height` logical pixels."""
    return Fold(
        icons_only=width < 1360,
        rail=width < 1240,
        compact_left=width < 1160,
        strip_bar=height < 820,
        edits_folded=height < 760,
    )
