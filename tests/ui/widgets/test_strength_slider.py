"""The live slider: what a hand, a key and a screen reader make it ask for."""

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QAccessible, QMouseEvent, QWheelEvent
from PySide6.QtWidgets import QApplication

from latentstudio.document import commands
from latentstudio.document.history import History
from latentstudio.document.state import Document
from latentstudio.render.messages import Band
from latentstudio.ui.widgets import accessible, strength
from latentstudio.ui.widgets.bubble import Bubble
from latentstudio.ui.widgets.strength_slider import StrengthSlider

LEFT = Qt.MouseButton.LeftButton
NONE = Qt.KeyboardModifier.NoModifier


@pytest.fixture
def history():
    return History(Document())


@pytest.fixture
def slider(qtbot, look, history):
    made = StrengthSlider()
    qtbot.addWidget(made)
    made.resize(252, strength.HEIGHT)
    made.asked.connect(
        lambda amount, gesture: history.do(commands.set_amount("d", amount, "D", gesture))
    )
    stop = history.changed.connect(lambda doc: made.show_amount(doc.picture.amount("d")))
    made.destroyed.connect(stop)
    made.show()
    return made


def at(slider, amount):
    return QPoint(round(slider.track().x(amount)), int(strength.AXIS))


def drag(qtbot, slider, *amounts, modifier=NONE):
    qtbot.mousePress(slider, LEFT, modifier, at(slider, amounts[0]))
    for amount in amounts[1:]:
        qtbot.mouseMove(slider, at(slider, amount))
    qtbot.mouseRelease(slider, LEFT, modifier, at(slider, amounts[-1]))


def test_a_drag_sets_the_amount_under_the_hand_and_is_one_undo(qtbot, slider, history):
    drag(qtbot, slider, 0.0, 1.0, 2.5, 2.0)
    assert history.document.picture.amount("d") == pytest.approx(2.0, abs=0.03)
    assert history.labels() == ("change D",)
    drag(qtbot, slider, 2.0, 4.0)
    assert len(history.labels()) == 2
    history.undo()
    assert slider.amount == pytest.approx(2.0, abs=0.03)
    history.undo()
    assert history.document == Document()
    assert slider.amount == 0.0


def test_a_press_beside_the_handle_brings_it_there(qtbot, slider, history):
    qtbot.mouseClick(slider, LEFT, NONE, at(slider, -3.0))
    assert history.document.picture.amount("d") == pytest.approx(-3.0, abs=0.03)


def test_taking_the_handle_off_its_middle_does_not_move_it(qtbot, slider, history):
    qtbot.mouseClick(slider, LEFT, NONE, at(slider, 0.0) + QPoint(7, 0))
    assert history.labels() == ()
    qtbot.mouseClick(slider, LEFT, NONE, at(slider, 0.0) + QPoint(10, 0))
    assert history.document.picture.amount("d") == pytest.approx(0.5, abs=0.03)


def test_beyond_the_ends_there_is_nothing(qtbot, slider, history):
    drag(qtbot, slider, 0.0, 5.0)
    qtbot.mousePress(slider, LEFT, NONE, at(slider, 5.0))
    qtbot.mouseMove(slider, QPoint(5000, 11))
    qtbot.mouseRelease(slider, LEFT, NONE, QPoint(5000, 11))
    assert history.document.picture.amount("d") == 6.0


def test_shift_is_ten_times_finer(qtbot, slider, history):
    qtbot.mousePress(slider, LEFT, Qt.KeyboardModifier.ShiftModifier, at(slider, 0.0))
    event_to(slider, at(slider, 4.0), Qt.KeyboardModifier.ShiftModifier)
    assert history.document.picture.amount("d") == pytest.approx(0.4, abs=0.011)
    # Letting go of Shift goes on from there.
    event_to(slider, at(slider, 4.0), NONE)
    event_to(slider, at(slider, 5.0), NONE)
    assert history.document.picture.amount("d") == pytest.approx(1.4, abs=0.03)
    qtbot.mouseRelease(slider, LEFT, NONE, at(slider, 5.0))


def event_to(slider, point, modifier):
    where = QPointF(point)
    moved = QMouseEvent(
        QEvent.Type.MouseMove, where, slider.mapToGlobal(where), LEFT, LEFT, modifier
    )
    QApplication.sendEvent(slider, moved)


def test_a_double_click_resets_in_the_same_step(qtbot, slider, history):
    history.do(commands.set_amount("d", 2.0))
    before = len(history.labels())
    qtbot.mouseClick(slider, LEFT, NONE, at(slider, -4.0))
    qtbot.mouseDClick(slider, LEFT, NONE, at(slider, -4.0))
    assert slider.amount == 0.0
    assert len(history.labels()) == before + 1
    history.undo()
    assert slider.amount == 2.0


@pytest.mark.parametrize(
    ("key", "amount"),
    [
        (Qt.Key.Key_Right, 1.1),
        (Qt.Key.Key_Left, 0.9),
        (Qt.Key.Key_PageUp, 2.0),
        (Qt.Key.Key_PageDown, 0.0),
        (Qt.Key.Key_0, 0.0),
    ],
)
def test_keys(qtbot, slider, history, key, amount):
    history.do(commands.set_amount("d", 1.0))
    qtbot.keyClick(slider, key)
    assert history.document.picture.amount("d") == pytest.approx(amount)
    assert len(history.labels()) == 2


def test_enter_asks_to_type_and_arrows_up_and_down_are_left_to_the_list(qtbot, slider, history):
    with qtbot.waitSignal(slider.typing_asked):
        qtbot.keyClick(slider, Qt.Key.Key_Return)
    qtbot.keyClick(slider, Qt.Key.Key_Up)
    qtbot.keyClick(slider, Qt.Key.Key_Down)
    assert history.labels() == ()


def wheel(slider, notches):
    where = QPointF(20, 11)
    turned = QWheelEvent(
        where,
        slider.mapToGlobal(where),
        QPoint(),
        QPoint(0, 120 * notches),
        Qt.MouseButton.NoButton,
        NONE,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(slider, turned)
    return turned.isAccepted()


def test_the_wheel_scrolls_the_list_unless_the_slider_has_the_focus(qtbot, slider, history):
    slider.clearFocus()
    assert not wheel(slider, 1)
    assert history.labels() == ()
    slider.activateWindow()
    slider.setFocus()
    qtbot.waitUntil(slider.hasFocus)
    assert wheel(slider, 1)
    assert wheel(slider, 1)
    assert history.document.picture.amount("d") == pytest.approx(0.2)
    assert len(history.labels()) == 1


def test_a_bubble_follows_the_drag(qtbot, slider):
    qtbot.mousePress(slider, LEFT, NONE, at(slider, 0.0))
    qtbot.mouseMove(slider, at(slider, 2.0))
    bubble = slider.window().findChild(Bubble)
    assert bubble.isVisible()
    assert slider.look.start == 0.0
    qtbot.mouseRelease(slider, LEFT, NONE, at(slider, 2.0))
    assert not bubble.isVisible()
    assert slider.look.start is None


def test_no_shell_left_is_explained(slider):
    slider.set_band(Band(None, (-1.0, 1.0)))
    assert slider.toolTip() == "No green here: your other edits already leave the shell."
    slider.set_band(Band((-1.0, 1.0), (-2.0, 2.0)))
    assert slider.toolTip() == ""


def test_screen_readers_hear_where_it_is(slider, history):
    accessible.install()
    slider.setAccessibleName("Overcast, direction")
    slider.set_band(Band((-4.1, 3.5), (-7.0, 5.4)))
    history.do(commands.set_amount("d", 1.4))
    reader = QAccessible.queryAccessibleInterface(slider)
    assert reader.role() == QAccessible.Role.Slider
    assert reader.text(QAccessible.Text.Name) == "Overcast, direction"
    value = reader.text(QAccessible.Text.Value)
    assert value == "plus 1.4, on the shell, edge at plus 3.5"
    history.do(commands.set_amount("d", -5.0))
    value = reader.text(QAccessible.Text.Value)
    assert value == "minus 5.0, near the edge, edge at minus 4.1"


def test_what_a_screen_reader_sets_becomes_a_command(slider, history):
    slider.setValue(150)
    assert history.document.picture.amount("d") == 1.5
    slider.show_amount(2.0)
    assert len(history.labels()) == 1


def test_a_deleted_slider_stops_watching(qtbot, look, history):
    made = StrengthSlider()
    stop = history.changed.connect(lambda doc: made.show_amount(doc.picture.amount("d")))
    made.destroyed.connect(stop)
    gone = []
    made.destroyed.connect(lambda: gone.append(True))
    made.deleteLater()
    qtbot.waitUntil(lambda: gone == [True])
    history.do(commands.set_amount("d", 1.0))
    look.apply()
