"""Text in the roles of the design."""

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QLabel, QSizePolicy, QWidget

from latentstudio.ui.theme import FontRole, set_role, set_tone, theme
from latentstudio.ui.widgets.plain_text import bare, set_tip

_DISABLED = 0.55


def label(
    text: str = "", role: FontRole = "body", tone: str = "tx", *, wrap: bool = False
) -> QLabel:
    """A plain text; never rich text, since names come from files."""
    made = bare(text)
    made.setWordWrap(wrap)
    set_role(made, role)
    set_tone(made, tone)
    return made


def rule() -> QFrame:
    """A separating line."""
    line = QFrame()
    line.setProperty("rule", "across")
    line.setFixedHeight(1)
    return line


class ElidedLabel(QWidget):
    """One line that is cut with an ellipsis where it must be; the tooltip has all of it."""

    def __init__(
        self,
        role: FontRole = "body",
        tone: str = "tx",
        *,
        at_right: bool = False,
        centred: bool = False,
    ) -> None:
        super().__init__()
        self._text = ""
        side = Qt.AlignmentFlag.AlignRight if at_right else Qt.AlignmentFlag.AlignLeft
        side = Qt.AlignmentFlag.AlignHCenter if centred else side
        self._align = Qt.AlignmentFlag.AlignVCenter | side
        self._tone = tone
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        set_role(self, role)
        theme().changed.connect(self.updateGeometry)

    @property
    def text(self) -> str:
        """All of it."""
        return self._text

    def say(self, text: str) -> None:
        """Show a text; the one that is shown already costs no new layout."""
        if text == self._text:
            return
        self._text = text
        self.setAccessibleName(text)
        self._explain()
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        metrics = QFontMetrics(self.font())
        # Two more: without hinting a text is a fraction of a pixel wider than it measures.
        return QSize(metrics.horizontalAdvance(self._text) + 2, metrics.height() + 2)

    def minimumSizeHint(self) -> QSize:
        return QSize(16, self.sizeHint().height())

    def resizeEvent(self, event: QEvent) -> None:
        self._explain()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setFont(self.font())
        if not self.isEnabled():
            painter.setOpacity(_DISABLED)
        painter.setPen(theme().current().color(self._tone))
        painter.drawText(self.rect(), self._align, self._shown())
        painter.end()

    def _shown(self) -> str:
        metrics = QFontMetrics(self.font())
        return metrics.elidedText(self._text, Qt.TextElideMode.ElideRight, self.width())

    def _explain(self) -> None:
        set_tip(self, "" if self._shown() == self._text else self._text)
