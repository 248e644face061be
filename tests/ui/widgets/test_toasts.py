"""Messages over the canvas stay where they can be read."""

import pytest
from PySide6.QtWidgets import QWidget

from latentstudio.ui.toasts import ToastStack

LONG = "The directions of narrow.npy have 3 numbers; this model has 128 in W."


@pytest.mark.parametrize(
    ("width", "cover", "wide"), [(900, 0, 360), (600, 330, 246), (300, 0, 276), (500, 400, 360)]
)
def test_a_message_fits_beside_the_drawer_or_lies_below_it(exposed, width, cover, wide):
    canvas = exposed(QWidget(), 900, 500)
    stack = ToastStack(canvas)
    stack.show("error", LONG)
    canvas.resize(width, 500)
    stack.set_cover(cover)
    toast = stack.toasts[0]
    assert toast.width() == wide
    assert canvas.rect().contains(toast.geometry())
    assert toast.height() >= toast.layout().heightForWidth(wide)
