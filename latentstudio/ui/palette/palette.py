"""Find any command, direction or snapshot by typing a part of its name."""

from collections.abc import Callable, Iterable, Sequence

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from latentstudio.ui.palette.entries import Entry, find, first_entry
from latentstudio.ui.palette.list_view import LineList, LineModel
from latentstudio.ui.palette.overlay import Overlay
from latentstudio.ui.theme import icon, set_role, theme
from latentstudio.ui.widgets.labels import label, rule
from latentstudio.ui.widgets.plain_text import bare
from latentstudio.ui.widgets.words import tr
from latentstudio.ui.window.keycap import KeyCap

_WIDTH, _TOP, _TALLEST = 600, 140, 420


class Palette(Overlay):
    """Arrows choose, Enter runs, Escape closes."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self.setAccessibleName(tr("Find a command"))
        self._entries: tuple[Entry, ...] = ()
        self.field = QLineEdit()
        self.model = LineModel(self)
        self.list = LineList(self.model)
        self._nothing = label(tr("Nothing has this name"), "body", "tx2")
        self._mark = bare()
        self._build()
        self.field.textChanged.connect(self._show)
        self.field.installEventFilter(self)
        self.list.clicked.connect(lambda index: self._run(index.row()))

    def ask(
        self,
        entries: Iterable[Entry],
        typed: Callable[[str], Sequence[Entry]] = lambda _: (),
    ) -> None:
        """Open with everything that can be found.

        Args:
            entries: What there is.
            typed: Gives what a text itself stands for, such as a number for a seed.
        """
        self._entries, self._typed = tuple(entries), typed
        self.field.clear()
        self._show("")
        self.open(self.field)

    def place_box(self) -> None:
        width = min(_WIDTH, self.width() - 32)
        lines = sum(self.list.sizeHintForRow(row) for row in range(self.model.rowCount()))
        most = min(_TALLEST, self.height() - 64)
        self.list.setFixedHeight(min(lines + 12, most - 90))
        height = min(self.box.sizeHint().height(), most)
        top = min(_TOP, max(16, (self.height() - height) // 3))
        self.box.setGeometry((self.width() - width) // 2, top, width, height)
        self.update()

    def _build(self) -> None:
        self.field.setProperty("kind", "bare")
        self.field.setStyleSheet("QLineEdit { border: none; background: transparent; padding: 0; }")
        self.field.setAccessibleName(tr("Command to find"))
        self.field.setPlaceholderText(tr("Find a command, a direction, a snapshot or a seed"))
        set_role(self.field, "verdict")
        top = QHBoxLayout()
        top.setContentsMargins(16, 8, 16, 8)
        top.setSpacing(10)
        top.addWidget(self._mark)
        top.addWidget(self.field, 1)
        top.addWidget(KeyCap("Esc"))
        foot = label(tr("↑ ↓ choose    Enter runs"), "caption", "tx2")
        self.list.setViewportMargins(0, 4, 0, 8)
        self._nothing.setMinimumHeight(64)
        foot.setContentsMargins(16, 7, 16, 8)
        self._nothing.setAlignment(Qt.AlignmentFlag.AlignCenter)
        column = QVBoxLayout(self.box)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(top)
        for part in (rule(), self.list, self._nothing, rule(), foot):
            column.addWidget(part, 1 if part in (self.list, self._nothing) else 0)
        theme().changed.connect(self._dress)
        self._dress()

    def _dress(self) -> None:
        self._mark.setPixmap(icon("search", "tx2", 18).pixmap(18, 18))

    def _show(self, typed: str) -> None:
        lines = find((*self._typed(typed), *self._entries), typed)
        self.model.show_lines(lines, typed)
        self.list.setVisible(bool(lines))
        self._nothing.setVisible(not lines)
        self.list.setCurrentIndex(self.model.index(first_entry(lines)))
        if self.isVisible():
            self.place_box()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self.field and isinstance(event, QKeyEvent):
            return event.type() == QEvent.Type.KeyPress and self._key(event.key())
        return super().eventFilter(watched, event)

    def _key(self, key: int) -> bool:
        if key in (Qt.Key.Key_Down, Qt.Key.Key_Up):
            self._move(1 if key == Qt.Key.Key_Down else -1)
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._run(self.list.currentIndex().row())
        elif key == Qt.Key.Key_Escape:
            self.dismiss()
        else:
            return key in (Qt.Key.Key_Tab, Qt.Key.Key_Backtab)
        return True

    def _move(self, by: int) -> None:
        row = self.list.currentIndex().row() + by
        while 0 <= row < self.model.rowCount():
            if isinstance(self.model.lines[row], Entry):
                self.list.setCurrentIndex(self.model.index(row))
                return
            row += by

    def _run(self, row: int) -> None:
        if not 0 <= row < self.model.rowCount():
            return
        line = self.model.lines[row]
        if isinstance(line, Entry) and not line.why_not:
            self.dismiss()
            line.run()
