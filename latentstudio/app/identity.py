"""Who the program is, for desktops: its name, its class and its icon."""

import contextlib
import ctypes
import sys

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QIcon, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QApplication

from latentstudio.core.paths import resources_dir

NAME = "latentstudio"
"""The window's class on X11, by which desktops find the entry with the icon."""
_SIDES = (16, 32, 48, 128)


def application() -> QApplication:
    """Make the application under the program's name, not that of the script it was started by."""
    if sys.platform == "win32":
        with contextlib.suppress(OSError, AttributeError):  # else it counts as Python's window
            ctypes.windll.shell32.SetCurrentProcessExplicitAppUserModelID(NAME)
    app = QApplication([NAME])
    app.setApplicationName("LatentStudio")
    app.setDesktopFileName(NAME)
    app.setWindowIcon(program_icon())
    return app


def program_icon() -> QIcon:
    """The icon of the program, in the sizes that systems ask for."""
    drawing, made = QSvgRenderer(str(resources_dir() / f"{NAME}.svg")), QIcon()
    for side in _SIDES:
        picture = QPixmap(QSize(side, side))
        picture.fill(Qt.GlobalColor.transparent)
        painter = QPainter(picture)
        drawing.render(painter)
        painter.end()
        made.addPixmap(picture)
    return made
