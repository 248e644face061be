"""What folds away at which size, and where everything stands at 1440 by 900."""

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from latentstudio.ui.window.fold import Fold, fold_for
from latentstudio.workers.job_list import JobInfo
from tests.e2e.legible import cut_texts


@pytest.mark.parametrize(
    ("size", "fold"),
    [
        ((1440, 900), Fold()),
        ((1360, 820), Fold()),
        ((1359, 820), Fold(icons_only=True)),
        ((1240, 820), Fold(icons_only=True)),
        ((1239, 820), Fold(icons_only=True, rail=True)),
        ((1160, 820), Fold(icons_only=True, rail=True)),
        ((1159, 820), Fold(icons_only=True, rail=True, compact_left=True)),
        ((1440, 819), Fold(strip_bar=True)),
        ((1440, 760), Fold(strip_bar=True)),
        ((1440, 759), Fold(strip_bar=True, edits_folded=True)),
    ],
)
def test_the_collapse_order(size, fold):
    assert fold_for(*size) == fold


def corner(window, widget):
    place = widget.mapTo(window, QPoint(0, 0))
    return (place.x(), place.y(), widget.width(), widget.height())


def test_parts_stand_where_the_design_puts_them(window):
    window.resize(1440, 900)
    assert corner(window, window.left) == (0, 72, 343, 802)
    assert corner(window, window.tools)[0] == 344
    assert corner(window, window.canvas) == (389, 112, 723, 650)
    assert corner(window, window.side)[0] == 1113
    assert corner(window, window.strip) == (344, 763, 768, 111)
    assert corner(window, window.status)[1] == 875


def test_the_picture_is_shown_at_nine_times_in_the_large_window(window):
    window.resize(1440, 900)
    assert window.canvas.view.zoom == 9.0


def test_a_narrow_window_has_a_rail_and_a_drawer_that_fit_makes_room_for(window, look):
    look.set_reduce_motion(True)
    window.resize(1100, 700)
    assert window.side.width() == 44
    assert window.left.width() == 299
    assert window.strip.is_bar
    assert window.canvas.view.zoom == 8.0
    window.side.rail.buttons["density"].click()
    drawer = window.side.drawer
    assert drawer.isVisible()
    assert drawer.geometry().right() == window.centre.below.width() - 1
    assert window.canvas.view.zoom == 5.5
    window.side.rail.buttons["density"].click()
    assert not drawer.isVisible()
    assert window.canvas.view.zoom == 8.0


def test_escape_closes_the_drawer_wherever_the_focus_is(window, look):
    look.set_reduce_motion(True)
    window.resize(960, 600)
    window.side.show_panel("density")
    QTest.keyClick(window.canvas.view, Qt.Key.Key_Escape)
    assert not window.side.drawer.isVisible()
    window.side.show_panel("density")
    QTest.keyClick(window.left.panel.view, Qt.Key.Key_Escape)
    assert not window.side.drawer.isVisible()


def test_panels_come_home_when_the_window_grows_again(window):
    upper, _ = window.side.stacks()
    density = upper.findChildren(type(upper))
    window.resize(1100, 700)
    window.side.show_panel("density")
    window.resize(1440, 900)
    assert not window.side.drawer.isVisible()
    assert not window.side.rail.isVisible()
    panel = window.side._panels["density"].widget
    assert upper.isAncestorOf(panel)
    assert panel.isVisible()
    assert density == upper.findChildren(type(upper))


def test_labels_become_icons_but_keep_their_names(window):
    window.resize(1300, 900)
    for button in window.toolbar._labelled:
        assert button.text() == ""
        assert button.accessibleName()
        assert button.toolTip()
    window.resize(1440, 900)
    assert [b.text() for b in window.toolbar._labelled] == [
        "Open model",
        "Open image",
        "New seed",
        "Compare",
        "Variations",
        "Snapshot",
    ]


def test_the_least_size_holds(window):
    window.resize(300, 200)
    assert (window.width(), window.height()) == (960, 600)


def test_hiding_the_panels_leaves_the_canvas(window):
    before = window.canvas.width()
    window.actions_["hide"].trigger()
    assert not window.left.isVisible()
    assert not window.side.isVisible()
    assert not window.strip.isVisible()
    window.actions_["hide"].trigger()
    assert window.left.isVisible()
    assert window.canvas.width() == before


def test_f6_visits_every_pane_and_comes_round(window, client):
    client.job_changed.emit(JobInfo(1, "Finding directions"))
    window.activateWindow()
    window.canvas.view.setFocus()
    order = [window.strip, window.side, window.status.job, window.toolbar, window.left]
    order += [window.tools, window.options, window.canvas]
    for pane in order:
        window.panes.go(1)
        assert pane.isAncestorOf(window.focusWidget())
    window.panes.go(-1)
    assert window.options.isAncestorOf(window.focusWidget())


def test_the_options_of_the_painting_tools_can_be_read_in_a_small_window(window):
    window.resize(960, 600)
    for tool in ("brush", "ellipse"):
        window.actions_[tool].trigger()
        QApplication.processEvents()
        cut = [text for text in cut_texts(window) if "PaintOptions" in text]
        assert cut == [], tool
    options = window.options.paint
    assert not options.tint.isVisible()
    before = options.tint.isChecked()
    options._tinted.trigger()
    assert options.tint.isChecked() != before  # it is in the menu then
