"""A preset saved here opens in a second home, and gives the same pixels there, by hash."""

import hashlib
import shutil
import time

import numpy as np
import pytest
from PIL import Image
from PySide6.QtTest import QTest

from latentstudio.app.main import open_window
from latentstudio.cli.main import main as cli
from latentstudio.core import paths
from latentstudio.document import commands
from latentstudio.document.region_commands import set_local_amount
from latentstudio.document.start import Seed
from latentstudio.document.state import MaskUse
from latentstudio.exchange.presets.checking import check_preset
from latentstudio.store.preset_library import home
from tests.e2e.hands import Hands, close, rest, wait
from tests.e2e.test_studio_vectors import drop

SEED = 591
LOCAL = "local-mouth"


def digest(pixels):
    return hashlib.sha256(np.ascontiguousarray(pixels).tobytes()).hexdigest()


def edited(studio):
    """A few edits: on the shell, one of them within a painted mask; the pixels."""
    mask = np.zeros((16, 16), np.float32)
    mask[9:13, 4:12] = 1
    use = MaskUse(studio.client.assets.put(mask), 0.02)
    ids = {studio.board.name(one.id): one.id for one in studio.board.directions}
    do = studio.history.do
    do(commands.set_seed(SEED))
    do(commands.set_walk("preserve"))
    do(commands.set_amount(ids["Hair colour"], -1.5))
    do(set_local_amount(ids["Smile"], 2.0, use))
    do(commands.set_amount("sefa-2", 1.25))
    do(commands.set_layers("sefa-2", (0, 3)))
    return studio.settle()


def saved(studio, name):
    """Save everything by the card; the file."""
    told = []
    studio.client.presets.saved.connect(lambda path, _: told.append(path))
    window = studio.window
    window.actions_["save-preset"].trigger()
    card = window.parts.save_card
    assert card.isVisible()
    card.name.setText(name)
    card.author.setText("Ada")
    card.tags.setText("mood, face,mood")
    card.notes.setPlainText("Warm.")
    card.licence.setCurrentText("CC BY 4.0")
    studio.press(card.save)
    wait(lambda: told, "the preset")
    assert not card.isVisible()
    return home() / f"{name}.lpreset"


@pytest.fixture
def elsewhere(tmp_path, monkeypatch, warm_cache):
    """Moves to another home, as on another computer."""

    def move():
        monkeypatch.setenv("LATENTSTUDIO_HOME", str(tmp_path / "second"))
        shutil.copytree(warm_cache, paths.cache_dir())
        assert not paths.data_dir().exists()

    return move


def test_a_look_gives_the_same_pixels_in_a_second_home(studio, opened, elsewhere, tmp_path):
    wanted = edited(studio)
    path = saved(studio, "Round and warm")
    checked = check_preset(path)
    assert checked.remarks == ()
    found = checked.found
    assert (found.author, found.licence, found.notes) == ("Ada", "CC BY 4.0", "Warm.")
    assert found.tags == ("mood", "face")
    assert len(found.looks[0].edits) == 3
    assert checked.previews.keys() == {*(d.id for d in found.directions), found.looks[0].id}
    low, high = found.directions[0].measured["useful"]
    assert low < 0 < high
    sent = shutil.copy(path, tmp_path / "sent.lpreset")
    elsewhere()
    other = opened()
    other.ready()
    other.history.do(commands.set_seed(SEED))
    start = other.settle()
    drop(other, sent)
    wait(lambda: other.picture.edits, "the look")
    assert digest(other.settle()) == digest(wanted)
    assert other.history.undo_label == "look Round and warm"
    assert digest(other.undo()) == digest(start)
    argv = ["render", "portraits", "--seeds", SEED, "--preset", sent, "--look", "Round and warm"]
    out = tmp_path / "drawn"
    assert cli([str(part) for part in (*argv, "--format", "png", "--output", out)]) == 0
    (picture,) = out.glob("*.png")
    assert digest(np.asarray(Image.open(picture).convert("RGB"))) == digest(wanted)


def test_a_preset_that_the_desktop_opens_waits_for_the_model(qapp, warm_home, studio, tmp_path):
    edited(studio)
    path = saved(studio, "Evening")
    wanted = studio.pixels
    close(studio)
    studio.window = None
    window, wiring = open_window([str(path)], time.monotonic())
    hands = Hands(window, wiring)
    QTest.qWaitForWindowActive(window)
    wiring.start()
    try:
        wait(lambda: hands.history.undo_label == "look Evening", "the look")
        assert hands.picture.start == Seed(SEED)
        assert digest(hands.settle()) == digest(wanted)
    finally:
        close(hands)


def test_the_panel_finds_renames_throws_away_and_brings_back(studio, tmp_path):
    edited(studio)
    path = saved(studio, "Evening")
    window = studio.window
    window.side.show_panel("presets")
    panel = window.parts.presets
    wait(lambda: panel.card is not None, "the card")
    assert panel.details.fit.text() == "Same model: fits"
    panel._asks.toggle_star(panel.card)
    wait(lambda: panel.card.starred, "the star")
    studio.client.presets.rename(path, "Dawn")
    wait(lambda: panel.card is not None and panel.card.name == "Dawn", "the new name")
    assert panel.card.starred
    panel._asks.throw_away(panel.card)
    wait(lambda: panel.filter.rowCount() == 0, "the trash")
    (toast,) = [one for one in window.toasts.toasts if "trash" in one.text]
    toast.findChild(type(panel.add)).click()
    wait(lambda: panel.filter.rowCount() == 1, "what was thrown away")
    shared = tmp_path / "shared"
    shared.mkdir()
    panel._asks.watch(str(shared))
    rest(200)
    shutil.copy(home() / "Dawn.lpreset", shared / "theirs.lpreset")
    wait(lambda: panel.filter.rowCount() == 2, "what another studio saved")
    assert window.preferences.now.preset_folders == (str(shared),)
