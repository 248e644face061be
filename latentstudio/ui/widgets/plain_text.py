"""Texts from strangers stay texts: no label, tooltip or question takes a name for HTML.

Qt guesses whether a text is HTML, and HTML can load files. So labels are made by `bare` (or
`label`), tooltips are set by `set_tip`, and questions are asked by `ask`.
"""

import html

from PySide6.QtGui import QAction, Qt
from PySide6.QtWidgets import QLabel, QMessageBox, QWidget

from latentstudio.ui.theme.icons import icon as own_icon

_SIGN = 32
_SIGNS = {
    QMessageBox.Icon.Question: ("info", "acc"),
    QMessageBox.Icon.Information: ("info", "acc"),
    QMessageBox.Icon.Warning: ("triangle-alert", "warn"),
    QMessageBox.Icon.Critical: ("circle-alert", "bad"),
    QMessageBox.Icon.NoIcon: ("info", "tx2"),
}


class PlainLabel(QLabel):
    """A label that shows its text as it is."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setTextFormat(Qt.TextFormat.PlainText)


def bare(text: str = "") -> QLabel:
    """A label that shows its text as it is, in no role of the design yet."""
    made = PlainLabel()
    made.setText(text)
    return made


def ask(
    parent: QWidget,
    title: str,
    text: str,
    yes: str,
    more: str = "",
    icon: QMessageBox.Icon = QMessageBox.Icon.Question,
) -> bool:
    """Ask a question whose safe answer, Cancel, is the default; whether the answer was yes.

    Args:
        parent: The window it belongs to.
        title: Of the question's window.
        text: The question.
        yes: On the button that agrees.
        more: A paragraph below.
        icon: Its picture.
    """
    box = message(parent, title, text, more, icon)
    agree = box.addButton(yes, QMessageBox.ButtonRole.AcceptRole)
    box.setDefaultButton(box.addButton(QMessageBox.StandardButton.Cancel))
    box.exec()
    box.deleteLater()
    return box.clickedButton() is agree


def message(
    parent: QWidget, title: str, text: str, more: str, icon: QMessageBox.Icon
) -> QMessageBox:
    """A message box without buttons whose texts are shown as they are."""
    box = QMessageBox(parent)
    box.setWindowTitle(title)
    box.setIcon(icon)  # which screen readers are told
    box.setIconPixmap(own_icon(*_SIGNS[icon], _SIGN).pixmap(_SIGN, _SIGN))
    box.setTextFormat(Qt.TextFormat.PlainText)
    box.setText(text)
    if more:
        box.setInformativeText(" ")  # which makes the label, before it has a text to guess at
        for part in box.findChildren(QLabel):
            part.setTextFormat(Qt.TextFormat.PlainText)
        box.setInformativeText(more)
    return box


def plain_tip(text: str) -> str:
    """A text that a tooltip shows as it is: what Qt would take for HTML is escaped."""
    if not Qt.mightBeRichText(text):
        return text
    return f'<span style="white-space: pre-wrap">{html.escape(text)}</span>'


def set_tip(owner: QWidget | QAction, text: str) -> None:
    """Give a widget or an action a tooltip that is shown as it is."""
    owner.setToolTip(plain_tip(text))
