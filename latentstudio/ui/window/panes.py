"""F6 goes from pane to pane, in the order they are read."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import QApplication, QWidget

Pane = tuple[QWidget, Callable[[], object] | None]


class Panes(QObject):
    """A ring of panes; each takes the focus by its own function or on its first control."""

    def __init__(self, panes: Sequence[Pane], parent: QObject) -> None:
        super().__init__(parent)
        self._panes = tuple(panes)

    def go(self, step: int) -> None:
        """Move the focus to the next pane, or the one before with -1."""
        count = len(self._panes)
        now = self._current()
        start = now if now >= 0 else (-1 if step > 0 else count)
        for distance in range(1, count + 1):
            pane, focus = self._panes[(start + step * distance) % count]
            if pane.isVisible() and self._enter(pane, focus):
                return

    def _current(self) -> int:
        focus = QApplication.focusWidget()
        for number, (pane, _) in enumerate(self._panes):
            if focus is not None and (pane is focus or pane.isAncestorOf(focus)):
                return number
        return -1

    def _enter(self, pane: QWidget, focus: Callable[[], object] | None) -> bool:
        if focus is not None:
            focus()
            return True
        for child in (pane, *pane.findChildren(QWidget)):
            if child.isVisible() and child.isEnabled() and _takes_tab(child):
                child.setFocus(Qt.FocusReason.TabFocusReason)
                return True
        return False


def _takes_tab(widget: QWidget) -> bool:
    return bool(widget.focusPolicy().value & Qt.FocusPolicy.TabFocus.value)
