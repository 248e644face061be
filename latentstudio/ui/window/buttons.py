"""Buttons that stand for an action of the table."""

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QFrame, QToolButton

from latentstudio.ui.theme import icon, set_role
from latentstudio.ui.widgets.plain_text import set_tip
from latentstudio.ui.window.actions import hint


class ActionButton(QToolButton):
    """Shows an action as icon and text, or as an icon with the text in its tooltip.

    Args:
        action: What it triggers; enabled and checked follow it.
        text: A shorter text than the action's.
        image: Name of the icon.
        role: Colour of the icon.
        side: Size of the icon in logical pixels.
    """

    def __init__(
        self, action: QAction, text: str, image: str, role: str = "tx", side: int = 16
    ) -> None:
        super().__init__()
        self._action = action
        self._words = text
        self.setProperty("kind", "plain")
        self.setIcon(icon(image, role, side))
        self._side = side
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setCheckable(action.isCheckable())
        self.setAccessibleName(text)
        set_role(self, "control")
        self.clicked.connect(lambda: action.trigger())
        action.changed.connect(self._follow)
        self._follow()
        self.set_icon_only(False)

    def set_icon_only(self, only: bool) -> None:
        """Leave the text to the tooltip."""
        style = Qt.ToolButtonStyle
        self.setText("" if only else self._words)
        self.setIconSize(QSize(self._side if only else self._side + 3, self._side))
        self.setToolButtonStyle(
            style.ToolButtonIconOnly if only else style.ToolButtonTextBesideIcon
        )
        self.setFixedWidth(30) if only else self.setMaximumWidth(16777215)
        if not only:
            self.setMinimumWidth(0)

    def _follow(self) -> None:
        self.setEnabled(self._action.isEnabled())
        self.setChecked(self._action.isChecked())
        set_tip(self, hint(self._action))


def divider(height: int = 20) -> QFrame:
    """A short upright line between groups of buttons."""
    line = QFrame()
    line.setProperty("rule", "true")
    line.setFixedSize(1, height)
    return line
