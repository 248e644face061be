"""The line above the canvas has room for its words at every size."""

import pytest

from tests.e2e.legible import cut_texts
from tests.ui.fakes import pixels

SIZES = ((1440, 900), (1100, 700), (960, 600))


@pytest.mark.parametrize("percent", [100, 125, 150])
@pytest.mark.parametrize("size", SIZES)
def test_the_ways_to_compare_are_whole_at_every_size_of_text(window, look, size, percent, qtbot):
    window.resize(*size)
    window.preferences.change(text_scale=percent)
    window.compare.toggle()
    window.options.show_zoom(64.0)
    qtbot.wait(30)
    assert window.options.mode.isVisible()
    assert cut_texts(window.options) == []
    needed = window.options._needs()
    assert needed <= window.options.width()


def test_the_start_has_its_picture_among_what_can_stand_before(window, client, history):
    window.compare.toggle()
    start = history.document.picture.original()
    assert start in client.thumbs
    client.thumb_ready.emit(start, pixels(1)[0])
    assert not window.options.before.itemIcon(0).isNull()
