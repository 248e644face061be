"""The look in use: one object that the whole window asks, and that says when it changes."""

from typing import Literal

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QApplication, QWidget
from shiboken6 import isValid

from latentstudio.ui.theme.fonts import FontRole, font
from latentstudio.ui.theme.style import palette, style_sheet
from latentstudio.ui.theme.tokens import Look, Tokens, load_tokens

Choice = Literal["dark", "light", "system"]

_ROLE = "fontRole"
_TONE = "tone"


class Theme(QObject):
    """Look, text scale and motion, applied to the application.

    Colours are asked for while painting, so nothing keeps one past a change; widgets that
    cache drawings drop them on `changed`.
    """

    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._choice: Choice = "dark"
        self._scale = 1.0
        self._still = False
        self._applied: tuple[Look, float] | None = None
        hints = QApplication.styleHints()
        hints.colorSchemeChanged.connect(self._system_changed)

    @property
    def choice(self) -> Choice:
        """What was asked for; "system" follows the desktop."""
        return self._choice

    @property
    def text_scale(self) -> float:
        """Size of all text, 1.0 to 1.5."""
        return self._scale

    @property
    def reduce_motion(self) -> bool:
        """No movement at all."""
        return self._still

    def current(self) -> Tokens:
        """The colours now."""
        return load_tokens(self.look)

    @property
    def look(self) -> Look:
        """The look now: "system" resolved."""
        if self._choice != "system":
            return self._choice
        light = QApplication.styleHints().colorScheme() == Qt.ColorScheme.Light
        return "light" if light else "dark"

    def font(self, role: FontRole) -> QFont:
        """The font of a role at the text scale in use."""
        return font(role, self._scale)

    def milliseconds(self, wanted: int) -> int:
        """How long a movement may take: nothing where motion is reduced."""
        return 0 if self._still else wanted

    def set_all(self, choice: Choice, text_scale: float, reduce_motion: bool) -> None:
        """Choose everything at once: the application is dressed only once."""
        self._still = reduce_motion
        self._scale = min(1.5, max(1.0, text_scale))
        self.set_choice(choice)

    def set_choice(self, choice: Choice) -> None:
        """Choose dark, light, or the desktop's."""
        self._choice = choice
        self.apply()

    def set_text_scale(self, scale: float) -> None:
        """Make all text larger; 1.0 to 1.5, else the nearest of the two."""
        self._scale = min(1.5, max(1.0, scale))
        self.apply()

    def set_reduce_motion(self, still: bool) -> None:
        """Stop all movement, or allow it again."""
        self._still = still

    def apply(self) -> None:
        """Dress the application and say so; nothing happens if it wears this already."""
        app = QApplication.instance()
        assert isinstance(app, QApplication)
        if self._applied == (self.look, self._scale):
            return
        if self._applied is None:
            app.setStyle("Fusion")
        self._applied = (self.look, self._scale)
        app.setPalette(palette(self.current()))
        app.setFont(self.font("label"))
        app.setStyleSheet(style_sheet(self.current(), self._scale))
        for widget in app.allWidgets():
            role = widget.property(_ROLE)
            if role:
                widget.setFont(self.font(role))
        self.changed.emit()

    def _system_changed(self) -> None:
        if self._choice == "system":
            self.apply()


def theme() -> Theme:
    """The application's theme, made on first use; needs a QApplication."""
    global _theme
    if _theme is None or not isValid(_theme):
        app = QApplication.instance()
        assert app is not None, "The theme needs a QApplication"
        _theme = Theme(app)
    return _theme


_theme: Theme | None = None


def set_role(widget: QWidget, role: FontRole) -> None:
    """Give a widget the font of a role; it follows the text scale from then on."""
    widget.setProperty(_ROLE, role)
    widget.setFont(theme().font(role))


def set_tone(widget: QWidget, tone: str) -> None:
    """Give a widget's text the colour of a token: tx, tx2, tx3, acc, ok, warn, bad or hud."""
    if widget.property(_TONE) != tone:
        widget.setProperty(_TONE, tone)
        widget.style().unpolish(widget)
        widget.style().polish(widget)
