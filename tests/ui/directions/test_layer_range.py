"""The bar that chooses layers."""

import pytest
from PySide6.QtCore import QPoint, Qt

from latentstudio.ui.directions.layer_range import LayerBar
from latentstudio.ui.directions.menu import open_layers

LEFT = Qt.MouseButton.LeftButton
NONE = Qt.KeyboardModifier.NoModifier


@pytest.fixture
def bar(qtbot, look):
    made = LayerBar(10, (0, 3))
    qtbot.addWidget(made)
    made.resize(300, made.sizeHint().height())
    made.show()
    return made


def at(bar, layer):
    return bar.cell(layer).center().toPoint()


def test_dragging_over_cells_chooses_them_once(qtbot, bar):
    chosen = []
    bar.chosen.connect(lambda a, b: chosen.append((a, b)))
    qtbot.mousePress(bar, LEFT, NONE, at(bar, 6))
    qtbot.mouseMove(bar, at(bar, 4))
    qtbot.mouseMove(bar, at(bar, 3))
    qtbot.mouseRelease(bar, LEFT, NONE, at(bar, 3))
    assert chosen == [(3, 6)]
    qtbot.mousePress(bar, LEFT, NONE, at(bar, 9))
    qtbot.mouseMove(bar, QPoint(5000, 4))
    qtbot.mouseRelease(bar, LEFT, NONE, QPoint(5000, 4))
    assert chosen[-1] == (9, 9)


def test_keys_move_the_range_and_its_end_inside_the_model(qtbot, bar):
    qtbot.keyClick(bar, Qt.Key.Key_Left)
    assert bar.range == (0, 3)
    qtbot.keyClick(bar, Qt.Key.Key_Right)
    assert bar.range == (1, 4)
    qtbot.keyClick(bar, Qt.Key.Key_Right, Qt.KeyboardModifier.ShiftModifier)
    assert bar.range == (1, 5)
    assert bar.accessibleName() == "Layers: layers 1–5"


@pytest.mark.qt_log_ignore("^This plugin does not support (raise|grabbing)", extend=True)
def test_choosing_its_own_range_leaves_no_edit(qtbot, found, history):
    popup = open_layers(found.board, "sefa-1", QPoint(10, 10))
    qtbot.addWidget(popup)
    popup.bar.chosen.emit(2, 5)
    assert history.document.picture.edit("sefa-1").layers == (2, 5)
    popup.bar.chosen.emit(0, 3)  # what SeFa gave it
    assert history.document.picture.edits == ()
    popup.close()
