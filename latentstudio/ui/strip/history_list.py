"""What was done, oldest first; a click goes back, or forward again."""

from PySide6.QtCore import (
    QModelIndex,
    QPersistentModelIndex,
    QRect,
    QSize,
    QStringListModel,
    Qt,
)
from PySide6.QtGui import QFont, QPainter, QShowEvent
from PySide6.QtWidgets import (
    QFrame,
    QListView,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from latentstudio.core.texts import sentence_case
from latentstudio.document.history import History
from latentstudio.ui.strip.snapshot_delegate import draw_thumb
from latentstudio.ui.strip.thumbs import Thumbs
from latentstudio.ui.theme import theme
from latentstudio.ui.widgets.sentences import shown
from latentstudio.ui.widgets.timers import timer
from latentstudio.ui.widgets.words import tr

THUMB = 18
_GAP = 4
_REST = 300  # ms
Index = QModelIndex | QPersistentModelIndex


class HistoryList(QListView):
    """Columns of steps; those that were undone stay at the end, faint, until something new."""

    def __init__(self, history: History, thumbs: Thumbs, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._history, self._thumbs = history, thumbs
        self._place = (-1, -1)
        self._steps = QStringListModel(self)
        self.setModel(self._steps)
        self.setItemDelegate(_Steps(history, thumbs, self))
        thumbs.changed.connect(self.viewport().update)
        # Not while a hand moves: every picture on the way would be asked for.
        self._rest = timer(self, _REST, self._ask_thumbs)
        self.setAccessibleName(tr("History"))
        self.setFlow(QListView.Flow.TopToBottom)
        self.setWrapping(True)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setSpacing(1)
        self.setEditTriggers(QListView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.clicked.connect(lambda index: self.go_to(index.row()))
        self.activated.connect(lambda index: self.go_to(index.row()))
        theme().changed.connect(self.doItemsLayout)
        self.show_history()

    def show_history(self) -> None:
        """Follow the history; the step in force stays in sight."""
        if not self.isVisible():
            return  # it is brought up to date when it is shown
        done, undone = self._history.labels(), self._history.undone_labels()
        texts = [tr("Start"), *(sentence_case(shown(text)) for text in (*done, *undone))]
        if texts != self._steps.stringList():
            self._steps.setStringList(texts)
        if (len(done), len(undone)) != self._place:
            self._place = (len(done), len(undone))
            self.viewport().update()
            self.scrollTo(self._steps.index(len(done)))
        self._rest.start()

    def _ask_thumbs(self) -> None:
        """Ask for the small pictures of the steps in sight."""
        documents, model = self._history.documents(), self._history.document.model
        for row, document in enumerate(documents):
            seen = self.visualRect(self._steps.index(row)).intersects(self.viewport().rect())
            if seen and document.model == model:
                self._thumbs.get(document.picture)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.show_history()

    def go_to(self, row: int) -> None:
        """Undo or redo until `row` is the last step done; row 0 is the start."""
        while len(self._history.labels()) > row:
            self._history.undo()
        while len(self._history.labels()) < row and self._history.redo_label is not None:
            self._history.redo()


class _Steps(QStyledItemDelegate):
    def __init__(self, history: History, thumbs: Thumbs, parent: QWidget) -> None:
        super().__init__(parent)
        self._history, self._thumbs = history, thumbs

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        hint = super().sizeHint(option, index)
        return QSize(hint.width() + THUMB + _GAP, max(hint.height(), THUMB + 2))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        box = QRect(option.rect)
        middle = box.center().y() - THUMB // 2
        picture = self._thumbs.peek(self._history.documents()[index.row()].picture)
        draw_thumb(painter, QRect(box.left() + 2, middle, THUMB, THUMB), picture, ring=False)
        option.rect = box.adjusted(THUMB + _GAP, 0, 0, 0)
        super().paint(painter, option, index)

    def initStyleOption(self, option: QStyleOptionViewItem, index: object) -> None:
        super().initStyleOption(option, index)  # type: ignore[arg-type]
        gap = index.row() - len(self._history.labels())  # type: ignore[attr-defined]
        font = QFont(theme().font("label"))
        font.setWeight(QFont.Weight.DemiBold if not gap else QFont.Weight.Normal)
        tone = "tx" if not gap else "tx2" if gap < 0 else "tx3"
        option.font = font
        option.palette.setColor(
            option.palette.ColorRole.Text,
            theme().current().color(tone),
        )
