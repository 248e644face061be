"""The painted slider: where numbers lie, and which colour stands where."""

import pytest
from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QImage, QPainter

from latentstudio.render.messages import Band
from latentstudio.ui.widgets.strength import (
    AXIS,
    HEIGHT,
    StrengthLook,
    Track,
    paint_strength,
    track_in,
    zones,
)

WIDE = 252.0  # 240 px of track: 20 px for each unit


def kinds(look):
    return [(z.kind, z.low, z.high) for z in zones(look)]


def test_pixels_and_amounts_are_a_line_and_ends_are_kept():
    track = Track(6.0, 246.0, -6.0, 6.0)
    assert track.x(0.0) == 126.0
    assert track.x(-6.0) == 6.0
    assert track.amount(126.0) == 0.0
    assert track.amount(146.0) == pytest.approx(1.0)
    assert track.amount(1000.0) == 6.0
    assert track.x(99.0) == 246.0
    for amount in (-5.3, -0.01, 2.2):
        assert track.amount(track.x(amount)) == pytest.approx(amount)


def test_a_track_without_room_divides_by_nothing():
    assert Track(6.0, 6.0, -6.0, 6.0).amount(9.0) == 6.0


def test_zones_follow_the_band():
    look = StrengthLook(band=Band((-4.0, 3.0), (-9.0, 5.0)))
    assert kinds(look) == [
        ("edge", -6.0, -4.0),
        ("shell", -4.0, 3.0),
        ("edge", 3.0, 5.0),
        ("bare", 5.0, 6.0),
    ]


def test_no_shell_left_has_no_green():
    look = StrengthLook(band=Band(None, (-1.5, 2.6)))
    assert kinds(look) == [("bare", -6.0, -1.5), ("edge", -1.5, 2.6), ("bare", 2.6, 6.0)]


def test_unknown_lost_or_disabled_is_bare_and_staying_is_green():
    whole = [("bare", -6.0, 6.0)]
    assert kinds(StrengthLook()) == whole
    assert kinds(StrengthLook(band=Band(None, None))) == whole
    assert kinds(StrengthLook(band=Band((-1, 1), (-2, 2)), enabled=False)) == whole
    assert kinds(StrengthLook(all_safe=True)) == [("shell", -6.0, 6.0)]


@pytest.fixture
def paint(look):
    def made(what):
        image = QImage(int(WIDE), HEIGHT, QImage.Format.Format_RGB32)
        image.fill(QColor(look.current().panel))
        painter = QPainter(image)
        paint_strength(painter, QRectF(image.rect()), what)
        painter.end()
        return image

    return made


def color_at(image, amount, y=AXIS):
    track = track_in(QRectF(image.rect()), StrengthLook())
    return image.pixelColor(round(track.x(amount)), int(y))


def stretch(image, low, high):
    track = track_in(QRectF(image.rect()), StrengthLook())
    span = range(round(track.x(low)) + 1, round(track.x(high)) - 1)
    return {image.pixelColor(x, int(AXIS)).name() for x in span}


@pytest.mark.parametrize("name", ["dark", "light"])
def test_the_band_is_painted_where_the_numbers_say(look, paint, name):
    look.set_choice(name)
    tokens = look.current()
    image = paint(StrengthLook(amount=-5.5, band=Band((-2.0, 3.0), (-3.0, 5.0))))
    assert stretch(image, -1.9, 2.9) == {tokens.ok}
    assert stretch(image, 5.1, 5.8) == {tokens.groove}
    assert stretch(image, -4.8, -3.1) == {tokens.groove}
    hatched = stretch(image, 3.1, 4.9)
    assert tokens.band2 in hatched
    assert tokens.panel in hatched
    assert tokens.ok not in hatched


def test_caps_stand_only_at_ends_inside_the_range(look, paint):
    panel = look.current().panel
    image = paint(StrengthLook(amount=0, band=Band((-9.0, 3.0), (-9.0, 9.0))))
    above = [image.pixelColor(x, int(AXIS) - 4).name() for x in range(image.width())]
    beside_handle = [x for x, name in enumerate(above) if name != panel and abs(x - 126) > 8]
    assert beside_handle == [185, 186]


def test_handle_and_notch(look, paint):
    tokens = look.current()
    at_zero = paint(StrengthLook(amount=0.0))
    assert color_at(at_zero, 0.0, AXIS - 5).name() == tokens.handle0
    moved = paint(StrengthLook(amount=1.4))
    assert color_at(moved, 1.4, AXIS - 5).name() == tokens.handle
    assert color_at(moved, 0.0, AXIS + 6) != QColor(tokens.panel)
    assert color_at(at_zero, 0.0, AXIS + 9) == QColor(tokens.panel)


def test_a_drag_leaves_a_ghost_and_focus_a_ring(look, paint):
    tokens = look.current()
    plain = paint(StrengthLook(amount=2.0))
    ghosted = paint(StrengthLook(amount=2.0, start=-3.0))
    track = track_in(QRectF(plain.rect()), StrengthLook())
    left = round(track.x(-3.0) - 5)
    column = [ghosted.pixelColor(left, y) for y in range(HEIGHT)]
    assert column != [plain.pixelColor(left, y) for y in range(HEIGHT)]
    focused = paint(StrengthLook(amount=2.0, focused=True))
    ring = {focused.pixelColor(round(track.x(2.0)), y).name() for y in (0, 1, 2)}
    assert tokens.acc in ring


def test_the_hatch_repeats_without_a_seam(look, paint):
    image = paint(StrengthLook(amount=5.9, band=Band(None, (-6.0, 6.0))))
    row = [image.pixelColor(x, int(AXIS)).lightness() for x in range(10, 220)]
    assert row[7:] == row[:-7]
