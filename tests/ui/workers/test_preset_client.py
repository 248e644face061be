"""The library of presets off the GUI thread: no model and no engine is needed for it."""

import numpy as np
import pytest

from latentstudio.exchange.presets import write_preset
from latentstudio.store.preset_library import home
from latentstudio.workers.studio_client import StudioClient
from tests.unit.exchange.presets.test_looks import one_look

WAIT = 30_000


@pytest.fixture
def client(qapp):
    made = StudioClient()
    made.notices, made.exported = [], []
    made.notice.connect(lambda kind, text: made.notices.append((kind, text)))
    made.presets.exported.connect(lambda *told: made.exported.append(told))
    yield made
    assert made.close()


@pytest.fixture
def preset(private_home):
    path = home() / "Mine.lpreset"
    write_preset(one_look(), path)
    return path


def test_every_change_lists_the_library_anew(client, preset, qtbot):
    presets = client.presets
    with qtbot.waitSignal(presets.listed, timeout=WAIT) as listed:
        presets.refresh()
    assert [card.name for card in listed.args[0].cards] == ["Mine"]
    for change, name, starred in (
        (lambda: presets.star(preset, True), "Mine", True),
        (lambda: presets.rename(preset, "Yours"), "Yours", True),
    ):
        with qtbot.waitSignal(presets.listed, timeout=WAIT) as listed:
            change()
        (card,) = listed.args[0].cards
        assert (card.name, card.starred) == (name, starred)
    with qtbot.waitSignal(presets.thrown_away, timeout=WAIT) as thrown:
        presets.throw_away(card.path)
    presets.bring_back(thrown.args[0])
    qtbot.waitUntil(card.path.is_file, timeout=WAIT)
    presets.add(str(card.path))
    qtbot.waitUntil((home() / "Yours 2.lpreset").is_file, timeout=WAIT)


def test_directions_are_exported_for_other_programs(client, preset, tmp_path, qtbot):
    for form in ("npy", "safetensors"):
        with qtbot.waitSignal(client.presets.exported, timeout=WAIT):
            client.presets.export(preset, form, str(tmp_path / form))
    assert np.load(tmp_path / "npy" / "directions-w.npy").shape == (2, 4)
    assert (tmp_path / "safetensors" / "directions.safetensors").is_file()
    with qtbot.waitSignal(client.presets.exported, timeout=WAIT) as told:
        client.presets.share(preset, str(tmp_path))
    assert told.args[0] == str(tmp_path / "Mine.lpreset")
    with qtbot.waitSignal(client.notice, timeout=WAIT):
        client.presets.export(preset, "warpedganspace", str(tmp_path / "w"))
    assert client.notices[-1][0] == "error"
    assert not (tmp_path / "w").exists()


def test_what_fails_is_told_in_one_sentence(client, preset, qtbot):
    preset.unlink()
    with qtbot.waitSignal(client.notice, timeout=WAIT):
        client.presets.rename(preset, "Other")
    assert client.notices == [("error", f"There is no preset at {preset}. Check the path.")]
