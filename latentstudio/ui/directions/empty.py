"""What stands in the list's place while there is nothing to list, and what to do then."""

from dataclasses import dataclass

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QSizePolicy, QStackedLayout, QVBoxLayout, QWidget

from latentstudio.ui.directions.board import Board
from latentstudio.ui.directions.rows import IN_USE, PINNED, RowFilter
from latentstudio.ui.widgets.buttons import text_button
from latentstudio.ui.widgets.labels import label
from latentstudio.ui.widgets.sentences import shown
from latentstudio.ui.widgets.skeleton import Skeleton
from latentstudio.ui.widgets.words import tr


@dataclass(frozen=True, slots=True)
class EmptyNotice:
    """A title, a sentence, and the text and key of a way out; or grey rows."""

    title: str = ""
    sentence: str = ""
    button: str = ""
    key: str = ""
    skeleton: bool = False


def why_empty(board: Board, wanted: RowFilter) -> EmptyNotice:
    """Explain an empty list."""
    if not board.directions:
        return _nothing_known(board)
    if wanted.text:
        title = tr("Nothing is called “%1”").replace("%1", wanted.text.strip())
        words = tr("Names and sources are searched, for example SeFa.")
        return EmptyNotice(title, words, tr("Clear search"), "clear")
    if wanted.chip == IN_USE:
        words = tr("Move a slider and it is listed here.")
        return EmptyNotice(tr("No slider has been moved"), words, tr("Show all"), "all")
    if wanted.chip == PINNED:
        words = tr("The pin of a selected row keeps it at the top.")
        return EmptyNotice(tr("Nothing is pinned"), words, tr("Show all"), "all")
    return EmptyNotice(tr("Nothing here"), "", tr("Show all"), "all")


def _nothing_known(board: Board) -> EmptyNotice:
    if board.failure:
        return EmptyNotice(tr("No directions"), shown(board.failure), tr("Try again"), "find")
    if board.searching:
        return EmptyNotice(tr("Finding directions…"), skeleton=True)
    if board.closed:
        return EmptyNotice(tr("No model is open"), tr("Its directions show here once one is."))
    if board.model is None:
        return EmptyNotice(skeleton=True)
    words = tr("Let a method look for some.")
    return EmptyNotice(tr("No directions yet"), words, tr("Find directions"), "find")


class EmptyList(QWidget):
    """Shows an emptiness; `pressed` tells the key of its button."""

    pressed = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._now = EmptyNotice()
        self._stack = QStackedLayout(self)
        self._stack.setStackingMode(QStackedLayout.StackingMode.StackOne)
        self._skeleton, self._finding = QWidget(), label("", "label", "tx2")
        blocks = Skeleton("rows")
        above = QVBoxLayout(self._skeleton)
        above.setContentsMargins(0, 6, 0, 0)
        above.setSpacing(0)
        self._finding.setContentsMargins(12, 0, 12, 0)
        above.addWidget(self._finding)
        above.addWidget(blocks, 1)
        self._words = QWidget()
        self.title = label("", "title", wrap=True)
        self.sentence = label("", "body", "tx2", wrap=True)
        self.button = text_button("", kind="")
        self.button.clicked.connect(lambda: self.pressed.emit(self._now.key))
        column = QVBoxLayout(self._words)
        column.setContentsMargins(12, 20, 12, 12)
        column.setSpacing(6)
        column.addWidget(self.title)
        column.addWidget(self.sentence)
        column.addSpacing(6)
        column.addWidget(self.button)
        column.addStretch(1)
        self.button.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        self._stack.addWidget(self._skeleton)
        self._stack.addWidget(self._words)

    @property
    def skeleton_shown(self) -> bool:
        """Grey rows are shown."""
        return self._stack.currentWidget() is self._skeleton

    def show_why(self, why: EmptyNotice) -> None:
        """Show an explanation."""
        self._now = why
        self._finding.setText(why.title)
        self._finding.setVisible(bool(why.title))
        self.title.setText(why.title)
        self.sentence.setText(why.sentence)
        self.sentence.setVisible(bool(why.sentence))
        self.button.setText(why.button)
        self.button.setVisible(bool(why.button))
        self._stack.setCurrentWidget(self._skeleton if why.skeleton else self._words)
        self.setAccessibleName(f"{why.title}. {why.sentence}".strip(". "))
