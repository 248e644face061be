"""A random artist: presses, drags, types, drops and resizes, and changes models and runs.

What it does follows from a seed and from what the window offers; the diary tells the steps.
"""

import random
import time

from PySide6.QtCore import QEvent, QMimeData, QPoint, QPointF, Qt, QTimer, QUrl
from PySide6.QtGui import QDragEnterEvent, QDragLeaveEvent, QDropEvent, QKeyEvent, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QMenu

from tests.e2e.hands import LEFT, rest

SIZES = ((1440, 900), (1100, 700), (960, 600))
PATIENCE = 25  # steps without a model
NEVER = {"quit"}  # ends the walk
KEYS = [
    *"RCHZ123456789+-=\\?", "Space", "Tab", "Shift+Tab", "Escape", "Return", "Up", "Down", "Left",
    "Right", "Home", "End", "PgUp", "PgDown", "Delete", "Ctrl+A", "Ctrl+Z", "Ctrl+Shift+Z",
    "Ctrl+D", "Ctrl+B", "Ctrl+0", "Ctrl+1", "F6", "F9", "M", "S", "P",
]  # fmt: skip
TEXTS = ("abc", "-3.5", "99999999999", "0", "1,5", "glasses", "é漢", "")


class Doorman(QTimer):
    """Leaves every dialog and menu that holds the event loop, as Escape does."""

    def __init__(self):
        super().__init__(interval=30)
        self.timeout.connect(self._look)
        self.start()

    def _look(self):
        popup, modal = QApplication.activePopupWidget(), QApplication.activeModalWidget()
        if popup is not None:
            popup.close()
        elif isinstance(modal, QDialog):
            modal.reject()
        elif modal is not None:
            modal.close()


class Artist:
    """One walk through one window.

    Args:
        hands: The window.
        seed: Of all that is chosen.
        models: Files and built-in names to open.
        files: Files to drop that are no models.
    """

    def __init__(self, hands, seed, models, files):
        self.hands, self.window = hands, hands.window
        self.chance = random.Random(seed)
        self.models, self.files = models, files
        self.diary = []
        self.opened = []  # models that were asked for; empty for none
        self.seen = set()  # models that have opened
        hands.client.models.model_opened.connect(lambda summary: self.seen.add(summary.ref))
        self._jobs = {}
        hands.client.job_changed.connect(lambda job: self._jobs.update({job.ticket: job}))
        self._doorman = Doorman()
        self._without = 0  # steps without a model
        self._moves = [
            (self.command, 8), (self.key, 6), (self.slider, 6), (self.click, 8), (self.pull, 5),
            (self.wheel, 3), (self.type, 3), (self.undo_or_redo, 4), (self.resize, 2),
            (self.open_model, 0.7), (self.library, 0.5), (self.drop, 2), (self.run, 1.2),
            (self.touch_run, 1.5),
        ]  # fmt: skip

    def step(self):
        """Do one thing, let the window live for a moment, and note it."""
        moves, weights = zip(*self._moves, strict=True)
        self._without = self._without + 1 if self.window.model is None else 0
        bored = self._without > PATIENCE
        move = self.open_model if bored else self.chance.choices(moves, weights)[0]
        if bored:
            self._without = 0
        self.diary.append(move.__name__)  # in case it doesn't come back
        told = move()
        self.diary[-1] = f"{move.__name__} {told}"
        rest(self.chance.choice((0, 5, 20, 60)))

    def visit(self, ref, seconds):
        """Open a model and wait a while for it; chance alone hardly ever stays with one."""
        self.diary.append(f"visit {ref}")
        self.opened.append(ref)
        self.window.opening.open(ref)
        end = time.monotonic() + seconds
        while ref not in self.seen and time.monotonic() < end:
            rest(20)

    def stop(self):
        """Nobody closes dialogs any more."""
        self._doorman.stop()

    # Moves: each says what it did.

    def command(self):
        """Any command that can be given now."""
        all_ = self.window.actions_
        actions = {row.id: all_[row.id] for row in all_.rows if row.id in all_}
        ready = [id for id, action in actions.items() if action.isEnabled() and id not in NEVER]
        id = self.chance.choice(sorted(ready))
        actions[id].trigger()
        return id

    def key(self):
        """A key where the focus is."""
        key = self.chance.choice(KEYS)
        where = QApplication.focusWidget() or self.window
        QTest.keySequence(where, key)
        return f"{key} on {type(where).__name__}"

    def slider(self):
        """Take a direction's slider, in the list, by its handle."""
        directions = self.hands.board.directions
        if not directions or not self.hands.view.isVisible():
            return "none"
        id = self.chance.choice(directions).id
        try:
            slider = self.hands.slider(id)
        except AssertionError:
            return f"{id} is out of sight"
        end = QPoint(self.chance.randrange(slider.width()), slider.height() // 2)
        QTest.mousePress(slider, LEFT, pos=QPoint(round(slider.track().x(slider.amount)), end.y()))
        QTest.mouseMove(slider, end)
        QTest.mouseRelease(slider, LEFT, pos=end)
        return f"{id} to {slider.amount:.2f}"

    def click(self):
        """A press, twice at times, on whatever is somewhere in the window."""
        widget, place = self._somewhere()
        press = QTest.mouseDClick if self.chance.random() < 0.2 else QTest.mouseClick
        press(widget, LEFT, pos=place)
        return type(widget).__name__

    def pull(self):
        """Press somewhere, move, let go."""
        widget, place = self._somewhere()
        QTest.mousePress(widget, LEFT, pos=place)
        for _ in range(self.chance.randrange(1, 5)):
            place += QPoint(self.chance.randrange(-60, 60), self.chance.randrange(-40, 40))
            QTest.mouseMove(widget, place)
        QTest.mouseRelease(widget, LEFT, pos=place)
        return type(widget).__name__

    def wheel(self):
        """Turn the wheel over whatever is there."""
        widget, place = self._somewhere()
        turn = QPoint(0, self.chance.choice((-240, -120, 120, 240)))
        event = QWheelEvent(
            QPointF(place), QPointF(widget.mapToGlobal(place)), QPoint(), turn,
            Qt.MouseButton.NoButton, self._modifier(), Qt.ScrollPhase.NoScrollPhase, False,
        )  # fmt: skip
        QApplication.sendEvent(widget, event)
        return f"{turn.y()} over {type(widget).__name__}"

    def type(self):
        """Text where the focus is."""
        text, where = self.chance.choice(TEXTS), QApplication.focusWidget() or self.window
        for letter in text:  # QTest knows only Latin ones
            for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
                key = ord(letter.upper()) if letter.isascii() else Qt.Key.Key_unknown
                event = QKeyEvent(kind, key, Qt.KeyboardModifier.NoModifier, letter)
                QApplication.sendEvent(where, event)
        QTest.keyClick(where, Qt.Key.Key_Return)
        return f"{text!r} into {type(where).__name__}"

    def undo_or_redo(self):
        """A few steps back or forth."""
        history, times = self.hands.history, self.chance.randrange(1, 6)
        move = self.chance.choice((history.undo, history.redo))
        for _ in range(times):
            move()
        return f"{move.__name__} {times}"

    def resize(self):
        """One of the sizes that the window is designed for."""
        size = self.chance.choice(SIZES)
        self.window.resize(*size)
        return f"{size[0]} x {size[1]}"

    def open_model(self):
        """Another model, or the same, or close it."""
        ref = self.chance.choice((*self.models, ""))
        self.opened.append(ref)
        if ref:
            self.window.opening.open(ref)
        else:
            self.hands.client.models.close_model()
        return ref or "close"

    def library(self):
        """The Models window: open one that is there, or close it again."""
        self.window.actions_["models"].trigger()
        page = self._library().models
        ready = [ref for ref in page.rows if ref in self.models]
        if not ready or self.chance.random() < 0.3:
            page.close()
            return "closed"
        ref = self.chance.choice(sorted(ready))
        self.opened.append(ref)
        page.rows[ref].activated.emit()
        return ref

    def _library(self):
        return self.window.parts.library

    def drop(self):
        """Files dragged in, over the canvas as often as elsewhere: dropped, or taken away again."""
        paths = self.chance.sample(self.files, self.chance.choice((1, 1, 2)))
        if self.chance.random() < 0.1:
            paths.append(self.chance.choice(self.models[1:]))
            self.opened.append(paths[-1])
        data = QMimeData()
        data.setUrls([QUrl.fromLocalFile(path) for path in paths])
        buttons, action = LEFT, Qt.DropAction.CopyAction
        screen_side = self.window.windowHandle()  # where the system sends them
        over = self.window.canvas if self.chance.random() < 0.5 else self.window
        inside = QPoint(*map(self.chance.randrange, over.size().toTuple()))
        place = over.mapTo(self.window, inside)
        enter = QDragEnterEvent(place, action, data, buttons, self._modifier(0.0))
        QApplication.sendEvent(screen_side, enter)
        if not enter.isAccepted() or self.chance.random() < 0.3:
            QApplication.sendEvent(screen_side, QDragLeaveEvent())
            return f"{len(paths)} taken away"
        drop = QDropEvent(QPointF(place), action, data, buttons, self._modifier(0.0))
        QApplication.sendEvent(screen_side, drop)
        return " ".join(path.rpartition("/")[2] for path in paths)

    def run(self):
        """Choose a method in the form, and start it."""
        form = self.window.discover.form
        if not form.methods.count() or not form.start.isEnabled():
            return "none"
        form.methods.setCurrentIndex(self.chance.randrange(form.methods.count()))
        form.start.click()
        return form.methods.currentText()

    def touch_run(self):
        """Pause, resume or cancel a job."""
        alive = [job for job in self._jobs.values() if job.state in ("running", "paused")]
        if not alive:
            return "none"
        job, runs = self.chance.choice(alive), self.hands.client.runs
        act = self.chance.choice((runs.pause, runs.resume, self.hands.client.cancel))
        act(job.ticket)
        return f"{act.__name__} {job.title}"

    # Helpers

    def _somewhere(self):
        """A widget and a point in it; the title bar of menus is left to `command`."""
        while True:
            place = QPoint(
                self.chance.randrange(self.window.width()),
                self.chance.randrange(self.window.menuBar().height(), self.window.height()),
            )
            widget = self.window.childAt(place)
            if widget is not None and not isinstance(widget, QMenu):
                return widget, widget.mapFrom(self.window, place)

    def _modifier(self, share=0.3):
        none, control = Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ControlModifier
        return control if self.chance.random() < share else none
