"""A panel over the right part of the canvas, for narrow windows."""

from PySide6.QtCore import (
    QEasingCurve,
    QEvent,
    QObject,
    QPoint,
    QPropertyAnimation,
    QRect,
    Qt,
    Signal,
)
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from latentstudio.ui.theme import theme
from latentstudio.ui.widgets.buttons import icon_button
from latentstudio.ui.widgets.labels import label, rule
from latentstudio.ui.widgets.words import tr

WIDTH = 328
_TIME = 120


class Drawer(QFrame):
    """Slides in from the right over `over`; Escape or its cross closes it."""

    changed = Signal()

    def __init__(self, over: QWidget) -> None:
        super().__init__(over)
        self._over = over
        self._panel = ""
        self._widget: QWidget | None = None
        self._top = 0
        self.setProperty("surface", "panel")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setStyleSheet("")
        self._title = label("", "title")
        self._close = icon_button("x", tr("Close"), self.dismiss)
        self._slide = QPropertyAnimation(self, b"pos", self)
        self._slide.setEasingCurve(QEasingCurve.Type.OutCubic)
        head = QHBoxLayout()
        head.setContentsMargins(12, 4, 6, 4)
        head.addWidget(self._title, 1)
        head.addWidget(self._close)
        self._edge = QFrame()
        self._edge.setProperty("rule", "true")
        column = QVBoxLayout()
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(head)
        column.addWidget(rule())
        self._column = column
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(self._edge)
        row.addLayout(column, 1)
        over.installEventFilter(self)
        self.hide()

    @property
    def panel(self) -> str:
        """Id of the panel that is open, or empty."""
        return self._panel

    @property
    def cover(self) -> int:
        """How many pixels it hides."""
        return self._wide() if self._panel else 0

    def open(self, id: str, title: str, widget: QWidget) -> None:
        """Show a panel; its widget moves in."""
        slides = not self._panel
        if self._widget is not None:
            self._widget.hide()
        self._panel, self._widget = id, widget
        self._title.setText(title)
        self.setAccessibleName(title)
        self._column.addWidget(widget, 1)
        widget.show()
        self._place()
        self.raise_()
        self.show()
        if slides:
            self._run_in()
        self.changed.emit()

    def dismiss(self) -> None:
        """Close it."""
        if self._panel:
            self._panel = ""
            self.hide()
            self.changed.emit()

    def _wide(self) -> int:
        return min(round(WIDTH * theme().text_scale), self._over.width())

    def _run_in(self) -> None:
        time = theme().milliseconds(_TIME)
        if time:
            end = self.pos()
            self._slide.setDuration(time)
            self._slide.setStartValue(end + QPoint(self.width(), 0))
            self._slide.setEndValue(end)
            self._slide.start()

    def _place(self) -> None:
        width = self._wide()
        self._slide.stop()
        self.setGeometry(QRect(self._over.width() - width, 0, width, self._over.height()))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize and self._panel:
            self._place()
            self.changed.emit()
        return False

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.dismiss()
        else:
            super().keyPressEvent(event)
