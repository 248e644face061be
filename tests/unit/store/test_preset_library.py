"""The library of presets: nothing of anybody's is lost, whoever else writes to the folder."""

import os
import threading
from dataclasses import replace
from pathlib import Path

import pytest

from latentstudio.core import files
from latentstudio.core.errors import FileError, LatentStudioError
from latentstudio.core.progress import run
from latentstudio.exchange.presets import read_preset, write_preset
from latentstudio.session.preset_saving import write_new
from latentstudio.store import preset_stars
from latentstudio.store.preset_cards import read_card
from latentstudio.store.preset_library import (
    PresetLibrary,
    add_copy,
    bring_back,
    home,
    rename,
    sweep_trash,
    throw_away,
)
from tests.unit.exchange.presets.test_looks import one_look
from tests.unit.exchange.presets.test_round_trip import png


@pytest.fixture
def shared(tmp_path):
    folder = tmp_path / "shared"
    folder.mkdir()
    return folder


def listed(library, *folders):
    found = run(library.scan(folders))
    return {card.name: card for card in found.cards}, found.missing


def named(path, name, **more):
    found = one_look(author="Ada", notes="Warm", tags=("face",), licence="CC0-1.0")
    useful = more.get("useful", [-1.5, 2.0])
    told = tuple(replace(one, measured={"useful": useful}) for one in found.directions)
    found = replace(found, name=name, directions=told)
    write_preset(found, path, more.get("previews", {}))
    return path


def test_a_card_tells_what_a_preset_is(shared):
    path = named(shared / "a.lpreset", "Evening", previews={"look-1": png(9, 3), "a": png(3, 3)})
    cards, _ = listed(PresetLibrary(), shared)
    card = cards["Evening"]
    assert (card.path, card.author, card.licence, card.notes) == (path, "Ada", "CC0-1.0", "Warm")
    assert [(row.name, row.kind) for row in card.directions] == [
        ("Smile", "linear"),
        ("Mouth", "local"),
    ]
    assert card.directions[0].useful == (-1.5, 2.0)
    assert card.looks[0].edits == (("Mouth", 1.5), ("Smile", -1.0))
    assert card.strip == png(9, 3)
    assert card.shared
    assert not card.problem


@pytest.mark.parametrize("useful", [None, [], [1], [2, 1], ["a", "b"], [[1], [2]], [True, 2]])
def test_a_stranger_s_useful_range_may_be_anything(shared, useful):
    path = named(shared / "a.lpreset", "Evening", useful=useful)
    assert read_card(path).directions[0].useful is None


def test_what_can_t_be_read_says_so_and_the_others_are_shown(shared):
    named(shared / "a.lpreset", "Evening")
    (shared / "b.lpreset").write_bytes(b"half of")
    (shared / ".c.lpreset.tmp").write_bytes(b"")
    (shared / "notes.txt").write_text("")
    cards, missing = listed(PresetLibrary(), shared)
    assert sorted(cards) == ["Evening", "b"]
    assert "a zip file" in cards["b"].problem
    assert missing == ()


def test_only_what_has_changed_is_read_again(shared, monkeypatch):
    library = PresetLibrary()
    first = named(shared / "a.lpreset", "One")
    named(shared / "b.lpreset", "Two")
    listed(library, shared)
    opened = []
    plain = files.open_file
    monkeypatch.setattr(
        "latentstudio.exchange.bounded_zip.open_file",
        lambda path: opened.append(path) or plain(path),
    )
    named(first, "Other")
    os.utime(first, (1, 1))
    assert sorted(listed(library, shared)[0]) == ["Other", "Two"]
    assert set(opened) == {first}


def test_a_folder_that_vanished_shows_what_was_known(shared):
    library = PresetLibrary()
    named(shared / "a.lpreset", "Evening")
    listed(library, shared)
    shared.rename(shared.with_name("elsewhere"))
    cards, missing = listed(library, shared)
    assert list(cards) == ["Evening"]
    assert missing == (shared,)
    shared.with_name("elsewhere").rename(shared)
    assert listed(library, shared)[1] == ()


def test_a_new_name_is_one_for_the_file_too(shared):
    path = named(shared / "a.lpreset", "Evening", previews={"a": png(3, 3)})
    preset_stars.star(path, True)
    named(shared / "Dawn.lpreset", "Other")
    became = rename(path, "Dawn")
    assert became.name == "Dawn 2.lpreset"
    cards, _ = listed(PresetLibrary(), shared)
    assert sorted(cards) == ["Dawn", "Other"]
    assert cards["Dawn"].starred
    assert list(cards["Dawn"].previews) == ["a"]
    assert sorted(p.name for p in shared.iterdir()) == ["Dawn 2.lpreset", "Dawn.lpreset"]
    assert rename(became, "Dawn 2") == became
    assert read_preset(became).looks == one_look().looks


def test_trash_and_back(shared):
    path = named(shared / "a.lpreset", "Evening")
    whole = path.read_bytes()
    thrown = throw_away(path)
    assert not path.exists()
    assert bring_back(thrown) == path
    assert path.read_bytes() == whole
    assert not thrown.place.exists()
    thrown = throw_away(path)
    named(path, "Newer")
    assert bring_back(thrown).name == "a 2.lpreset"
    assert read_preset(path).name == "Newer"
    with pytest.raises(FileError, match="can't be read"):
        bring_back(thrown)


def test_trash_is_emptied_after_thirty_days(shared):
    thrown = throw_away(named(shared / "a.lpreset", "Evening"))
    now = thrown.place.stat().st_mtime
    assert sweep_trash(now + 29 * 24 * 3600) == 0
    assert sweep_trash(now + 31 * 24 * 3600) == 1


def test_two_studios_that_save_one_name_both_keep_theirs(shared):
    found, made = one_look(), []
    gate = threading.Barrier(4)

    def studio():
        gate.wait()
        made.extend(write_new(found, shared) for _ in range(5))

    threads = [threading.Thread(target=studio) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(made)) == 20
    assert sorted(made) == sorted(shared.iterdir())
    assert {read_preset(path).name for path in made} == {"Mine"}


def test_stars_stay_at_home(shared):
    path = named(shared / "a.lpreset", "Evening")
    preset_stars.star(path, True)
    assert [p.name for p in shared.iterdir()] == ["a.lpreset"]
    assert listed(PresetLibrary(), shared)[0]["Evening"].starred
    preset_stars.star(path, False)
    assert not listed(PresetLibrary(), shared)[0]["Evening"].starred


def test_a_copy_goes_into_the_user_s_own(shared):
    path = named(shared / "a.lpreset", "Evening")
    assert add_copy(path, home()) == home() / "a.lpreset"
    assert not listed(PresetLibrary())[0]["Evening"].shared


def test_a_read_only_folder_keeps_what_it_has(shared, monkeypatch):
    path = named(shared / "a.lpreset", "Evening")
    whole = path.read_bytes()

    def closed(*_args, **_kwargs):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("latentstudio.core.files.tempfile.mkstemp", closed)
    monkeypatch.setattr("latentstudio.store.preset_library.shutil.move", closed)
    for attempt in (
        lambda: rename(path, "B"),
        lambda: throw_away(path),
        lambda: write_new(one_look(), shared),
    ):
        with pytest.raises(LatentStudioError, match=r"can't be .* \(permission denied\)"):
            attempt()
    assert path.read_bytes() == whole
    assert list(shared.iterdir()) == [path]


def test_a_full_disk_keeps_what_it_has(shared, monkeypatch):
    path = named(shared / "a.lpreset", "Evening")
    whole = path.read_bytes()

    def full(*_args, **_kwargs):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    monkeypatch.setattr("latentstudio.core.files.os.fsync", full)
    for attempt in (
        lambda: rename(path, "B"),
        lambda: rename(path, "a"),
        lambda: add_copy(path, shared),
        lambda: write_new(one_look(), shared),
    ):
        with pytest.raises(LatentStudioError, match="disk is full"):
            attempt()
    assert path.read_bytes() == whole
    assert list(shared.iterdir()) == [path]


def test_a_folder_that_vanished_is_not_made_anew(shared, tmp_path):
    """Where a disk was mounted an empty folder must not take its presets."""
    shared.rmdir()
    with pytest.raises(FileError, match="The folder shared is not reachable: nothing was saved"):
        write_new(one_look(), shared)
    assert not shared.exists()
