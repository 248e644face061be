"""Buttons of the panels: a verb, an icon, and no ring on a click."""

from collections.abc import Callable

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QPushButton, QToolButton, QWidget

from latentstudio.ui.theme import icon, set_role
from latentstudio.ui.widgets.plain_text import set_tip

_SMALL = 24


def icon_button(
    name: str,
    verb: str,
    press: Callable[[], object] | None = None,
    parent: QWidget | None = None,
    *,
    side: int = 28,
    role: str = "tx",
) -> QToolButton:
    """A square button with an icon only; `verb` is its tooltip and accessible name."""
    button = QToolButton(parent)
    button.setProperty("kind", "plain")
    button.setIcon(icon(name, role))
    button.setIconSize(QSize(16, 16))
    _square(button, verb, press, side)
    return button


def letter_button(
    letter: str,
    verb: str,
    press: Callable[[], object] | None = None,
    parent: QWidget | None = None,
) -> QToolButton:
    """A small checkable button with a letter: S for solo, M for mute."""
    button = QToolButton(parent)
    button.setProperty("kind", "plain")
    button.setText(letter)
    button.setCheckable(True)
    set_role(button, "mark")
    _square(button, verb, press, _SMALL)
    return button


def text_button(
    text: str,
    icon_name: str = "",
    press: Callable[[], object] | None = None,
    parent: QWidget | None = None,
    *,
    kind: str = "plain",
) -> QPushButton:
    """A button with a text and perhaps an icon."""
    button = QPushButton(text, parent)
    if kind:
        button.setProperty("kind", kind)
    if icon_name:
        button.setIcon(icon(icon_name, "tx"))
        # Wider than the icon, which stands in its middle: Qt leaves 4 px to the text, we want 7.
        button.setIconSize(QSize(22, 16))
    set_role(button, "control")
    button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    if press is not None:
        button.clicked.connect(lambda: press())
    return button


def _square(button: QToolButton, verb: str, press: Callable[[], object] | None, side: int) -> None:
    button.setStyleSheet("QToolButton { min-height: 0; padding: 0; }")
    button.setFixedSize(side, side)
    set_tip(button, verb)
    button.setAccessibleName(verb)
    button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    if press is not None:
        button.clicked.connect(lambda: press())
