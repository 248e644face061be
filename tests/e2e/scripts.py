"""What hands do in the real program; see `tests.e2e.program`. Each returns plain facts."""

import sys

import numpy as np
from PySide6.QtCore import QPoint, QPointF
from PySide6.QtGui import QGuiApplication

from tests.e2e.drags import carried_in
from tests.e2e.hands import pixels_of, rest, wait


def first_picture(hands, folder):
    """Nothing but waiting for the first live picture."""
    wait(lambda: hands.frame is not None, "the first picture")
    return {"qt": QGuiApplication.platformName()}


def cold_start(hands, folder):
    """Use the window while SeFa, GANSpace and the density are being made for the first time."""
    jobs, early = {}, {}

    def first_directions():
        """When they arrive: a busy machine may find the others before the next line here."""
        if hands.board.direction("sefa-0") is not None and not early:
            early["directions"] = len(hands.board.directions)
            early["searching"] = jobs["Finding directions"]

    hands.client.job_changed.connect(lambda job: jobs.update({job.title: job.state}))
    hands.board.directions_changed.connect(first_directions)
    wait(lambda: early, "the first directions")
    start = hands.settle()
    edited = hands.drag("sefa-0", 1.0)
    hands.ready()
    wait(lambda: set(jobs.values()) == {"done"}, "the end of every job")
    shown = hands.settle()
    np.savez(folder / "pixels.npz", start=start, edited=edited, shown=shown)
    return {
        "early": early,
        "directions": len(hands.board.directions),
        "jobs": jobs,
        "notices": hands.notices,
        "amount": hands.picture.amount("sefa-0"),
    }


def on_screen(hands, folder):
    """Photograph the screen with a picture on it, and again when it is too far."""
    window = hands.window
    hands.ready()
    facts = {
        "qt": QGuiApplication.platformName(),
        "size": [window.width(), window.height()],
        "torch": "torch" in sys.modules,
    }
    shown = hands.settle()
    if window.preferences.now.smooth:
        window.actions_["pixels"].trigger()
    rest(300)  # until the X server has drawn it
    seen, screen = picture_on_screen(hands)
    edges = frame_on_screen(hands, screen)
    screen.save(str(folder / "window.png"))
    for id in ("sefa-0", "ganspace-0", "sefa-1", "ganspace-1"):
        if window.canvas.warning.isHidden():
            hands.drag(id, hands.board.direction(id).high * 0.9)
    rest(300)
    far_edges = frame_on_screen(hands, photograph())
    photograph().save(str(folder / "too-far.png"))
    from latentstudio.ui.theme import theme

    warn = theme().current().color("warn")
    np.savez(
        folder / "pixels.npz",
        shown=shown,
        seen=seen,
        edges=edges,
        far_edges=far_edges,
        warn=np.array([warn.red(), warn.green(), warn.blue()], np.uint8),
    )
    return facts | {"warning": window.canvas.warning.isVisible()}


def dropped(hands, folder):
    """Drag two files from another program to the middle of the canvas, wait, and let go."""
    files = [folder / "round.npy", folder / "warm.npy"]
    for seed, file in enumerate(files):
        np.save(file, np.random.default_rng(seed).normal(size=(2, 128)).astype(np.float32))
    hands.ready()
    canvas, before = hands.window.canvas, len(hands.board.directions)
    card = hands.window.parts.import_card
    asked = lambda: card.question is not None  # noqa: E731
    with carried_in(canvas.view.viewport(), files, asked) as told:
        photograph().save(str(folder / "hanging.png"))
        facts = {"tint": canvas.empty.isVisible(), "title": canvas.empty._title.text()}
    for _ in files:
        wait(asked, "what the file leaves open", 20)
        hands.press(card.take)
    wait(lambda: len(hands.board.directions) == before + 4, "the directions", 20)
    facts["place"] = [*hands.window.pos().toTuple(), *hands.window.size().toTuple()]
    return facts | {"told": told, "gone": canvas.empty.isHidden(), "notices": hands.notices}


def photograph():
    """The whole screen, as the server has it."""
    return QGuiApplication.primaryScreen().grabWindow(0).toImage()


def picture_on_screen(hands):
    """The colours in the middle of every pixel of the picture, (height, width, 3)."""
    view, canvas = hands.window.canvas.view, hands.window.canvas
    height, width, _ = canvas.pixels.shape
    screen = photograph()
    found = pixels_of(screen)
    seen = np.zeros_like(canvas.pixels)
    for y in range(height):
        for x in range(width):
            inside = canvas.stage.after.mapToScene(QPointF(x + 0.5, y + 0.5))
            at = view.viewport().mapToGlobal(view.mapFromScene(inside))
            seen[y, x] = found[at.y(), at.x()]
    return seen, screen


def frame_on_screen(hands, screen):
    """The colours of the outermost pixels in the middle of the canvas's four sides."""
    canvas = hands.window.canvas
    wide, high = canvas.width(), canvas.height()
    places = ((0, high // 2), (wide - 1, high // 2), (wide // 2, high - 1), (wide // 2, 0))
    found = pixels_of(screen)
    at = [canvas.mapToGlobal(QPoint(x, y)) for x, y in places]
    return np.array([found[p.y(), p.x()] for p in at])
