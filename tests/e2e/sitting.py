"""Tour steps 8 to 10 by hand, in the real program: keep and branch, save, go on, share.

Scripts of `tests.e2e.program`. Each acts with keys and the mouse, photographs the window after
every step, and tells what a test can check: digests of pixels, and words on the screen.
"""

import hashlib
import json
import os
import signal
import time

import numpy as np
from PySide6.QtCore import QPoint, Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog, QLineEdit, QPushButton

from tests.e2e.drags import carried_in, carried_out
from tests.e2e.hands import LEFT, rest, wait

SEED = 591
PROJECT, PICTURE, LAYERS, PRESET = "Study.lstudio", "study.png", "study.psd", "Round and warm"


def digest(pixels):
    """SHA-256 of a picture's bytes."""
    return hashlib.sha256(np.ascontiguousarray(pixels).tobytes()).hexdigest()


class Album:
    """Photographs of the window, numbered, beside the report."""

    def __init__(self, hands, folder, name):
        self._hands, self._folder, self._name, self._count = hands, folder, name, 0

    def take(self, title):
        """One more, where somebody wants them."""
        if "SITTING" not in os.environ:
            return
        rest(150)
        self._count += 1
        shown = QApplication.activeModalWidget() or self._hands.window
        screen = shown.screen().grabWindow(0)
        screen.save(str(self._folder / f"{self._name}-{self._count:02d}-{title}.png"))


def sit_down(hands, folder):
    """Step 8, and 9 up to the kill: the process ends itself without a word to anybody."""
    album = Album(hands, folder, "a")
    begin(hands)
    type_seed(hands, SEED)
    names = by_name(hands)
    hands.drag(names["Glasses"], 1.5)
    hands.key("Ctrl+D")
    album.take("snapshot")
    hands.drag(names["Smile"], 1.2)
    hands.key("Ctrl+D")
    hands.key("1")
    hands.settle()
    hands.drag(names["Hair colour"], -1.5)
    hands.key("Ctrl+D")
    facts = {"parents": [[shot.id, *shot.parents] for shot in hands.history.document.snapshots]}
    show_lineage(hands, album)
    facts["tile"] = adopt_a_tile(hands, album)
    facts["picture"] = digest(hands.settle())
    edits = [f"{hands.board.name(e.direction)} {e.amount:+.1f}" for e in hands.picture.edits]
    facts["layers"] = ["Original", ", ".join(edits)]
    facts["project"] = save_project(hands, folder, album)
    export(hands, folder / PICTURE, album)
    export(hands, folder / LAYERS, album)
    facts["preset"] = save_preset(hands, album)
    facts["unsaved"] = digest(hands.drag(names["Beard"], 0.8))
    album.take("before-the-kill")
    rest(5_000)  # what is promised: after this long nothing is lost
    facts["steps"] = hands.history.labels()
    (folder / "report.json").write_text(json.dumps(facts), encoding="utf-8")
    os.kill(os.getpid(), signal.SIGKILL)


def go_on(hands, folder):
    """Step 9 after the kill: the work is there again; it is saved, closed and opened."""
    album = Album(hands, folder, "b")
    begin(hands)
    album.take("recovered")
    facts = {
        "shown": digest(hands.settle()),
        "steps": hands.history.labels(),
        "notices": hands.notices,
        "title": hands.window.windowTitle(),
        "modified": hands.window.isWindowModified(),
    }
    hands.key("Ctrl+S")
    wait(lambda: not hands.window.isWindowModified(), "the project")
    hands.key("Ctrl+W")
    wait(lambda: hands.window.model is None, "no model")
    album.take("closed")
    with Typist(hands, folder / PROJECT):
        hands.key("Ctrl+Alt+O")
    wait(lambda: hands.window.model is not None, "the model")
    wait(lambda: hands.frame is not None and hands.frame.picture == hands.picture, "the picture")
    facts["reopened"] = digest(hands.settle())
    album.take("reopened")
    return facts


def move_in(hands, folder):
    """Step 10: another home; the picture and the preset are dropped by another program."""
    album = Album(hands, folder, "c")
    begin(hands)
    facts = {"before": digest(hands.settle())}
    canvas = hands.window.canvas
    edited = lambda: hands.picture.edits  # noqa: E731
    with carried_in(canvas.view.viewport(), [folder / PICTURE], edited):
        album.take("over-the-canvas")
    facts["dropped"] = digest(hands.settle())
    wait(lambda: any("pixel for pixel" in text for _, text in hands.notices), "the comparison")
    album.take("picture-dropped")
    hands.undo()
    type_seed(hands, SEED)
    with carried_in(canvas.view.viewport(), [folder / f"{PRESET}.lpreset"], edited):
        pass
    facts["worn"] = digest(hands.settle())
    album.take("preset-dropped")
    hands.client.presets.add(str(folder / f"{PRESET}.lpreset"))
    facts["carried_out"] = carry_out(hands, folder)
    return facts


# What hands do


def begin(hands):
    """Wait until all is there."""
    take_keyboard(hands)
    hands.ready()


def take_keyboard(hands):
    """As a window manager gives it to the window after a start and after a dialog."""

    def active():
        if not hands.window.isActiveWindow():
            hands.window.activateWindow()
        return hands.window.isActiveWindow()

    wait(active, "the keyboard", 40)


def by_name(hands):
    """Ids of directions by what the list calls them."""
    return {hands.board.name(one.id): one.id for one in hands.board.directions}


def type_seed(hands, seed):
    """Into the toolbar's field."""
    field = hands.window.toolbar.seed
    field.setFocus()
    field.selectAll()
    QTest.keyClicks(field, str(seed))
    QTest.keyClick(field, Qt.Key.Key_Return)
    wait(lambda: hands.picture.seed == seed, "the seed")
    return hands.settle()


def show_lineage(hands, album):
    """Its tab, a photograph, and back."""
    tabs = hands.window.strip.findChildren(QPushButton)
    lineage = next(one for one in tabs if one.text() == "Lineage" and one.isVisible())
    hands.press(lineage)
    wait(lambda: hands.window.strip.thumbs is not None, "thumbs")
    rest(600)
    album.take("lineage")
    hands.press(next(one for one in tabs if one.text() == "Snapshots" and one.isVisible()))


def adopt_a_tile(hands, album):
    """Open the grid, look at one picture of it, take it; what the step is called."""
    hands.key("V")
    work, grid = hands.window.variations, hands.window.variations_page.grid
    wait(lambda: work.seconds > 0, "the grid")
    album.take("variations")
    box = grid.tiles.box(4)
    QTest.mouseMove(grid, box.center() + QPoint(3, 3))
    QTest.mouseMove(grid, box.center())
    wait(lambda: hands.window.variations_page.large.isVisible(), "the large picture")
    rest(400)
    album.take("variation-large")
    QTest.mouseClick(grid, LEFT, pos=box.center())
    album.take("adopted")
    if work.is_open:
        hands.key("V")
    return hands.history.undo_label


def save_project(hands, folder, album):
    """Ctrl+S, a name into the file dialog; the window's title."""
    with Typist(hands, folder / PROJECT, album):
        hands.key("Ctrl+S")
    wait(lambda: hands.window.windowTitle().startswith(PROJECT), "the file in the title")
    wait(lambda: not hands.window.isWindowModified(), "the project kept")
    album.take("project-saved")
    return hands.window.windowTitle()


def export(hands, path, album):
    """Ctrl+E, a name, Export."""
    saved = []
    hands.client.files.saved.connect(saved.append)
    with Typist(hands, path, album):
        hands.key("Ctrl+E")
    wait(lambda: saved, "the file")
    hands.client.files.saved.disconnect(saved.append)
    album.take("exported")


def save_preset(hands, album):
    """The panel, its button, a name, Ctrl+Enter; the file."""
    told = []
    window = hands.window
    window.client.presets.saved.connect(lambda path, _: told.append(path))
    window.side.show_panel("presets")
    rest(800)
    album.take("presets-empty")
    hands.press(window.parts.presets.save)
    card = window.parts.save_card
    wait(card.isVisible, "the card")
    card.name.selectAll()
    QTest.keyClicks(card.name, PRESET)
    album.take("save-card")
    QTest.keyClick(card.name, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    wait(lambda: told, "the preset")
    wait(lambda: window.parts.presets.card is not None, "its card")
    rest(600)
    album.take("preset-saved")
    return told[0]


def carry_out(hands, folder):
    """Drag the card of the preset to another program, which keeps the file; its digest."""
    panel = hands.window.parts.presets
    hands.window.side.show_panel("presets")
    panel.refresh()
    wait(lambda: panel.card is not None, "the card")
    cards = panel.cards
    place = cards.visualRect(cards.currentIndex()).center()
    with carried_out(hands.window, folder / "kept") as end:
        QTest.mousePress(cards.viewport(), LEFT, pos=place)
        end.begin()
        QTest.mouseMove(cards.viewport(), place + QPoint(4, 4))
        QTest.mouseMove(cards.viewport(), place + QPoint(40, 20))
    (kept,) = (folder / "kept").iterdir()
    return digest(np.frombuffer(kept.read_bytes(), np.uint8))


def fill_export(dialog, path):
    """Choose the format; the field that takes the file."""
    if isinstance(dialog, QFileDialog):
        return next(one for one in dialog.findChildren(QLineEdit) if one.isVisible())
    dialog.format.setCurrentText(path.suffix[1:].upper())
    return dialog.path_field


class Typist:
    """Types a file's name into the next dialog and presses Enter, while it holds the event loop."""

    def __init__(self, hands, path, album=None):
        self._hands, self._path, self._album, self.seen = hands, path, album, False
        self._timer = QTimer(interval=50)
        self._timer.timeout.connect(self._look)

    def __enter__(self):
        self._timer.start()
        return self

    def __exit__(self, *failure):
        end = time.monotonic() + 10
        while not self.seen and time.monotonic() < end:
            rest(50)
        self._timer.stop()
        assert self.seen or failure[0], f"no dialog for {self._path.name}"
        take_keyboard(self._hands)

    def _look(self):
        dialog = QApplication.activeModalWidget()
        if dialog is None or not dialog.isVisible():
            return
        self._timer.stop()
        self.seen = True
        rest(300)  # as long as a hand needs; the file dialog reads its folder
        field = fill_export(dialog, self._path)
        field.selectAll()
        QTest.keyClicks(field, str(self._path))
        if self._album is not None:
            rest(300)
            self._album.take("dialog")
        QTest.keyClick(field, Qt.Key.Key_Return)
