"""Painting over the mouth of the built-in model's picture: local sliders, an edit, undo, redo."""

import numpy as np
from PySide6.QtCore import QPointF
from PySide6.QtTest import QTest

from tests.e2e.hands import LEFT, wait


def test_paint_the_mouth_move_a_slider_undo_all_redo_all(studio):
    window, before = studio.window, studio.settle()
    window.set_tool("brush")
    window.region.strokes.change_brush(size=9.0)
    after, view = window.canvas.stage.after, window.canvas.view

    def place(x, y):
        return view.mapFromScene(after.mapToScene(QPointF(x, y)))

    QTest.mousePress(view.viewport(), LEFT, pos=place(26, 46))
    for x in range(27, 40):
        QTest.mouseMove(view.viewport(), place(x, 46))
    QTest.mouseRelease(view.viewport(), LEFT, pos=place(39, 46))
    wait(lambda: window.region.news is not None and window.region.news.exact, "local sliders")
    news = window.region.news
    assert news.place == "Mouth"
    best = studio.board.direction(news.ids[0])
    assert best.measured["locality"] > 3 * window.region.share  # than by painting anywhere
    studio.board.commands.amount(best.id, 0.5 * best.high)
    edited = studio.settle()
    outside = np.ones((64, 64), bool)
    outside[36:56, 16:50] = False
    assert np.array_equal(edited[outside], before[outside])
    assert np.abs(edited.astype(int) - before)[42:50, 28:38].mean() > 3
    # Its path takes the slider's place behind the hand, and nothing is to be seen of that.
    wait(lambda: not studio.board.direction(best.id).straight, "its path")
    frames = studio.frames
    studio.client.previews.show(studio.picture)
    wait(lambda: studio.frames > frames, "the picture once more")
    assert np.array_equal(studio.settle(), edited)
    wait(lambda: window.region.leak is not None, "the leak")
    assert 0 < window.region.leak.outside < 1
    assert np.array_equal(studio.undo(2), before)
    assert window.region.share == 0
    for _ in range(2):
        studio.history.redo()
    assert np.array_equal(studio.settle(), edited)
