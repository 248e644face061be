"""The two buttons at the end of a dialog, in the same places on every system."""

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QDialog, QHBoxLayout, QPushButton

from latentstudio.ui.theme import icon
from latentstudio.ui.widgets.words import tr


def dialog_buttons(dialog: QDialog, text: str, icon_name: str = "") -> QHBoxLayout:
    """Cancel, and at its right the primary button, which Enter presses too.

    Not a QDialogButtonBox: that changes their places with the desktop.

    Args:
        dialog: It is accepted or rejected.
        text: Of the primary button.
        icon_name: Of the primary button; empty for none.
    """
    primary = QPushButton(text)
    primary.setProperty("kind", "primary")
    if icon_name:
        primary.setIcon(icon(icon_name, "onacc"))
        primary.setIconSize(QSize(19, 16))
    primary.setDefault(True)
    primary.clicked.connect(dialog.accept)
    cancel = QPushButton(tr("Cancel"))
    cancel.clicked.connect(dialog.reject)
    row = QHBoxLayout()
    row.setSpacing(8)
    row.addStretch(1)
    for button in (cancel, primary):
        row.addWidget(button)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    return row
