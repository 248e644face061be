"""Folds away what the window has no room for."""

from collections.abc import Callable

from PySide6.QtWidgets import QWidget

from latentstudio.ui.strip.strip import Strip
from latentstudio.ui.window.bars import Bars
from latentstudio.ui.window.columns import Columns
from latentstudio.ui.window.fold import Fold, fold_for


class Folding:
    """Follows the size of the window.

    Args:
        window: Whose size counts.
        text_scale: The size of text, in percent.
        bars, strip, columns: What can fold.
    """

    def __init__(
        self,
        window: QWidget,
        text_scale: Callable[[], float],
        bars: Bars,
        strip: Strip,
        columns: Columns,
    ) -> None:
        self._window, self._text_scale = window, text_scale
        self._bars, self._strip, self._columns = bars, strip, columns
        self.now = Fold()

    def apply(self) -> None:
        """Fold or unfold what the present size asks for."""
        # Larger text needs more room, though not everything grows with it.
        grown = (1 + self._text_scale() / 100) / 2
        width = self._window.width()
        fold = fold_for(int(width / grown), int(self._window.height() / grown))
        if fold != self.now:
            self.now = fold
            self._bars.toolbar.set_icons_only(fold.icons_only)
            self._bars.options.set_short(fold.rail)
            self._strip.set_folded(fold.strip_bar)
            self._columns.apply(fold, width)
