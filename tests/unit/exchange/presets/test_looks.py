"""Looks, notes and tags: whatever a set holds comes back, and what is wrong is refused."""

import json
import zipfile
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from latentstudio.core.errors import PresetError
from latentstudio.core.spaces import Space
from latentstudio.document.assets import digest_of_array
from latentstudio.document.direction import (
    ChannelGroups,
    CurvedPath,
    Direction,
    DirectionSet,
    Linear,
    Local,
    ModelKey,
)
from latentstudio.document.looks import Look
from latentstudio.document.state import Edit, MaskUse
from latentstudio.exchange.presets import read_header, read_preset, write_preset
from latentstudio.exchange.presets.archive import write_zip
from latentstudio.exchange.presets.checking import check_preset
from tests.unit.exchange.presets.test_round_trip import as_plain, png, unit

MASK = np.linspace(0, 1, 12, dtype=np.float32).reshape(3, 4)
DIGEST = digest_of_array(MASK)
MODEL = ModelKey("f" * 64, "stylegan2", 64, {"z": 6, "w": 4, "w+": 4})
PAYLOADS = {
    "linear": (Space.W, Linear(unit(4, seed=1))),
    "rbf": (
        Space.Z,
        CurvedPath(unit(6), np.ones((2, 6), np.float32), np.ones(2, np.float32),
                   np.ones(1, np.float32)),
    ),
    "channels": (Space.W, ChannelGroups(unit(4), np.array([0, 1, 1]), "b4", frozenset({1}))),
    "local": (Space.W, Local(unit(4, seed=2), DIGEST)),
}  # fmt: skip
TEXTS = st.text(st.characters(exclude_categories=("C",)), max_size=40)
NAMES = TEXTS.filter(bool)
RANGES = st.tuples(st.integers(0, 9), st.integers(0, 9)).map(sorted).map(tuple)
EDITS = st.builds(
    Edit,
    direction=st.just(""),
    amount=st.floats(-1e3, 1e3),
    on=st.booleans(),
    layers=st.none() | RANGES,
    off=st.none() | st.frozensets(st.integers(0, 5)),
    mask=st.none() | st.builds(MaskUse, st.just(DIGEST), st.floats(0, 1), st.booleans()),
)


@st.composite
def sets(draw):
    """A set of all that a preset may hold."""
    kinds = draw(st.lists(st.sampled_from(sorted(PAYLOADS)), min_size=1, max_size=5))
    directions = tuple(
        Direction(
            f"d-{n}",
            draw(TEXTS),
            *PAYLOADS[kind],
            unit=draw(st.floats(1e-3, 1e3)),
            low=draw(st.floats(-9, -1)),
            high=draw(st.floats(1, 9)),
            layers=draw(st.none() | RANGES),
            group=draw(TEXTS),
        )
        for n, kind in enumerate(kinds)
    )
    ids = draw(st.permutations([one.id for one in directions]))
    edits = tuple(replace(draw(EDITS), direction=id) for id in ids)
    walk = draw(st.sampled_from(["straight", "preserve", "geodesic"]))
    looks = (Look("look-1", draw(NAMES), edits, walk),) if draw(st.booleans()) else ()
    named = any(one.kind == "local" for one in directions)
    used = any(edit.mask is not None for look in looks for edit in look.edits)
    return DirectionSet(
        MODEL, directions, draw(TEXTS), draw(TEXTS), draw(TEXTS),
        {DIGEST: MASK} if named or used else {}, draw(TEXTS), tuple(draw(st.lists(NAMES))), looks,
    )  # fmt: skip


@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    derandomize=True,
)
@given(sets())
def test_whatever_a_set_holds_comes_back(tmp_path, found):
    path = tmp_path / "a.lpreset"
    write_preset(found, path)
    again = read_preset(path)
    assert as_plain(again) == as_plain(found)
    assert (again.looks, again.notes, again.tags) == (found.looks, found.notes, found.tags)
    assert {k: m.tolist() for k, m in again.masks.items()} == {
        k: m.tolist() for k, m in found.masks.items()
    }


def one_look(**more):
    directions = (
        Direction("a", "Smile", Space.W, PAYLOADS["linear"][1]),
        Direction("b", "Mouth", *PAYLOADS["local"]),
    )
    edits = (Edit("b", 1.5, mask=MaskUse(DIGEST, 0.02)), Edit("a", -1.0, layers=(0, 2)))
    look = Look("look-1", "Evening", edits, "preserve")
    return DirectionSet(MODEL, directions, "Mine", masks={DIGEST: MASK}, looks=(look,), **more)


def change_look(path, change):
    """Change what the manifest says of the first look."""
    with zipfile.ZipFile(path) as archive:
        entries = {name: archive.read(name) for name in archive.namelist()}
    said = json.loads(entries["manifest.json"])
    change(said["looks"][0])
    write_zip(path, {**entries, "manifest.json": json.dumps(said).encode()})


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda look: look.update(id="a"), "same id as something else"),
        (lambda look: look["edits"][0].update(direction="c"), "not there"),
        (lambda look: look["edits"][0].update(direction="a"), "not there"),
        (lambda look: look["edits"][0].update(amount=1e9), "looks"),
        (lambda look: look["edits"][0]["mask"].update(feather=-1), "feather"),
        (lambda look: look["edits"][0]["mask"].update(digest="0" * 64), "mask of a direction"),
        (lambda look: look.update(walk="run"), "walk"),
        (lambda look: look["edits"][1].update(layers=[3, 1]), "first to last"),
    ],
)
def test_looks_that_make_no_sense_are_refused(tmp_path, change, words):
    path = tmp_path / "a.lpreset"
    write_preset(one_look(), path)
    change_look(path, change)
    with pytest.raises(PresetError, match=words):
        read_preset(path)


def test_a_header_tells_of_a_preset_without_its_numbers(tmp_path):
    path = tmp_path / "a.lpreset"
    shown = {"look-1": png(9, 3), "a": png(5000, 1), "b": b"<svg>"}
    write_preset(one_look(notes="Kind\nand warm", tags=("face", "mood")), path, shown)
    said, previews = read_header(path)
    assert (said.name, said.notes, said.tags) == ("Mine", "Kind\nand warm", ("face", "mood"))
    assert list(previews) == ["look-1"]
    assert [len(look.edits) for look in said.looks] == [2]


def test_a_check_says_what_is_odd(tmp_path):
    path = tmp_path / "a.lpreset"
    found = one_look()
    long = replace(found.directions[0], payload=Linear(2 * unit(4, seed=1)), unit=2e5)
    odd = replace(
        found, model=replace(MODEL, fingerprint=""), directions=(long, found.directions[1])
    )
    write_preset(odd, path, {"gone": png(3, 1)})
    remarks = check_preset(path).remarks
    assert remarks == (
        "It does not say for which model it was made.",
        "Smile has a vector of length 2, so that its unit means something else.",
        "1 of its previews belong to nothing in it.",
    )
    write_preset(found, path)
    assert check_preset(path).remarks == ()


def test_a_preview_of_a_giant_picture_is_refused_before_it_is_unpacked(tmp_path):
    path = tmp_path / "a.lpreset"
    write_preset(one_look(), path, {"a": png(4000, 4000)})
    with pytest.raises(PresetError, match="4,000 × 4,000 pixels"):
        check_preset(path)
