"""What was done, oldest first; a click goes back, or forward again."""

from PySide6.QtCore import QStringListModel, Qt
from PySide6.QtGui import QFont, QShowEvent
from PySide6.QtWidgets import (
    QFrame,
    QListView,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from latentstudio.document.history import History
from latentstudio.ui.theme import theme
from latentstudio.ui.widgets.sentences import shown
from latentstudio.ui.widgets.words import tr


class HistoryList(QListView):
    """Columns of steps; those that were undone stay at the end, faint, until something new."""

    def __init__(self, history: History, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._history = history
        self._place = (-1, -1)
        self._steps = QStringListModel(self)
        self.setModel(self._steps)
        self.setItemDelegate(_Steps(history, self))
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
        texts = [tr("Start"), *(_capital(shown(text)) for text in (*done, *undone))]
        if texts != self._steps.stringList():
            self._steps.setStringList(texts)
        if (len(done), len(undone)) != self._place:
            self._place = (len(done), len(undone))
            self.viewport().update()
            self.scrollTo(self._steps.index(len(done)))

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
    def __init__(self, history: History, parent: QWidget) -> None:
        super().__init__(parent)
        self._history = history

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


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
