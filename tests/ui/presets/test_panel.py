"""What the library of presets shows and asks for."""

from dataclasses import replace
from pathlib import Path

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from latentstudio.document.looks import Look
from latentstudio.document.state import Edit
from latentstudio.exchange.import_options import NOTHING
from latentstudio.session.import_messages import ForeignPreset
from latentstudio.store.preset_inside import Inside
from latentstudio.store.preset_library import Listing, Trashed
from latentstudio.ui.presets import foreign
from latentstudio.ui.presets.cards import TAG
from tests.ui.window.test_drops import drop


def names(panel):
    return [panel.filter.index(row, 0).data() for row in range(panel.filter.rowCount())]


def choose(panel, name):
    card = next(one for one in panel.model.cards if one.name == name)
    panel.cards.choose(card.path)
    return card


def test_starred_first_then_by_name_and_tags_once(panel):
    assert names(panel) == ["Too large", "Basics", "Broken", "Old masters"]
    assert list(panel.chips._chips) == ["all", "starred", "shared", "tag:mood", "tag:face"]
    panel.chips.choose(f"{TAG}mood")
    assert names(panel) == ["Basics", "Old masters"]
    panel.chips.choose("shared")
    assert names(panel) == ["Old masters"]
    panel.chips.choose("all")
    panel.filter.sort_by("newest")
    assert names(panel)[:2] == ["Too large", "Old masters"]


def test_search_finds_authors_and_what_is_inside(panel):
    for words, found in (("mira", ["Basics"]), ("smile evening", ["Basics"]), ("zzz", [])):
        panel.search.setText(words)
        assert names(panel) == found
    assert panel.tools.empty.text() == "No preset has these words."
    assert not panel.add.isEnabled()


def test_what_fits_is_said_and_what_does_not_is_refused_with_the_numbers(panel):
    said = {
        "Basics": ("Same model: fits", True, "Add to list"),
        "Old masters": ("It was made for another model: try it.", True, "Add to list"),
        "Too large": ("Its directions have 512 numbers in W; this model has 256.", False, None),
    }
    for name, (words, usable, verb) in said.items():
        choose(panel, name)
        assert panel.details.fit.text() == words
        assert panel.add.isEnabled() == usable
        assert verb in (None, panel.add.text())
    choose(panel, "Broken")
    assert panel.details.notes.text() == "Broken.lpreset is damaged."
    assert not panel.share.isEnabled()


def test_adding_and_applying_ask_for_the_file(panel, client):
    card = choose(panel, "Basics")
    panel.add.click()
    panel.apply.click()
    asked = [one for one in client.asked if one[0] == "import"]
    assert asked == [
        ("import", str(card.path), None, None),
        ("import", str(card.path), None, "look-1"),
    ]
    choose(panel, "Old masters")
    assert not panel.apply.isEnabled()
    assert panel.apply.toolTip() == "There is no look in this preset."


def test_a_preset_of_another_model_is_tried_when_somebody_agrees(panel, client, monkeypatch):
    card = choose(panel, "Old masters")
    said = []

    def answer(agreed):
        return lambda *words: said.append(words) or agreed

    found = ForeignPreset(str(card.path), "<b>Old</b> masters", None)
    monkeypatch.setattr(foreign, "ask", answer(False))
    client.foreign_asked.emit(found)
    assert said[0][2] == "These directions were made for another model. Try them anyway?"
    assert not [one for one in client.asked if one[0] == "import"]
    monkeypatch.setattr(foreign, "ask", answer(True))
    client.foreign_asked.emit(found)
    client.foreign_asked.emit(found)  # once for a file
    assert len(said) == 2
    brought = ("import", str(card.path), NOTHING, None)
    assert [one for one in client.asked if one[0] == "import"] == [brought, brought]
    assert panel.details.fit.text() == "Made for another model; being tried on this one."
    client.model_closed.emit()
    assert panel.details.fit.text() != "Made for another model; being tried on this one."


def test_details_show_masks_and_points_once_they_are_read(panel, client, cards):
    path = replace(cards[0].directions[0], kind="rbf")
    bent = replace(path, id="e", kind="local")
    client.presets.listed.emit(Listing((replace(cards[0], directions=(path, bent)), *cards[1:])))
    card = choose(panel, "Basics")
    assert ("look_into", card.path) in client.presets.asked
    _, smile, region = panel.details.rows
    mask = np.zeros((4, 4), np.uint8)
    mask[2:] = 255
    for _ in range(2):  # it is read anew whenever the library is listed
        client.presets.inside.emit(Inside(card.path, {"d": mask}, {"d": 7, "e": 9}))
        assert smile.kind.text == "Path, 7 points"
        assert region.kind.text == "Region, path of 9 points"
    seen = smile.thumb.grab().toImage()
    assert [seen.pixelColor(14, y).red() for y in (4, 24)] == [0, 255]
    # What is read of another one is not shown here.
    choose(panel, "Old masters")
    client.presets.inside.emit(Inside(card.path, {"d": mask}, {"d": 7}))
    assert panel.details.rows[0].kind.text == "Straight"


def test_a_look_is_one_undo_step(window, client, history):
    history.do(lambda_edit())
    before = history.document
    look = Look("l", "Evening", (Edit("sefa-1", 2.0), Edit("ganspace-1", -1.0)), "preserve")
    client.look_brought.emit(look)
    assert history.document.picture.edits == look.edits
    assert history.document.picture.walk == "preserve"
    assert history.undo_label == "look Evening"
    history.undo()
    assert history.document == before


def lambda_edit():
    from latentstudio.document import commands

    return commands.set_amount("sefa-2", 1.0)


def test_keys_star_add_and_throw_away(panel, client):
    card = choose(panel, "Basics")
    for key in (Qt.Key.Key_Space, Qt.Key.Key_Delete):
        QTest.keyClick(panel.cards, key)
    assert client.presets.asked[-2:] == [("star", card.path, True), ("throw_away", card.path)]
    client.presets.thrown_away.emit(Trashed(card.path, card.path))
    toast = panel.window().toasts.toasts[-1]
    assert toast.text == "Basics is in the trash"
    toast.findChild(type(panel.add)).click()
    assert client.presets.asked[-1][0] == "bring_back"


def test_a_card_is_dragged_as_its_file(panel):
    card = choose(panel, "Basics")
    data = panel.filter.mimeData([panel.cards.currentIndex()])
    assert [url.toLocalFile() for url in data.urls()] == [str(card.path)]


def test_a_folder_that_is_not_reachable_is_said(panel, client, cards, tmp_path):
    client.presets.listed.emit(Listing(tuple(cards), (tmp_path / "studio",)))
    assert "The folder studio is not reachable." in panel.tools.missing.text()
    assert panel.tools.missing.isVisibleTo(panel)


def test_a_shared_folder_is_looked_at_again_without_moving_the_list(
    panel, client, cards, qtbot, tmp_path, monkeypatch
):
    shared = tmp_path / "studio"
    shared.mkdir()
    panel._asks.watch(str(shared))
    panel._watching._again.setInterval(20)
    listing = Listing(tuple(cards))
    client.presets.listed.emit(listing)
    client.presets.asked.clear()
    shared.rename(tmp_path / "away")  # of which no file system tells
    qtbot.waitUntil(lambda: bool(client.presets.asked), timeout=5000)
    resets = []
    panel.model.modelReset.connect(lambda: resets.append(1))
    client.presets.listed.emit(Listing(listing.cards, (shared,)))
    assert panel.tools.missing.isVisibleTo(panel)
    assert not resets
    client.presets.listed.emit(Listing(listing.cards[1:]))
    assert resets


def test_names_of_strangers_stay_plain(panel, client, tmp_path):
    from tests.ui.presets.conftest import card

    evil = card(tmp_path, "<b>Bold</b>\u202e", notes="<img src=x>", author="<i>")
    client.presets.listed.emit(Listing((evil,)))
    assert names(panel) == ["<b>Bold</b>?"]
    assert panel.details.notes.text() == "<img src=x>"
    assert panel.details.notes.textFormat() == Qt.TextFormat.PlainText
    assert "&lt;b&gt;" in panel.filter.index(0, 0).data(Qt.ItemDataRole.ToolTipRole)


def test_escape_and_the_cross_go_back_to_density(panel, window):
    QTest.keyClick(panel, Qt.Key.Key_Escape)
    upper = window.side.stacks()[0]
    assert upper.panel.id == "density"
    window.side.show_panel("presets")
    upper.close_whole.click()
    assert upper.panel.id == "density"
    assert not upper.close_whole.isVisibleTo(upper)


def test_presets_dropped_on_the_panel_are_copied_into_the_library(panel, window, client, tmp_path):
    path = str(tmp_path / "theirs.lpreset")
    Path(path).write_bytes(b"")
    drop(window, path, over=panel.details)
    assert client.presets.asked[-1] == ("add", path)
    assert not [one for one in client.asked if one[0] == "import"]
    drop(window, path)
    assert ("import", path) in client.asked
