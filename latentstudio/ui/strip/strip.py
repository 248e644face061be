"""Snapshots, history and lineage, 112 px high with its line, or 32 px where the window is low."""

from collections.abc import Callable

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QButtonGroup,
    QFrame,
    QHBoxLayout,
    QPushButton,
    QScrollArea,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from latentstudio.document.history import History
from latentstudio.document.state import Document, Picture
from latentstudio.ui.strip.bar import StripBar
from latentstudio.ui.strip.history_list import HistoryList
from latentstudio.ui.strip.lineage_tree import LineageTree
from latentstudio.ui.strip.snapshot_menu import SnapshotMenu
from latentstudio.ui.strip.snapshot_model import SnapshotModel
from latentstudio.ui.strip.snapshots import SnapshotList
from latentstudio.ui.strip.thumbs import Thumbs
from latentstudio.ui.theme import icon, set_role, set_tone, theme
from latentstudio.ui.widgets.plain_text import bare, set_tip
from latentstudio.ui.widgets.words import tr

FULL, BAR, TALL = 111, 31, 240
"""With its line: as a strip, as a bar, and with the tree of the lineage."""
SNAPSHOTS, HISTORY, LINEAGE = range(3)


class Strip(QWidget):
    """Three tabs over one place. It shows the document and asks for commands.

    `compared`, `bred` and `more_asked` tell two rows; the second may be `snapshot_menu.NOW`.
    `removed` tells the document before a snapshot was taken out, and its row.
    """

    recalled = Signal(int)
    compared = Signal(int, int)
    bred = Signal(int, int)
    more_asked = Signal(int, int)
    removed = Signal(object, int)

    def __init__(
        self,
        history: History,
        want_thumb: Callable[[Picture], object],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.thumbs = Thumbs(want_thumb, self)
        self.model = SnapshotModel(history, self.thumbs, self)
        menu = SnapshotMenu(
            self.model,
            history,
            self.recalled.emit,
            self.compared.emit,
            self.bred.emit,
            self.more_asked.emit,
            self.removed.emit,
        )
        self.snapshots = SnapshotList(self.model, menu)
        self.lineage = LineageTree(self.model, history, menu)
        self.steps = HistoryList(history, self.thumbs)
        self._folded = False
        self._opened = False
        self._bar = StripBar(self.model)
        self._empty = bare()
        self._hint = bare()
        self._hint_tree = bare(tr("Ctrl click chooses two to compare or to breed"))
        self._recalls, self._is_open = "", True
        self._pages = QStackedWidget()
        self._tabs = QButtonGroup(self)
        self._fold_button = QPushButton()
        self._full = self._build()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._full)
        column.addWidget(self._bar)
        self._bar.recalled.connect(self.recalled)
        self._bar.opened.connect(lambda: self._open(True))
        theme().changed.connect(self._show_fold)
        self.show_document(history.document)
        self.show_keys("Ctrl D", "1", "9")
        self._show_fold()

    def show_document(self, document: Document) -> None:
        """Follow the document."""
        self.model.show_document(document)
        self.steps.show_history()
        self._show_page()

    def show_keys(self, keep: str, first: str, last: str) -> None:
        """Say which keys keep a picture, and recall the first and the ninth; empty says nothing."""
        words = tr("Press %1 to keep the picture you see.").replace("%1", keep)
        self._empty.setText(words if keep else tr("Kept pictures stand here."))
        recall = tr("%1 to %2 recalls").replace("%1", first).replace("%2", last)
        keeps = tr("%1 keeps this one").replace("%1", keep)
        parts = (recall if first and last else "", keeps if keep else "")
        self._recalls = ", ".join(part for part in parts if part)
        self._say_hint()

    def set_model_open(self, is_open: bool) -> None:
        """Without a model no step is undone or redone; a snapshot opens its model again."""
        self._is_open = is_open
        self.steps.setEnabled(is_open)
        self._say_hint()

    def _say_hint(self) -> None:
        self._hint.setText(self._recalls if self._is_open else tr("A click opens its model again"))

    def forget_thumbs(self) -> None:
        """Another model was opened: its pictures are asked for."""
        self.thumbs.forget()
        self.model.ask_again()

    def set_folded(self, folded: bool) -> None:
        """Become a bar of 32 px, or a strip again; a bar can still be opened by hand."""
        if folded != self._folded:
            self._folded = folded
            self._opened = False
            self._show_fold()

    @property
    def is_bar(self) -> bool:
        """Only the bar is to be seen."""
        return self._folded and not self._opened

    def _open(self, opened: bool) -> None:
        self._opened = opened
        self._show_fold()

    def _show_fold(self) -> None:
        self._full.setVisible(not self.is_bar)
        self._bar.setVisible(self.is_bar)
        self._fold_button.setVisible(self._folded)
        scale, full = theme().text_scale, TALL if self.tab == LINEAGE else FULL
        tall = round(BAR * (1 + scale) / 2) if self.is_bar else round(full + (scale - 1) * 34)
        self.setFixedHeight(tall)

    def _build(self) -> QWidget:
        for label in (self._empty, self._hint, self._hint_tree):
            set_role(label, "label" if label is self._empty else "caption")
            set_tone(label, "tx2" if label is self._empty else "tx3")
        self._empty.setIndent(8)
        self._empty.setAlignment(Qt.AlignmentFlag.AlignTop)
        self._area = QScrollArea()
        self._area.setWidget(self.lineage)
        self._area.setWidgetResizable(True)
        self._area.setFrameShape(QFrame.Shape.NoFrame)
        self._area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._area.setFocusProxy(self.lineage)
        self._area.setStyleSheet(
            "QScrollArea, QScrollArea > QWidget > QWidget { background: transparent; }"
        )
        for page in (self.snapshots, self._empty, self.steps, self._area):
            self._pages.addWidget(page)
        full = QWidget()
        column = QVBoxLayout(full)
        column.setContentsMargins(8, 3, 12, 0)
        column.setSpacing(0)
        column.addLayout(self._header())
        column.addWidget(self._pages, 1)
        return full

    def _header(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(2)
        for number, text in enumerate((tr("Snapshots"), tr("History"), tr("Lineage"))):
            tab = QPushButton(text)
            tab.setProperty("kind", "segment")
            tab.setCheckable(True)
            tab.setChecked(not number)
            tab.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            self._tabs.addButton(tab, number)
            row.addWidget(tab)
        self._tabs.idClicked.connect(lambda _: self._tab_chosen())
        row.addStretch(1)
        row.addWidget(self._hint)
        row.addWidget(self._hint_tree)
        self._fold_button.setProperty("kind", "plain")
        self._fold_button.setIcon(icon("chevron-down"))
        self._fold_button.setAccessibleName(tr("Fold the strip"))
        set_tip(self._fold_button, tr("Fold the strip"))
        self._fold_button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._fold_button.clicked.connect(lambda: self._open(False))
        row.addWidget(self._fold_button)
        return row

    @property
    def tab(self) -> int:
        """`SNAPSHOTS`, `HISTORY` or `LINEAGE`."""
        return max(SNAPSHOTS, self._tabs.checkedId())

    def show_tab(self, tab: int) -> None:
        """Bring a tab to the front."""
        button = self._tabs.button(tab)
        if button is not None:
            button.setChecked(True)
            self._tab_chosen()

    def _tab_chosen(self) -> None:
        self._show_page()
        self._show_fold()

    def _show_page(self) -> None:
        tab, empty = self.tab, not self.model.rowCount()
        full = (self.snapshots, self.steps, self._area)[tab]
        page = self._empty if empty and tab != HISTORY else full
        self._pages.setCurrentWidget(page)
        self._hint.setVisible(tab == SNAPSHOTS and not empty)
        self._hint_tree.setVisible(tab == LINEAGE and not empty)
