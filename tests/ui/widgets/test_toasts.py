"""Messages over the canvas stay where they can be read, for as long as that takes."""

import pytest
from PySide6.QtCore import QEvent, QPointF, QRect
from PySide6.QtGui import QEnterEvent
from PySide6.QtWidgets import QApplication, QWidget

from latentstudio.ui.toasts import ToastStack
from latentstudio.ui.toasts.toasts import life

LONG = "The directions of narrow.npy have 3 numbers; this model has 128 in W."


@pytest.mark.parametrize(
    ("width", "cover", "wide"), [(900, 0, 360), (600, 330, 246), (300, 0, 276), (500, 400, 360)]
)
def test_a_message_fits_beside_the_drawer_or_lies_over_it(exposed, width, cover, wide):
    canvas = exposed(QWidget(), 900, 500)
    stack = ToastStack(canvas)
    stack.show("error", LONG)
    canvas.resize(width, 500)
    stack.set_cover(cover)
    toast = stack.toasts[0]
    assert toast.width() == wide
    assert canvas.rect().contains(toast.geometry())
    assert toast.height() >= toast.layout().heightForWidth(wide)


def covered(stack, picture):
    parts = (picture.intersected(toast.geometry()) for toast in stack.toasts)
    return sum(part.width() * part.height() for part in parts if not part.isEmpty())


def test_messages_never_cover_a_quarter_of_the_picture(exposed):
    canvas = exposed(QWidget(), 571, 420)
    picture = QRect(100, 10, 384, 384)
    stack = ToastStack(canvas, lambda: picture)
    for word in ("One. ", "Two. ", "Three. "):
        stack.show("error", word + LONG * 3)
    assert stack.toasts[-1].text.startswith("Three")
    assert 0 < covered(stack, picture) <= 384 * 384 / 4
    assert len(stack.toasts) < 3


def test_beside_a_drawer_it_moves_over_the_drawer_before_it_covers_the_picture(exposed):
    canvas = exposed(QWidget(), 571, 420)
    picture = QRect(8, 100, 224, 224)
    stack = ToastStack(canvas, lambda: picture)
    stack.set_cover(328)
    stack.show("error", LONG * 4)
    assert covered(stack, picture) <= 224 * 224 / 4
    assert canvas.rect().contains(stack.toasts[0].geometry())
    assert stack.toasts[0].geometry().right() > 571 - 328


def test_it_stays_as_long_as_it_takes_to_read():
    assert life("ok", "Saved") == 6000
    assert life("info", "x" * 200) == 12000
    assert life("error", "No.") == 12000
    assert life("error", "x" * 200) == 24000
    assert life("info", "Saved", ("Open", print)) == 12000


def test_an_error_leaves_by_itself_but_not_under_the_mouse(exposed, qtbot, look, monkeypatch):
    look.set_reduce_motion(True)
    monkeypatch.setattr("latentstudio.ui.toasts.toasts.life", lambda *_: 150)
    stack = ToastStack(exposed(QWidget(), 500, 300))
    stack.show("error", LONG)
    place = QPointF(5, 5)
    QApplication.sendEvent(stack.toasts[0], QEnterEvent(place, place, place))
    qtbot.wait(250)
    assert len(stack.toasts) == 1
    QApplication.sendEvent(stack.toasts[0], QEvent(QEvent.Type.Leave))
    qtbot.waitUntil(lambda: not stack.toasts)


def test_errors_can_be_sent_away_and_other_messages_stay(exposed):
    stack = ToastStack(exposed(QWidget(), 500, 300))
    stack.show("error", LONG)
    stack.show("ok", "Saved")
    stack.forget_errors()
    assert [toast.text for toast in stack.toasts] == ["Saved"]
