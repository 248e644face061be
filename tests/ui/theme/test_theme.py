"""Colours, contrast, type and icons of both looks."""

import json

import pytest
from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QColor, QFontInfo, QFontMetrics, QIcon, QPainter, QPalette, QPixmap
from PySide6.QtWidgets import QLabel, QPushButton

from latentstudio.core.paths import resources_dir
from latentstudio.ui.theme import font, icon, load_tokens, set_role, set_tone


def _luminance(color: str) -> float:
    """WCAG 2.2, relative luminance."""
    c = QColor(color)
    linear = [
        v / 12.92 if v <= 0.04045 else ((v + 0.055) / 1.055) ** 2.4
        for v in (c.redF(), c.greenF(), c.blueF())
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def _contrast(a: str, b: str) -> float:
    high, low = sorted((_luminance(a), _luminance(b)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("which", ["dark", "light"])
def test_text_can_be_read_on_every_surface(which):
    tokens = load_tokens(which)
    for surface in ("win", "panel", "raised", "ctl", "ctlh", "canvas"):
        assert _contrast(tokens.tx, tokens.hex(surface)) >= 7
        assert _contrast(tokens.tx2, tokens.hex(surface)) >= 4.5
    for surface in ("win", "panel", "raised"):
        assert _contrast(tokens.tx3, tokens.hex(surface)) >= 4.5
        assert _contrast(tokens.bad, tokens.hex(surface)) >= 4.5
    assert _contrast(tokens.onacc, tokens.acc) >= 4.5
    assert _contrast(tokens.hud, tokens.canvas) >= 4.5
    assert _contrast(tokens.edge, tokens.panel) >= 3


def test_every_token_of_the_file_is_read():
    stored = json.loads((resources_dir() / "theme" / "tokens.json").read_text())
    for which in ("dark", "light"):
        tokens = load_tokens(which)
        assert {role: tokens.hex(role) for role in stored} == {
            r: v[which] for r, v in stored.items()
        }


def test_inter_is_bundled_in_three_weights_with_even_figures(qapp):
    wanted = {"body": 400, "strong": 500, "title": 600}
    for role, weight in wanted.items():
        info = QFontInfo(font(role))
        assert (info.family(), info.weight(), info.pixelSize()) == ("Inter", weight, 13)
    metrics = QFontMetrics(font("body"))
    assert len({metrics.horizontalAdvance(str(d) * 8) for d in range(10)}) == 1


def test_text_scale_reaches_widgets_that_have_a_role(qtbot, look):
    label = QLabel("Directions")
    qtbot.addWidget(label)
    set_role(label, "title")
    look.set_text_scale(1.5)
    assert label.font().pixelSize() == 20
    look.set_text_scale(9.0)
    assert look.text_scale == 1.5


def _ink(image) -> set[str]:
    """Colours of the fully opaque pixels."""
    colors = (image.pixelColor(x, y) for x in range(image.width()) for y in range(image.height()))
    return {c.name() for c in colors if c.alpha() == 255}


def test_an_icon_takes_the_colour_of_the_theme_when_drawn(qtbot, look):
    made = icon("square", "tx2")
    dark = _ink(made.pixmap(QSize(16, 16), 8.0).toImage())
    look.set_choice("light")
    light = _ink(made.pixmap(QSize(16, 16), 8.0).toImage())
    assert dark == {load_tokens("dark").tx2}
    assert light == {load_tokens("light").tx2}


def test_an_icon_is_sharp_at_twice_the_density(qtbot, look):
    once = icon("square").pixmap(QSize(16, 16), 1.0)
    twice = icon("square").pixmap(QSize(16, 16), 2.0)
    assert (twice.width(), twice.devicePixelRatio()) == (32, 2.0)
    enlarged = once.toImage().scaled(32, 32)
    assert twice.toImage() != enlarged


def test_an_icon_survives_the_copies_that_qt_makes(qtbot, look):
    copy = QIcon(icon("hand"))
    copy.setIsMask(True)  # detaches, so Qt clones the engine
    assert _ink(copy.pixmap(QSize(16, 16), 8.0).toImage()) == {look.current().tx2}


def test_checked_and_disabled_icons_differ(qtbot, look):
    made = icon("square", "tx2")
    on = made.pixmap(QSize(16, 16), 8.0, QIcon.Mode.Normal, QIcon.State.On).toImage()
    off = made.pixmap(QSize(16, 16), 8.0, QIcon.Mode.Disabled).toImage()
    assert _ink(on) == {look.current().acc}
    strongest = max(off.pixelColor(x, y).alphaF() for x in range(128) for y in range(128))
    assert strongest == pytest.approx(0.55, abs=0.01)


def test_an_unknown_icon_is_refused(qapp):
    with pytest.raises(FileNotFoundError):
        icon("no-such-icon")


def test_the_look_changes_palette_and_sheet_and_says_so(qtbot, qapp, look):
    with qtbot.waitSignal(look.changed):
        look.set_choice("light")
    light = load_tokens("light")
    assert qapp.palette().color(QPalette.ColorRole.Window).name() == light.panel
    assert light.acc in qapp.styleSheet()
    assert "$" not in qapp.styleSheet()


def test_choosing_everything_dresses_once_and_the_same_again_not_at_all(qtbot, look):
    said = []
    look.changed.connect(lambda: said.append(look.look))
    look.set_all("light", 1.25, True)
    look.set_all("light", 1.25, False)
    assert said == ["light"]
    assert look.text_scale == 1.25


def test_tone_colours_a_label(qtbot, look):
    label = QLabel("0")
    qtbot.addWidget(label)
    set_tone(label, "warn")
    assert label.palette().color(QPalette.ColorRole.WindowText).name() == look.current().warn


def test_a_primary_button_is_accent(qtbot, look):
    button = QPushButton("Export")
    button.setProperty("kind", "primary")
    qtbot.addWidget(button)
    button.resize(80, 28)
    assert button.grab().toImage().pixelColor(8, 6).name() == look.current().acc


def test_reduced_motion_takes_no_time(look):
    assert look.milliseconds(120) == 120
    look.set_reduce_motion(True)
    assert look.milliseconds(120) == 0


def test_an_icon_without_room_is_not_drawn_and_says_nothing(look, qtlog):
    """A button that is squeezed to nothing asks for it."""
    target = QPixmap(20, 20)
    target.fill(Qt.GlobalColor.white)
    painter = QPainter(target)
    for room in (QRect(3, 3, 0, 10), QRect(3, 3, 10, 0), QRect(3, 3, -4, 10), QRect()):
        icon("x").paint(painter, room)
    painter.end()
    assert icon("x").pixmap(QSize(0, 0)).isNull()
    image = target.toImage()
    white = {image.pixelColor(x, y).name() for x in range(20) for y in range(20)}
    assert white == {"#ffffff"}
    assert [record.message for record in qtlog.records] == []
