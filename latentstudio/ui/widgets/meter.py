"""Where the picture lies, as an icon, a word and a sentence."""

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QGridLayout, QWidget

from latentstudio.core.reading import State
from latentstudio.ui.theme import FontRole, icon, theme
from latentstudio.ui.widgets.labels import label
from latentstudio.ui.widgets.plain_text import bare
from latentstudio.ui.widgets.words import tr

_SIGNS: dict[State, tuple[str, str]] = {
    "on": ("circle-check", "ok"),
    "edge": ("circle-alert", "warn"),
    "off": ("triangle-alert", "warn"),
}


def state_words(state: State) -> str:
    """The verdict in the artist's words."""
    return {
        "on": tr("On the shell"),
        "edge": tr("Near the edge"),
        "off": tr("Too far"),
    }[state]


class Meter(QWidget):
    """Verdict above its sentence, or beside it in one line."""

    def __init__(self, parent: QWidget | None = None, *, in_line: bool = False) -> None:
        super().__init__(parent)
        role: FontRole = "strong" if in_line else "verdict"
        self._side = 18 if in_line else 20
        self._icon = bare()
        self.word = label("", role)
        self.sentence = label("", "label", "tx2", wrap=not in_line)
        self._state: State | None = None
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(8)
        grid.setVerticalSpacing(0)
        grid.addWidget(self._icon, 0, 0, Qt.AlignmentFlag.AlignVCenter)
        grid.addWidget(self.word, 0, 1)
        if in_line:
            grid.addWidget(self.sentence, 0, 2)
        else:
            grid.addWidget(self.sentence, 1, 1)
        grid.setColumnStretch(2 if in_line else 1, 1)
        theme().changed.connect(self._paint_icon)

    def show_state(self, state: State, sentence: str, word: str = "") -> None:
        """Show a verdict; `word` replaces the usual one."""
        self.word.setText(word or state_words(state))
        self.sentence.setText(sentence)
        self.setAccessibleName(f"{self.word.text()}. {sentence}")
        if state != self._state:
            self._state = state
            self._paint_icon()

    @property
    def state(self) -> State | None:
        """The verdict shown."""
        return self._state

    def _paint_icon(self) -> None:
        if self._state is not None:
            name, role = _SIGNS[self._state]
            ratio = self.devicePixelRatioF()
            size = QSize(self._side, self._side)
            self._icon.setPixmap(icon(name, role, self._side).pixmap(size, ratio))
