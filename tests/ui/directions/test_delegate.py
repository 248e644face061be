"""Small decisions of the painted rows."""

import pytest
from PySide6.QtCore import QRectF

from latentstudio.ui.directions.delegate import ticks
from latentstudio.ui.directions.geometry import row_height, row_places
from latentstudio.ui.widgets.strength import StrengthLook, track_in


@pytest.mark.parametrize(
    ("low", "high", "marks"),
    [
        (-6, 6, [-6, -4, -2, 0, 2, 4, 6]),
        (-4, 4, [-4, -2, 0, 2, 4]),
        (-3, 3, [-3, -2, -1, 0, 1, 2, 3]),
        (-0.5, 0.5, [-0.4, -0.2, 0, 0.2, 0.4]),
        (0, 12, [0, 2, 4, 6, 8, 10, 12]),
    ],
)
def test_scales_have_round_numbers(low, high, marks):
    assert ticks(low, high) == pytest.approx(marks)


def test_the_handle_points_at_the_frame_it_gives():
    high = row_height(344, large=True)
    places = row_places(QRectF(0, 0, 334, high), 344, large=True)
    look = StrengthLook()
    track = track_in(places.slider, look, places.inset)
    for frame, amount in zip(places.frames, (-6, -4, -2, 0, 2, 4, 6), strict=True):
        assert track.x(amount) == pytest.approx(frame.center().x(), abs=0.6)
    assert places.frames[-1].right() == pytest.approx(332)
    assert places.scale.bottom() < high


def test_rows_grow_with_the_text_but_keep_their_parts_inside():
    for scale in (1.0, 1.25, 1.5):
        for large in (False, True):
            high = row_height(344, large=large, text_scale=scale)
            places = row_places(QRectF(0, 100, 334, high), 344, large=large, text_scale=scale)
            parts = [places.name, places.slider, *places.frames, places.bar]
            assert all(places.row.contains(p) or p.right() <= 332 for p in parts)
            assert all(p.top() >= 100 and p.bottom() <= 100 + high for p in parts)
            assert places.name.bottom() <= places.slider.top()
