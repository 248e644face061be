"""Keys that act as long as they are down: the backslash shows the original, Space pans."""

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QAbstractButton, QApplication, QWidget

Hold = Callable[[bool], object]


class HoldKey(QObject):
    """Begins with a shortcut, ends when any key is let go or the window loses the focus.

    Only while it is held does it look at the application's events.
    """

    def __init__(self, hold: Hold, parent: QObject) -> None:
        super().__init__(parent)
        self._hold = hold
        self._down = False

    def begin(self) -> None:
        """The key went down."""
        if not self._down:
            self._down = True
            _application().installEventFilter(self)
            self._hold(True)

    def end(self) -> None:
        """The key is up."""
        if self._down:
            self._down = False
            _application().removeEventFilter(self)
            self._hold(False)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        kind = event.type()
        if kind == QEvent.Type.ApplicationDeactivate or (
            kind == QEvent.Type.KeyRelease
            and isinstance(event, QKeyEvent)
            and not event.isAutoRepeat()
        ):
            self.end()
        return False


class SpaceToPan(QObject):
    """Space pans while the pointer is over `canvas` or the focus in it.

    It leaves Space to a text field or a button that has the focus, and to other windows.
    """

    def __init__(self, canvas: QWidget, pan: Hold) -> None:
        super().__init__(canvas)
        self._pan = pan
        self._down = False
        canvas.installEventFilter(self)
        self._canvas = canvas

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        kind = event.type()
        if watched is self._canvas and kind == QEvent.Type.Enter:
            _application().installEventFilter(self)
        elif watched is self._canvas and kind == QEvent.Type.Leave and not self._down:
            _application().removeEventFilter(self)
        elif isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Space:
            return self._space(event)
        return False

    def _space(self, event: QKeyEvent) -> bool:
        focus = QApplication.focusWidget()
        elsewhere = focus is not None and focus.window() is not self._canvas.window()
        taken = elsewhere or takes_text(focus) or isinstance(focus, QAbstractButton)
        if not self._down and taken:
            return False
        down = event.type() in (QEvent.Type.KeyPress, QEvent.Type.ShortcutOverride)
        if not event.isAutoRepeat() and down != self._down:
            self._down = down
            self._pan(down)
        return True


def takes_text(widget: QWidget | None) -> bool:
    """Whether keys typed now are text."""
    return widget is not None and widget.testAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled)


def _application() -> QApplication:
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    return app
