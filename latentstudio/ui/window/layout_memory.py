"""How the window is left, and found again at the next start."""

from PySide6.QtWidgets import QWidget

from latentstudio.core.settings import WindowLayout
from latentstudio.ui.strip.strip import Strip
from latentstudio.ui.widgets.fold import Fold
from latentstudio.ui.window.columns import Columns
from latentstudio.ui.window.side import Side


class LayoutMemory:
    """Reads the layout off the parts, and gives it back to them.

    Args:
        columns: Whose widths count.
        side: Whose tabs count.
        strip: Whose tab counts.
        folds: What can be folded by hand, by name.
    """

    def __init__(self, columns: Columns, side: Side, strip: Strip, folds: dict[str, Fold]) -> None:
        self._columns, self._side, self._strip = columns, side, strip
        self._folds = folds

    def now(self) -> WindowLayout:
        """The layout as it is."""
        upper, lower = self._side.stacks()
        left, side = self._columns.widths
        closed = (name for name, fold in self._folds.items() if not fold.button.isChecked())
        return WindowLayout(
            left=left,
            side=side,
            upper=upper.panel.id,
            lower=lower.panel.id,
            share=self._side.share,
            strip=self._strip.tab,
            folded=tuple(sorted(closed)),
        )

    def restore(self, layout: WindowLayout) -> None:
        """Lay the window out as it was left; what is not known any more stays as it comes."""
        self._columns.set_widths(layout.left, layout.side)
        self._side.set_share(layout.share)
        for stack, id in zip(self._side.stacks(), (layout.upper, layout.lower), strict=True):
            if id in stack.ids:
                stack.choose(id)
        self._strip.show_tab(layout.strip)
        for name, fold in self._folds.items():
            fold.button.setChecked(name not in layout.folded)


def folds_in(parts: dict[str, QWidget]) -> dict[str, Fold]:
    """Every part that can be folded in some panels, named by its panel and title."""
    return {
        f"{id}/{fold.objectName()}": fold
        for id, panel in parts.items()
        for fold in panel.findChildren(Fold)
        if fold.objectName()
    }
