"""Hands for the window: they press, drag and type, and wait for what the engine answers."""

import time

import numpy as np
from PySide6.QtCore import QEventLoop, QPoint, Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPushButton

from latentstudio.ui.window.export_dialog import ExportDialog

LEFT = Qt.MouseButton.LeftButton
PATIENCE = 120.0


def rest(milliseconds):
    """Let events come for a while.

    Not QTest.qWait: that holds Python's lock while it waits, and the engine's threads starve.
    """
    loop = QEventLoop()
    QTimer.singleShot(milliseconds, loop.quit)
    loop.exec()


def wait(condition, what, seconds=PATIENCE):
    """Let the window live until something holds."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, f"waited {seconds} s for {what}"
        rest(10)


class Hands:
    """One open window. Every picture that the engine sends is remembered as `frame`."""

    def __init__(self, window, wiring=None):
        self.window, self.wiring = window, wiring
        self.history, self.client = window.history, window.client
        self.frame = None
        self.frames = 0
        self.notices = []
        self.client.previews.frame_ready.connect(self._keep)
        self.client.notice.connect(lambda kind, text: self.notices.append((kind, text)))

    def _keep(self, frame):
        self.frame, self.frames = frame, self.frames + 1

    # What is to be seen

    @property
    def picture(self):
        """The picture of the document."""
        return self.history.document.picture

    @property
    def pixels(self):
        """What the canvas paints: read back from the item, not from the engine's answer."""
        stage = self.window.canvas.stage
        return pixels_of((stage.before if stage.shows_before else stage.after).pixmap)

    @property
    def board(self):
        return self.window.left.board

    @property
    def view(self):
        return self.window.left.panel.view

    def ready(self, count=40):
        """Wait until the model is open, its density measured and its directions are there."""
        wait(lambda: len(self.board.directions) >= count, "directions")
        wait(lambda: self.frame is not None and self.frame.reading is not None, "the density")
        return self.settle()

    def settle(self):
        """Wait until the canvas shows the document's picture; its pixels."""
        wait(lambda: self.frame is not None and self.frame.picture == self.picture, "the picture")
        assert np.array_equal(self.pixels, self.frame.pixels)
        return self.pixels

    # What hands do

    def slider(self, id):
        """Press a row of the list; its live slider."""
        self.window.left.panel.reveal(id)
        rest(1)
        index = self.view.rows.index_of(id)
        place = self.view.visualRect(index)
        QTest.mouseClick(self.view.viewport(), LEFT, pos=place.topLeft() + QPoint(20, 12))
        assert self.view.current == id
        return self.view.editor.slider

    def drag(self, id, amount, steps=6):
        """Take a slider by its handle, pull it in steps and let it go."""
        slider = self.slider(id)
        middle = slider.height() // 2
        start, end = (round(slider.track().x(a)) for a in (slider.amount, amount))
        QTest.mousePress(slider, LEFT, pos=QPoint(start, middle))
        for step in range(1, steps + 1):
            QTest.mouseMove(slider, QPoint(start + (end - start) * step // steps, middle))
            rest(5)
        QTest.mouseRelease(slider, LEFT, pos=QPoint(end, middle))
        return self.settle()

    def press(self, button):
        """Click on a button."""
        QTest.mouseClick(button, LEFT)

    def key(self, *keys):
        """Type shortcuts on the canvas."""
        for key in keys:
            QTest.keySequence(self.window.canvas.view, key)

    def undo(self, times=1):
        self.key(*["Ctrl+Z"] * times)
        return self.settle()

    def redo(self, times=1):
        self.key(*["Ctrl+Shift+Z"] * times)
        return self.settle()

    def export(self, path):
        """Export by the dialog, and wait for the file."""
        saved = []
        self.client.files.saved.connect(saved.append)
        dialogs = DialogHand(path)
        self.press(self.window.toolbar._export)
        assert dialogs.seen
        wait(lambda: saved or self.notices, "the file")
        self.client.files.saved.disconnect(saved.append)
        return saved


def close(hands):
    """What closing the window and ending the program does."""
    if hands.window is not None:
        hands.window.close()
        hands.wiring.stop()
        hands.window.deleteLater()
        hands.window = None


class DialogHand:
    """Fills in the export dialog as soon as it is up, while it holds the event loop."""

    def __init__(self, path):
        from PySide6.QtCore import QTimer

        self._path = path
        self.seen = False
        self._timer = QTimer(interval=20)
        self._timer.timeout.connect(self._look)
        self._timer.start()

    def _look(self):
        dialog = QApplication.activeModalWidget()
        if isinstance(dialog, ExportDialog):
            self._timer.stop()
            self.seen = True
            dialog.format.setCurrentText({".png": "PNG", ".webp": "WebP"}[self._path.suffix])
            dialog.path_field.setText(str(self._path))
            save = next(b for b in dialog.findChildren(QPushButton) if b.isDefault())
            QTest.mouseClick(save, LEFT)


def pixels_of(image):
    """A QImage or QPixmap as (height, width, 3)."""
    from PySide6.QtGui import QImage, QPixmap

    if isinstance(image, QPixmap):
        image = image.toImage()
    image = image.convertToFormat(QImage.Format.Format_RGB888)
    rows = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), -1)
    return rows[:, : image.width() * 3].reshape(image.height(), image.width(), 3).copy()
