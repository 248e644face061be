"""The pictures that a search went through, with their steps; a click shows one again."""

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QHBoxLayout, QToolButton, QWidget

from latentstudio.session.photo_messages import PhotoNews
from latentstudio.ui.canvas.pixels import to_pixmap
from latentstudio.ui.photo.stage_list import STAGES
from latentstudio.ui.widgets.plain_text import set_tip
from latentstudio.ui.widgets.sentences import shown
from latentstudio.ui.widgets.words import fixed, tr

MOST = 6
_SIDE = 40


def spread(count: int, most: int = MOST) -> list[int]:
    """Which of so many to show: the first, the last, and some between at equal distances."""
    if count <= most:
        return list(range(count))
    return [round(index * (count - 1) / (most - 1)) for index in range(most)]


class ProgressStrip(QWidget):
    """Shows at most six of the pictures that came; `chosen` tells which one was pressed."""

    chosen = Signal(object)  # PhotoNews

    def __init__(self) -> None:
        super().__init__()
        self._all: list[PhotoNews] = []
        self._shown: list[PhotoNews] = []
        self.buttons = [self._button(index) for index in range(MOST)]
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(4)
        for button in self.buttons:
            row.addWidget(button)
        row.addStretch(1)
        self.clear()

    def _button(self, index: int) -> QToolButton:
        button = QToolButton()
        button.setProperty("kind", "plain")
        button.setCheckable(True)
        button.setFixedWidth(_SIDE + 6)
        button.setIconSize(QSize(_SIDE, _SIDE))
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextUnderIcon)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.clicked.connect(lambda: self._press(index))
        return button

    def clear(self) -> None:
        """A search begins."""
        self._all = []
        self._show()

    def add(self, news: PhotoNews) -> None:
        """One more picture; the newest is marked."""
        self._all.append(news)
        self._show()

    def _show(self) -> None:
        self._shown = [self._all[index] for index in spread(len(self._all))]
        self.setVisible(len(self._shown) > 1)
        for index, button in enumerate(self.buttons):
            button.setVisible(index < len(self._shown))
            if index < len(self._shown):
                self._dress(button, self._shown[index])
        self._mark(len(self._shown) - 1)

    def _dress(self, button: QToolButton, news: PhotoNews) -> None:
        side = QSize(_SIDE, _SIDE)
        ratio, smooth = (
            Qt.AspectRatioMode.KeepAspectRatio,
            Qt.TransformationMode.SmoothTransformation,
        )
        button.setIcon(QIcon(to_pixmap(news.pixels).scaled(side, ratio, smooth)))
        button.setText(str(news.step))
        words = tr("%1, step %2: error %3").replace("%1", shown(STAGES[news.stage]))
        words = words.replace("%2", str(news.step)).replace("%3", fixed(news.error, 3))
        set_tip(button, words)
        button.setAccessibleName(words)

    def _press(self, index: int) -> None:
        self._mark(index)
        self.chosen.emit(self._shown[index])

    def _mark(self, chosen: int) -> None:
        for index, button in enumerate(self.buttons):
            button.setChecked(index == chosen)
