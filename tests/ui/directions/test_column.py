"""The left column: rows, keys, hands, and what is asked of the engine."""

from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QApplication

from latentstudio.document import commands
from latentstudio.render.messages import Band
from latentstudio.ui.directions.menu import copy_value, direction_menu
from latentstudio.ui.directions.rows import Item
from tests.ui import fakes

LEFT = Qt.MouseButton.LeftButton
NONE = Qt.KeyboardModifier.NoModifier
ALT = Qt.KeyboardModifier.AltModifier


def ids(column):
    return [row.id for row in column.panel.view.rows.rows if isinstance(row, Item)]


def rect_of(column, id):
    view = column.panel.view
    return view.visualRect(view.rows.index_of(id))


def press(qtbot, column, at):
    qtbot.mouseClick(column.panel.view.viewport(), LEFT, NONE, at)


def settle(qtbot, client, column):
    """Let the engine show the picture, and wait for the quiet moment to pass."""
    client.frame_ready.emit(fakes.frame(column.board.document.picture))
    qtbot.wait(250)


def test_the_column_tells_what_it_waits_for(qtbot, column, client):
    panel = column.panel
    assert panel.empty.isVisible()
    assert panel.empty.skeleton_shown
    client.model_opened.emit(fakes.summary())
    assert panel.empty.accessibleName() == "Finding directions…"
    client.directions_failed.emit("SeFa needs a model with style weights.")
    assert panel.empty.title.text() == "No directions"
    assert panel.empty.sentence.text() == "SeFa needs a model with style weights."
    qtbot.mouseClick(panel.empty.button, LEFT)
    assert [method for method, _ in client.discovered] == ["sefa", "ganspace"]


def test_without_a_model_nothing_seems_to_be_on_its_way(column, client):
    panel = column.panel
    client.model_failed.emit("gone.pt", "There is no file gone.pt.")
    assert not panel.empty.skeleton_shown
    assert panel.empty.title.text() == "No model is open"
    client.model_opened.emit(fakes.summary())
    assert panel.empty.skeleton_shown
    client.directions_ready.emit(fakes.direction_set())
    client.model_failed.emit("other.pt", "There is no file other.pt.")
    assert len(ids(column)) == 10  # the one before is still open
    client.model_closed.emit()
    assert panel.empty.title.text() == "No model is open"
    assert not panel.empty.skeleton_shown


def test_found_directions_are_listed_and_the_first_is_large(found):
    assert len(ids(found)) == 10
    assert found.panel.view.isVisible()
    assert found.panel.view.current == "ganspace-0"
    assert rect_of(found, "ganspace-0").height() == pytest.approx(136, abs=1)
    assert rect_of(found, "ganspace-1").height() == 58
    assert found.panel.search.placeholderText() == "Search 10 directions"


def test_directions_of_another_model_are_not_taken(found, client):
    client.directions_ready.emit(fakes.direction_set(sefa=1, fingerprint="f" * 64))
    assert len(ids(found)) == 10


def test_a_search_without_hits_says_so_and_can_be_cleared(qtbot, found):
    qtbot.keyClicks(found.panel.search, "zzz")
    assert found.panel.empty.title.text() == "Nothing is called “zzz”"
    qtbot.mouseClick(found.panel.empty.button, LEFT)
    assert len(ids(found)) == 10


def test_a_header_folds_its_group(qtbot, found):
    header = found.panel.view.visualRect(found.panel.view.rows.index(0))
    press(qtbot, found, header.center())
    assert ids(found) == [f"sefa-{i}" for i in range(6)]
    press(qtbot, found, header.center())
    assert len(ids(found)) == 10


def test_a_press_on_a_name_selects_the_row_and_arrows_go_on(qtbot, found):
    view = found.panel.view
    press(qtbot, found, rect_of(found, "ganspace-2").topLeft() + QPoint(160, 18))
    assert view.current == "ganspace-2"
    assert view.editor.slider.id == "ganspace-2"
    qtbot.keyClick(view.editor.slider, Qt.Key.Key_Down)
    assert view.current == "ganspace-3"
    qtbot.keyClick(view.editor.slider, Qt.Key.Key_Down)
    assert view.delegate.focused_group == "SeFa, layers 0–3"
    qtbot.keyClick(view, Qt.Key.Key_Return)
    assert "sefa-0" not in ids(found)
    qtbot.keyClick(view, Qt.Key.Key_Return)
    qtbot.keyClick(view, Qt.Key.Key_Down)
    assert view.current == "sefa-0"


def test_the_hovered_row_has_a_live_slider_that_moves_the_document(qtbot, found, history):
    view = found.panel.view
    row = rect_of(found, "ganspace-2")
    qtbot.mouseMove(view.viewport(), row.center())
    slider = view.hover_slider
    qtbot.waitUntil(lambda: slider.id == "ganspace-2")
    assert slider.isVisible()
    assert row.contains(slider.geometry())
    x, y = slider.track().x(0.0), 11
    qtbot.mousePress(slider, LEFT, NONE, QPoint(round(x), y))
    qtbot.mouseMove(slider, QPoint(round(slider.track().x(2.0)), y))
    qtbot.mouseMove(slider, QPoint(round(slider.track().x(3.0)), y))
    qtbot.mouseRelease(slider, LEFT, NONE, QPoint(round(slider.track().x(3.0)), y))
    assert history.document.picture.amount("ganspace-2") == pytest.approx(3.0, abs=0.05)
    assert history.labels() == ("change Direction 2 (PCA)",)


def test_rows_stay_where_they_are_while_a_slider_is_held(qtbot, found, history):
    view = found.panel.view
    history.do(commands.set_amount("ganspace-0", 1.0))
    found.panel.chips.choose("in-use")
    assert ids(found) == ["ganspace-0"]
    slider = view.editor.slider
    at = QPoint(round(slider.track().x(1.0)), 11)
    qtbot.mousePress(slider, LEFT, NONE, at)
    qtbot.mouseMove(slider, QPoint(round(slider.track().x(0.0)), 11))
    history.do(commands.set_amount("ganspace-0", 0.0))
    qtbot.wait(20)
    assert ids(found) == ["ganspace-0"]
    qtbot.mouseRelease(slider, LEFT, NONE, at)
    qtbot.waitUntil(lambda: ids(found) == [])
    assert found.panel.empty.title.text() == "No slider has been moved"


def test_edits_that_grow_do_not_cover_the_row_that_is_moved(qtbot, found, history):
    view = found.panel.view
    found.resize(344, 500)
    found.panel.reveal("sefa-4")
    row = view.visualRect(view.rows.index_of("sefa-4"))
    bar = view.verticalScrollBar()
    bar.setValue(bar.value() + row.bottom() + 2 - view.viewport().height())
    slider = view.editor.slider
    qtbot.mousePress(slider, LEFT, NONE, slider.rect().center())
    at = view.verticalScrollBar().value()
    for id in ("sefa-0", "sefa-1", "sefa-2", "sefa-3"):
        history.do(commands.set_amount(id, 1.0))
    qtbot.waitUntil(lambda: len(found.edits.ids) == 4)
    qtbot.wait(50)
    assert view.verticalScrollBar().value() == at  # nothing moves under the hand
    qtbot.mouseRelease(slider, LEFT, NONE, slider.rect().center())
    row = view.visualRect(view.rows.index_of("sefa-4"))
    assert row.bottom() < view.viewport().height()


def test_keys_solo_mute_and_type(qtbot, found, history):
    view = found.panel.view
    slider = view.editor.slider
    qtbot.keyClick(slider, Qt.Key.Key_S, ALT)
    assert history.document.picture.solo == "ganspace-0"
    assert view.editor.solo.isChecked()
    qtbot.keyClick(slider, Qt.Key.Key_M, ALT)
    assert history.document.picture.edit("ganspace-0").on is False
    history.undo()
    history.undo()
    qtbot.keyClick(slider, Qt.Key.Key_Return)
    qtbot.waitUntil(view.editor.field.edit.hasFocus)
    qtbot.keyClicks(view.editor.field.edit, "-2.5\r")
    assert history.document.picture.amount("ganspace-0") == -2.5
    assert slider.hasFocus()


def test_a_name_is_changed_in_place(qtbot, found, history):
    view = found.panel.view
    qtbot.keyClick(view.editor.slider, Qt.Key.Key_F2)
    assert view.editor.renaming
    field = QApplication.focusWidget()
    qtbot.keyClicks(field, "Overcast\r")
    assert history.document.name_of("ganspace-0") == "Overcast"
    assert not view.editor.renaming
    film = rect_of(found, "ganspace-1").topLeft() + QPoint(60, 30)
    qtbot.mouseDClick(view.viewport(), LEFT, NONE, film)
    assert not view.editor.renaming
    qtbot.keyClick(view.editor.slider, Qt.Key.Key_F2)
    qtbot.keyClicks(QApplication.focusWidget(), "x")
    qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Escape)
    assert len(history.labels()) == 1


def test_a_double_click_on_a_name_renames_the_row_that_was_hit(qtbot, found):
    view = found.panel.view
    at = rect_of(found, "ganspace-3").topLeft() + QPoint(160, 18)
    qtbot.mouseClick(view.viewport(), LEFT, NONE, at)
    qtbot.mouseDClick(view.viewport(), LEFT, NONE, at)
    assert view.editor.renaming
    assert view.current == "ganspace-3"


def test_the_menu_says_why_layer_ranges_are_off(found, client, history):
    menu = direction_menu(found.board, "ganspace-0", found, lambda: None, QPoint(), lambda: None)
    texts = [action.text().split("\t")[0] for action in menu.actions() if action.text()]
    assert texts[:5] == ["Rename", "Layer range", "Reset", "Copy value", "Pin"]
    assert texts[5:] == [
        "Reject",
        "Hold to the painted region",
        "Save preset…",
        "How it was found",
    ]
    assert menu.actions()[1].isEnabled()
    assert not menu.actions()[2].isEnabled()
    client.model_opened.emit(fakes.summary(layers=0))
    menu = direction_menu(found.board, "ganspace-0", found, lambda: None, QPoint(), lambda: None)
    layers = menu.actions()[1]
    assert not layers.isEnabled()
    assert layers.toolTip() == "Layer ranges need a model with several inputs; this one has one."


def test_reset_forgets_amount_mute_and_layers_in_one_step(found, history):
    board = found.board
    board.commands.amount("sefa-1", 2.0)
    board.commands.layers("sefa-1", (1, 2))
    board.commands.toggle_mute("sefa-1")
    board.commands.reset("sefa-1")
    assert history.document.picture.edits == ()
    assert history.undo_label == "reset Direction 1 (SeFa)"
    board.commands.amount("sefa-1", -2.25)
    copy_value(board, "sefa-1")
    assert QApplication.clipboard().text() == "-2.25"


# What is asked of the engine


def test_only_rows_in_view_are_asked_for(qtbot, found, client):
    client.directions_ready.emit(fakes.direction_set(sefa=40, ganspace=4))
    settle(qtbot, client, found)
    _, films = client.films[-1]
    view = found.panel.view
    seen = {id for id in ids(found) if rect_of(found, id).intersects(view.viewport().rect())}
    assert set(films) == seen
    assert len(seen) < 15
    assert films["ganspace-0"] == 7
    assert films["ganspace-1"] == 3
    _, bands = client.bands[-1]
    assert set(bands) == seen
    client.films.clear()
    view.verticalScrollBar().setValue(view.verticalScrollBar().maximum())
    qtbot.wait(250)
    _, films = client.films[-1]
    assert "sefa-39" in films
    assert "ganspace-0" not in films


def test_films_wait_for_the_preview_and_a_quiet_moment(qtbot, found, client, history):
    settle(qtbot, client, found)
    client.films.clear()
    for amount in (1.0, 2.0, 3.0):
        history.do(commands.set_amount("sefa-0", amount))
        qtbot.wait(20)
    assert client.films == []
    qtbot.wait(250)
    assert client.films == []  # the preview has not come yet
    client.frame_ready.emit(fakes.frame(history.document.picture))
    picture, films = client.films[-1]
    assert picture == history.document.picture
    assert len(client.films) == 1
    assert "ganspace-1" in films


def test_quick_previews_do_not_bring_films_before_the_hand_rests(clock, found, client, history):
    client.frame_ready.emit(fakes.frame(history.document.picture))
    clock.turn(1000)
    client.films.clear()
    for amount in (1.0, 2.0, 3.0):
        history.do(commands.set_amount("sefa-0", amount))
        client.frame_ready.emit(fakes.frame(history.document.picture))
        clock.turn(149)
    assert client.films == []
    clock.turn(1)
    assert [picture for picture, _ in client.films] == [history.document.picture]
    clock.turn(1000)
    assert len(client.films) == 1


def test_a_slider_does_not_ask_for_its_own_film_and_band_again(qtbot, found, client, history):
    settle(qtbot, client, found)
    picture = history.document.picture
    for id in ids(found):
        client.film_ready.emit(picture, fakes.film(id, 7))
        client.film_ready.emit(picture, fakes.film(id, 3))
    client.bands_ready.emit(picture, fakes.bands(ids(found)))
    client.films.clear()
    client.bands.clear()
    history.do(commands.set_amount("ganspace-0", 1.0))
    settle(qtbot, client, found)
    asked = set(client.films[-1][1])
    assert "ganspace-0" not in asked
    assert "ganspace-1" in asked
    assert "ganspace-0" not in client.bands[-1][1]


def test_bands_are_asked_for_at_the_engines_pace_and_the_last_picture_is_not_forgotten(
    clock, found, client, history
):
    def asked():
        return [picture.amount("sefa-0") for picture, _ in client.bands]

    clock.turn(1000)
    client.bands_ready.emit(history.document.picture, {})
    client.bands.clear()
    history.do(commands.set_amount("sefa-0", 0.1))
    clock.turn(30)
    assert asked() == [0.1]
    for amount in (0.2, 0.3, 0.4):
        history.do(commands.set_amount("sefa-0", amount))
        clock.turn(60)
    assert asked() == [0.1]
    client.bands_ready.emit(client.bands[-1][0], {})
    clock.turn(0)
    assert asked() == [0.1, 0.4]
    # An answer that never comes does not stop the questions.
    history.do(commands.set_amount("sefa-0", 0.5))
    clock.turn(199)
    assert asked() == [0.1, 0.4]
    clock.turn(1)
    assert asked() == [0.1, 0.4, 0.5]


def test_a_column_shown_again_asks_for_what_it_lacks(qtbot, found, client, history):
    found.hide()
    history.do(commands.set_seed(5))
    settle(qtbot, client, found)
    client.films.clear()
    found.show()
    qtbot.waitUntil(lambda: len(client.films) > 0)


def test_films_that_another_preview_dropped_are_asked_for_again(qtbot, found, client):
    settle(qtbot, client, found)
    client.films.clear()
    client.frame_ready.emit(fakes.frame(found.board.document.picture))
    qtbot.waitUntil(lambda: len(client.films) == 1)


def test_a_hidden_column_asks_for_nothing(qtbot, found, client):
    found.hide()
    client.films.clear()
    client.bands.clear()
    found.board.commands.amount("sefa-0", 1.0)
    settle(qtbot, client, found)
    assert client.films == []
    assert client.bands == []


def test_bands_before_the_density_is_measured_are_not_believed(qtbot, column, client):
    client.model_opened.emit(fakes.summary())
    client.directions_ready.emit(fakes.direction_set())
    picture = column.board.document.picture
    client.bands_ready.emit(picture, {"sefa-0": Band(None, None)})
    assert column.board.rows.look("sefa-0").band is None
    client.reference_ready.emit(fakes.curve())
    client.bands_ready.emit(picture, {"sefa-0": Band((-1.0, 1.0), (-2.0, 2.0))})
    assert column.board.rows.look("sefa-0").band == Band((-1.0, 1.0), (-2.0, 2.0))


def test_rows_paint_band_film_and_accent(qtbot, found, client, history, look):
    tokens = look.current()
    history.do(commands.set_amount("ganspace-1", 5.5))
    client.bands_ready.emit(
        history.document.picture, {"ganspace-1": Band((-2.0, 2.0), (-3.0, 3.0))}
    )
    client.film_ready.emit(history.document.picture, fakes.film("ganspace-1", 3))
    view = found.panel.view
    QApplication.processEvents()
    image = found.grab().toImage()

    def color(point):
        return image.pixelColor(view.viewport().mapTo(found, point))

    rect = rect_of(found, "ganspace-1")
    places = view.delegate.places("ganspace-1", rect.toRectF())
    assert color(places.slider.center().toPoint()).name() == tokens.ok
    assert color(QPoint(rect.left() + 1, rect.center().y())).name() == tokens.acc
    plain = rect_of(found, "ganspace-2")
    assert color(QPoint(plain.left() + 1, plain.center().y())).name() == tokens.panel
    expected = fakes.film("ganspace-1", 3).frames[2][32, 32]
    shown = color(places.frames[2].center().toPoint())
    assert abs(shown.red() - int(expected[0])) < 24


def test_compact_rows_stay_small(found):
    found.set_compact(True)
    assert rect_of(found, "ganspace-0").height() == 58
    assert found.panel.view.editor.slider.isVisible()
    assert not found.panel.chips.isVisible()
    found.set_compact(False)
    assert rect_of(found, "ganspace-0").height() == pytest.approx(136, abs=1)


def test_a_direction_that_is_revealed_drops_what_hides_it(qtbot, found):
    found.panel.search.setText("PCA")
    found.panel.reveal("sefa-5")
    assert found.panel.view.current == "sefa-5"
    assert found.panel.search.text() == ""


def test_tab_order_does_not_trap_the_keyboard(qtbot, found):
    view = found.panel.view
    view.editor.slider.setFocus()
    qtbot.keyClick(view.editor.slider, Qt.Key.Key_Backtab, Qt.KeyboardModifier.ShiftModifier)
    assert QApplication.focusWidget() is not view.editor.slider
    assert not isinstance(QApplication.focusWidget(), type(view))


def test_bands_and_films_of_directions_that_turned_are_asked_for_again(found, client, qtbot):
    board = found.board
    picture = board.document.picture
    client.bands_ready.emit(picture, fakes.bands(["sefa-1", "sefa-2"]))
    for id in ("sefa-1", "sefa-2"):
        client.film_ready.emit(picture, fakes.film(id, 3))
    same = board.direction("sefa-2")
    others = [d for d in fakes.direction_set().directions if d.id != "sefa-2"]
    client.directions_ready.emit(replace(fakes.direction_set(), directions=(*others, same)))
    assert set(board.bands) == {"sefa-2"}
    assert not board.films.fresh("sefa-1", 3, picture)
    assert board.films.fresh("sefa-2", 3, picture)


def test_a_rejected_direction_leaves_the_list(found, client, qtbot):
    found.board.commands.toggle_reject("sefa-2")
    rows = found.panel.view.rows
    qtbot.waitUntil(lambda: not rows.index_of("sefa-2").isValid())
    found.board.commands.toggle_reject("sefa-2")
    qtbot.waitUntil(lambda: rows.index_of("sefa-2").isValid())


def test_a_row_that_is_shown_larger_elsewhere_gets_the_frames_of_both(found):
    small = next(id for id, count in found.panel.wanted_films().items() if count == 3)
    found.panel.others = lambda: {small: 7, "elsewhere": 3}
    assert found.panel.wanted_films()[small] == 7
    assert found.panel.wanted_films()["elsewhere"] == 3
