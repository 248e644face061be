"""Where the window stands and how large it is: it fits the screen, and starts where it was left."""

import re
from dataclasses import dataclass

from PySide6.QtCore import QMargins, QObject, QPoint, QRect, QSize, Qt, QTimer
from PySide6.QtGui import QGuiApplication, QScreen
from PySide6.QtWidgets import QWidget

_TEXT = re.compile(r"(-?\d{1,6}) (-?\d{1,6}) (\d{1,5}) (\d{1,5})( max)?")
_LOOKS, _EVERY_MS = 12, 100
"""A window manager puts its frame around the window some time after it was shown."""
_THIN = 12
_UNSEEN = ("offscreen", "minimal")
"""Platforms whose screens nobody sees."""


@dataclass(frozen=True, slots=True)
class WindowPlace:
    """A window's place: the corner of its frame, and its size without the frame.

    These two are what a system takes back as it gave them; other pairs drift by the height of a
    title bar with each start.

    Attributes:
        corner: Top left of the frame.
        size: Of what is inside.
        maximized: It fills the screen; corner and size are for afterwards.
    """

    corner: QPoint
    size: QSize
    maximized: bool = False

    @classmethod
    def read(cls, text: str) -> "WindowPlace | None":
        """A place of the settings, or None."""
        found = _TEXT.fullmatch(text)
        if found is None:
            return None
        x, y, width, height = (int(number) for number in found.groups()[:4])
        return cls(QPoint(x, y), QSize(width, height), bool(found[5]))

    def text(self) -> str:
        """The place for the settings."""
        numbers = (self.corner.x(), self.corner.y(), self.size.width(), self.size.height())
        return " ".join(map(str, numbers)) + (" max" if self.maximized else "")


class Placement(QObject):
    """Puts a window where it was, and sees to it that all of it is on the screen.

    Args:
        window: Not shown yet; has its usual size.
        saved: A place from `text`; anything else leaves it to the system.
    """

    def __init__(self, window: QWidget, saved: str) -> None:
        super().__init__(window)
        self._window, self._looks = window, 0
        self._timer = QTimer(self, interval=_EVERY_MS)
        self._timer.timeout.connect(self._look)
        self._saved = place = WindowPlace.read(saved)
        if place is not None:
            window.resize(place.size)
            window.move(place.corner)
            if place.maximized:
                window.setWindowState(Qt.WindowState.WindowMaximized)
        screen = self._screen(place.corner if place else None)
        if screen is not None:
            frame = QRect(window.pos(), window.size())
            self._put(fitted(frame, screen.availableGeometry()), QMargins(), move=place is not None)

    def shown(self) -> None:
        """The window is shown: fit it again once it has its frame."""
        self._looks = _LOOKS
        self._timer.start()
        self.fit()

    def fit(self) -> None:
        """Make it small enough for its screen, and bring all of it there."""
        window, screen = self._window, self._screen()
        if screen is None or window.windowState() & _FILLING:
            return
        frame, inside = window.frameGeometry(), window.geometry()
        room = fitted(frame, screen.availableGeometry())
        if room != frame:
            margins = QMargins(
                inside.left() - frame.left(),
                inside.top() - frame.top(),
                frame.right() - inside.right(),
                frame.bottom() - inside.bottom(),
            )
            self._put(room, margins, move=room.topLeft() != frame.topLeft())

    def text(self) -> str:
        """The place now, for the settings."""
        window = self._window
        if not window.windowState() & _FILLING:
            return WindowPlace(window.pos(), window.size()).text()
        frame = window.frameGeometry().topLeft() - window.geometry().topLeft()
        usual = window.normalGeometry()
        corner = usual.topLeft() + frame
        if self._saved is not None and (corner - self._saved.corner).manhattanLength() < _THIN:
            corner = self._saved.corner  # frames are thinner while a window fills its screen
        return WindowPlace(corner, usual.size(), maximized=True).text()

    def _put(self, frame: QRect, margins: QMargins, *, move: bool) -> None:
        self._window.resize(frame.marginsRemoved(margins).size())
        if move:
            self._window.move(frame.topLeft())

    def _look(self) -> None:
        self._looks -= 1
        if self._looks <= 0:
            self._timer.stop()
        self.fit()

    def _screen(self, place: QPoint | None = None) -> QScreen | None:
        """The screen it is on, or will be; None where there is none to see."""
        if QGuiApplication.platformName() in _UNSEEN:
            return None
        at = QGuiApplication.screenAt(place) if place is not None else None
        return at or self._window.screen() or QGuiApplication.primaryScreen()


_FILLING = Qt.WindowState.WindowMaximized | Qt.WindowState.WindowFullScreen


def fitted(frame: QRect, room: QRect) -> QRect:
    """A frame brought into a room: no larger than it, and moved as little as needed."""
    size = frame.size().boundedTo(room.size())
    x = min(max(frame.left(), room.left()), room.left() + room.width() - size.width())
    y = min(max(frame.top(), room.top()), room.top() + room.height() - size.height())
    return QRect(QPoint(x, y), size)
