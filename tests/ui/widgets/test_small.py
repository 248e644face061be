"""Toggle, chips, segments, meter, layer strip, plain slider, job item."""

import pytest
from PySide6.QtCore import QPoint, Qt

from latentstudio.ui.widgets.chip import Chip, ChipRow
from latentstudio.ui.widgets.job_item import JobItem, state_sentence
from latentstudio.ui.widgets.layer_strip import LayerStrip
from latentstudio.ui.widgets.meter import Meter
from latentstudio.ui.widgets.plain_slider import PlainSlider
from latentstudio.ui.widgets.segmented import Segmented
from latentstudio.ui.widgets.toggle import Toggle
from latentstudio.workers.job_list import JobInfo

LEFT = Qt.MouseButton.LeftButton
NONE = Qt.KeyboardModifier.NoModifier


@pytest.fixture
def shown(qtbot, look):
    def made(widget, width=200, height=40):
        qtbot.addWidget(widget)
        widget.resize(width, height)
        widget.show()
        return widget

    return made


def test_a_toggle_goes_left_and_right(qtbot, shown, look):
    toggle = shown(Toggle("Stay on shell"), 38, 24)
    tokens = look.current()
    told = []
    toggle.toggled.connect(told.append)
    assert toggle.grab().toImage().pixelColor(12, 12).name() == tokens.tx2
    qtbot.mouseClick(toggle, LEFT)
    assert told == [True]
    image = toggle.grab().toImage()
    assert image.pixelColor(26, 12).name() == tokens.onacc
    assert image.pixelColor(12, 12).name() == tokens.acc
    toggle.show_on(False)
    assert told == [True]
    assert not toggle.isChecked()


def test_one_chip_is_chosen_and_the_choice_survives_new_counts(qtbot, shown):
    row = shown(ChipRow(), 300, 30)
    told = []
    row.chosen.connect(told.append)
    row.set_chips([("all", "All"), ("in-use", "In use 1")])
    row.choose("in-use")
    row.set_chips([("all", "All"), ("in-use", "In use 2"), ("m", "SeFa")])
    assert row.key == "in-use"
    row.set_chips([("all", "All")])
    assert row.key == "all"
    assert told == ["all", "in-use", "all"]


def test_chips_that_stay_are_kept_and_stand_in_the_new_order(shown):
    row = shown(ChipRow(), 300, 30)
    row.set_chips([("a", "All"), ("c", "SeFa")])
    before = row.findChildren(Chip)
    row.set_chips([("a", "All"), ("b", "GANSpace"), ("c", "SeFa")])
    row.layout().activate()
    now = sorted(row.findChildren(Chip), key=lambda chip: chip.x())
    assert [chip.key for chip in now] == ["a", "b", "c"]
    assert [now[0], now[2]] == before


def test_chips_wrap_where_there_is_no_room(shown):
    row = shown(ChipRow(), 300, 60)
    row.set_chips([(str(i), f"A long filter {i}") for i in range(4)])
    assert row.heightForWidth(1000) < row.heightForWidth(150)


def test_segments_tell_a_choice_of_the_artist_only(qtbot, shown):
    segments = shown(Segmented([("a", "One"), ("b", "Two")]))
    told = []
    segments.chosen.connect(told.append)
    segments.show_choice("b")
    assert told == []
    qtbot.mouseClick(segments.button("a"), LEFT)
    assert told == ["a"]
    assert segments.choice == "a"


def test_a_meter_is_word_icon_and_sentence(shown, look):
    meter = shown(Meter(), 300, 60)
    meter.show_state("off", "About 1 in 900 samples lies this far out.")
    assert meter.word.text() == "Too far"
    assert meter.accessibleName() == "Too far. About 1 in 900 samples lies this far out."
    image = meter.grab().toImage()
    colors = {image.pixelColor(x, y).name() for x in range(22) for y in range(30)}
    assert look.current().warn in colors
    assert look.current().ok not in colors


def test_high_layers_are_amber_with_a_mark_and_named(shown, look):
    strip = shown(LayerStrip(), 360, 70)
    strip.show_layers((5.0, 12.0, 9.0), 11.0)
    tokens = look.current()
    image = strip.grab().toImage()
    assert image.pixelColor(strip.bar(0).center().toPoint()).name() == tokens.ok
    assert image.pixelColor(strip.bar(1).center().toPoint()).name() == tokens.warn
    mark = strip.bar(1).center().toPoint()
    mark.setY(round(strip.bar(1).top()) - 4)
    assert image.pixelColor(mark).name() == tokens.warn
    assert strip.accessibleName() == "Layers: beyond the shell: layers 1"


def test_a_plain_slider_drags_in_one_gesture_and_resets(qtbot, shown):
    slider = shown(PlainSlider("Truncation", 0.0, 1.2, 1.0), 132, 22)
    told = []
    slider.asked.connect(
        lambda value, gesture: (told.append((value, gesture)), slider.show_number(value))
    )
    slider.show_number(1.0)
    at = [QPoint(round(slider.track().x(v)), 11) for v in (1.0, 0.6, 0.2)]
    qtbot.mousePress(slider, LEFT, NONE, at[0])
    qtbot.mouseMove(slider, at[1])
    qtbot.mouseMove(slider, at[2])
    qtbot.mouseRelease(slider, LEFT, NONE, at[2])
    assert [value for value, _ in told] == pytest.approx([0.6, 0.2], abs=0.006)
    assert len({id(gesture) for _, gesture in told}) == 1
    qtbot.mouseDClick(slider, LEFT, NONE, at[2])
    assert slider.number == 1.0
    qtbot.keyClick(slider, Qt.Key.Key_Left)
    assert slider.number == 0.99


@pytest.mark.parametrize(
    ("state", "words"),
    [
        ("waiting", "waiting"),
        ("running", "60\u00a0%, step 6 of 10"),
        ("done", "done"),
        ("failed", "failed"),
        ("cancelled", "cancelled"),
    ],
)
def test_a_job_says_its_state_in_words(state, words):
    assert state_sentence(JobInfo(1, "Finding", 0.6, "step 6 of 10", state)) == words


def test_a_job_can_be_cancelled_while_it_lives(qtbot, shown):
    item = shown(JobItem(JobInfo(7, "Finding directions", 0.5, "", "running")), 300, 48)
    with qtbot.waitSignal(item.cancel_asked) as asked:
        qtbot.mouseClick(item.cancel, LEFT)
    assert asked.args == [7]
    item.show_job(JobInfo(7, "Finding directions", 0.5, "", "failed", "Not enough memory."))
    assert not item.cancel.isVisible()
    assert item.accessibleName() == "Finding directions: Not enough memory."


def test_chips_that_went_are_not_seen_beside_the_new_ones(exposed):
    row = exposed(ChipRow(), 300, 60)
    row.set_chips([("all", "All"), ("used", "In use")])
    row.set_chips([("all", "All"), ("used", "In use"), ("sefa", "SeFa")])
    seen = [chip for chip in row.findChildren(Chip) if not chip.isHidden()]
    assert [chip.text() for chip in seen] == ["All", "In use", "SeFa"]
