"""All shortcuts on one sheet, made from the table of commands."""

from collections.abc import Callable, Iterable, Mapping

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from latentstudio.ui.palette.overlay import Overlay
from latentstudio.ui.widgets.buttons import icon_button, text_button
from latentstudio.ui.widgets.labels import label, rule
from latentstudio.ui.widgets.search_field import SearchField
from latentstudio.ui.widgets.words import tr
from latentstudio.ui.window.keycap import KeyCap

Shortcut = tuple[str, tuple[str, ...]]
_WIDTH, _COLUMNS = 1040, 3


class Sheet(Overlay):
    """Groups in three columns; the field hides what doesn't fit.

    Args:
        window: What it covers.
        groups: For each heading its commands, with their keys; words between keys in lower
            case are joined, not drawn as keys.
        change: Opens the page where they can be changed.
    """

    def __init__(
        self,
        window: QWidget,
        groups: Mapping[str, Iterable[Shortcut]],
        change: Callable[[], object],
    ) -> None:
        super().__init__(window)
        self._change = change
        self.setAccessibleName(tr("Keyboard shortcuts"))
        self.field = SearchField(tr("Search shortcuts"))
        self.field.setFixedWidth(220)
        self._groups = [_Group(title, tuple(rows)) for title, rows in groups.items()]
        self._build()
        self.field.textChanged.connect(self._filter)

    def ask(self) -> None:
        """Open it."""
        self.field.clear()
        self.open(self.field)

    def place_box(self) -> None:
        width = min(_WIDTH, self.width() - 32)
        height = min(self._page.sizeHint().height() + 60, self.height() - 48)
        top = min(120, (self.height() - height) // 2)
        self.box.setGeometry((self.width() - width) // 2, top, width, height)
        self.update()

    def _open_change(self) -> None:
        self.dismiss()
        self._change()

    def _build(self) -> None:
        head = QHBoxLayout()
        head.setContentsMargins(20, 12, 12, 12)
        head.addWidget(label(tr("Keyboard shortcuts"), "verdict"))
        head.addStretch(1)
        head.addWidget(self.field)
        head.addWidget(text_button(tr("Change…"), "keyboard", self._open_change, kind=""))
        head.addWidget(icon_button("x", tr("Close"), self.dismiss))
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setStyleSheet(
            "QScrollArea, QScrollArea > QWidget > QWidget { background: transparent; }"
        )
        self._page = self._columns()
        area.setWidget(self._page)
        column = QVBoxLayout(self.box)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(head)
        column.addWidget(rule())
        column.addWidget(area, 1)

    def _columns(self) -> QWidget:
        page = QWidget()
        row = QHBoxLayout(page)
        row.setContentsMargins(20, 12, 20, 16)
        row.setSpacing(36)
        columns = [QVBoxLayout() for _ in range(_COLUMNS)]
        heights = [0] * _COLUMNS
        for group in self._groups:
            place = heights.index(min(heights))
            columns[place].addWidget(group)
            heights[place] += group.length
        for column in columns:
            column.setSpacing(12)
            column.addStretch(1)
            row.addLayout(column, 1)
        return page

    def _filter(self, typed: str) -> None:
        for group in self._groups:
            group.filter(typed)


class _Group(QWidget):
    def __init__(self, title: str, rows: tuple[Shortcut, ...]) -> None:
        super().__init__()
        self.length = len(rows) + 2
        self._rows = [(text, _line(text, keys)) for text, keys in rows]
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        column.addWidget(label(title, "title"))
        column.addWidget(rule())
        for _, line in self._rows:
            column.addWidget(line)

    def filter(self, typed: str) -> None:
        shown = False
        for text, line in self._rows:
            fits = typed.casefold().strip() in text.casefold()
            line.setVisible(fits)
            shown = shown or fits
        self.setVisible(shown)


def _line(text: str, keys: tuple[str, ...]) -> QWidget:
    line = QWidget()
    row = QHBoxLayout(line)
    row.setContentsMargins(0, 1, 0, 1)
    row.setSpacing(4)
    row.addWidget(label(text, "label"))
    row.addStretch(1)
    for key in keys:
        # A joining word between two keys is no key.
        joins = key.islower() and key.isalpha() and len(key) > 1
        row.addWidget(label(key, "caption", "tx3") if joins else KeyCap(key))
    return line
