"""What hands do in three sittings: work that is kept, a program that is killed, files that travel.

Scripts as in `tests.e2e.scripts`. Screenshots lie beside the report.
"""

import json
import os
import shutil
import signal
import time
from pathlib import Path

from PySide6.QtTest import QTest

from latentstudio.exchange.projects.project import pixels_digest
from latentstudio.store.last_work import last_document_path
from latentstudio.store.preset_library import home
from tests.e2e.hands import LEFT, rest, wait
from tests.e2e.test_studio_vectors import drop

PROJECT, PICTURE, PRESET = "Evening.lstudio", "evening.webp", "Evening.lpreset"


def do(hands, command):
    """Give a command as its menu does: without a window manager no window has the keyboard."""
    hands.window.actions_[command].trigger()


def photograph(hands, folder, name):
    """The whole screen as the server has it, after what moves has come to rest."""
    rest(350)
    hands.window.screen().grabWindow(0).toImage().save(str(folder / f"{name}.png"))


def kept_and_killed(hands, folder):
    """Snapshots, a branch, a variation; all is saved; then the program dies."""
    hands.ready()
    names = {hands.board.name(one.id): one.id for one in hands.board.directions}
    hands.drag(names["Smile"], 1.5)
    do(hands, "snapshot")
    hands.drag(names["Hair colour"], -1.5)
    do(hands, "snapshot")
    hands.window.strip.recalled.emit(0)
    hands.settle()
    hands.drag(names["Glasses"], 1.2)
    do(hands, "snapshot")
    adopted = adopt_a_variation(hands, folder)
    hands.window.strip.show_tab(2)
    photograph(hands, folder, "lineage")
    save_all(hands, folder)
    hands.drag(names["Beard"], 0.8)
    mark = time.time()
    wait(lambda: last_document_path().stat().st_mtime > mark + 0.5, "the work to be kept", 20)
    facts = {
        "shown": pixels_digest(hands.settle()),
        "saved": pixels_digest(adopted),
        "labels": hands.history.labels(),
        "snapshots": [shot.name for shot in hands.history.document.snapshots],
    }
    (folder / "before.json").write_text(json.dumps(facts))
    os.kill(os.getpid(), signal.SIGKILL)


def adopt_a_variation(hands, folder):
    """Open the grid, wait for its pictures, and click one; the pixels."""
    window = hands.window
    before = hands.picture
    do(hands, "variations")
    work, grid = window.parts.variations, window.parts.variations_page.grid
    wait(lambda: work.seconds > 0, "the pictures of the grid")
    photograph(hands, folder, "variations")
    box = grid.tiles.box(work.asked.middle - 1)
    QTest.mouseClick(grid, LEFT, pos=box.center())
    assert hands.picture != before
    do(hands, "variations")
    do(hands, "snapshot")
    return hands.settle()


def save_all(hands, folder):
    """The project, the picture with its recipe, and everything as a preset."""
    window = hands.window
    desk = window.parts.projects
    desk.questions.where_to_save = lambda _: folder / PROJECT
    do(hands, "save")
    wait(lambda: desk.saved_at is not None or hands.notices, "the project")
    assert desk.saved_at is not None, hands.notices
    hands.notices.clear()
    assert hands.export(folder / PICTURE)
    do(hands, "save-preset")
    card = window.parts.save_card
    card.name.setText(Path(PRESET).stem)
    card.author.setText("Ada")
    photograph(hands, folder, "save-preset")
    hands.press(card.save)
    wait(lambda: (home() / PRESET).exists(), "the preset")
    window.side.show_panel("presets")
    wait(lambda: window.parts.presets.card is not None, "the card")
    photograph(hands, folder, "presets")
    shutil.copy(home() / PRESET, folder / PRESET)


def offered_back(hands, folder):
    """The start after the program died."""
    toasts = [toast.text for toast in hands.window.toasts.toasts]
    photograph(hands, folder, "offered-back")
    hands.ready()
    return {
        "toasts": toasts,
        "shown": pixels_digest(hands.settle()),
        "labels": hands.history.labels(),
        "snapshots": [shot.name for shot in hands.history.document.snapshots],
        "title": hands.window.windowTitle(),
        "modified": hands.window.isWindowModified(),
    }


def arrived_elsewhere(hands, folder):
    """In another home: the picture on a fresh window, the preset on another model."""
    hands.ready()
    drop(hands, folder / PICTURE)
    wait(lambda: hands.notices, "a word on the picture")
    facts = {"shown": pixels_digest(hands.settle()), "picture": hands.notices[:]}
    photograph(hands, folder, "picture-dropped")
    hands.window.opening.open(str(folder / "other.pkl"))
    wait(lambda: hands.board.model is not None and len(hands.board.directions) > 1, "the model")
    hands.settle()
    hands.notices.clear()
    drop(hands, folder / PRESET)
    wait(lambda: hands.notices, "a word on the preset")
    facts["preset"] = hands.notices[:]
    hands.client.presets.add(str(folder / PRESET))
    hands.window.side.show_panel("presets")
    panel = hands.window.parts.presets
    wait(lambda: panel.card is not None, "the card")
    photograph(hands, folder, "preset-elsewhere")
    return facts | {"fit": panel.details.fit.text(), "usable": panel.add.isEnabled()}
