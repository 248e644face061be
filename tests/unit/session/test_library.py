"""Directions a model starts with: named ones that ship, found ones, kept ones."""

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest

from latentstudio.core import paths
from latentstudio.core.errors import OptionError
from latentstudio.core.progress import run
from latentstudio.discovery import start
from latentstudio.exchange.presets import write_preset
from latentstudio.session import library
from latentstudio.store import cache


@pytest.fixture(scope="module")
def sefa(portraits):
    return run(start.discover(portraits, "sefa", ["count=3"]))


def test_the_second_time_nothing_is_computed(portraits, warm_cache, monkeypatch):
    monkeypatch.setenv("LATENTSTUDIO_HOME", str(warm_cache.parent))
    monkeypatch.setattr(library, "discover", _never)
    found = run(library.default_directions(portraits))
    assert {d.method for d in found.directions} == {"sefa", "ganspace", "dp-lase", "resefa"}
    assert all(np.linalg.norm(d.vector) == pytest.approx(1, abs=1e-5) for d in found.directions)


def test_a_damaged_cache_is_moved_aside_and_made_again(portraits, sefa, monkeypatch):
    monkeypatch.setattr(library, "DEFAULT_METHODS", ("sefa",))
    first = run(library.default_directions(portraits))
    kept = next(cache.folder(portraits.info.fingerprint).glob("sefa*.lpreset"))
    kept.write_bytes(b"nonsense")
    said: list[str] = []
    again = run(library.default_directions(portraits, said.append))
    assert "moved to" in said[0]
    assert len(said) == 1
    for one, other in zip(first.directions, again.directions, strict=True):
        np.testing.assert_array_equal(one.vector, other.vector)


def test_a_preset_that_ships_for_this_network_comes_first(portraits, sefa, tmp_path, monkeypatch):
    own = replace(sefa.directions[0], id="named-glasses", name="Glasses")
    other = replace(sefa.model, fingerprint="0" * 64)
    write_preset(replace(sefa, directions=(own,)), tmp_path / "presets" / "a.lpreset")
    write_preset(replace(sefa, model=other), tmp_path / "presets" / "b.lpreset")
    monkeypatch.setattr(paths, "resources_dir", lambda: tmp_path)
    monkeypatch.setattr(library, "DEFAULT_METHODS", ("sefa",))
    first = next(library.default_directions(portraits))
    assert [d.name for d in first.preview.directions] == ["Glasses"]
    at_once = library.known_directions(portraits)
    assert at_once is not None
    assert [d.name for d in at_once.directions] == ["Glasses"]
    names = [d.name for d in run(library.default_directions(portraits)).directions]
    assert names[:2] == ["Glasses", "SeFa 1"]
    kept = library.known_directions(portraits)
    assert kept is not None
    assert [d.name for d in kept.directions] == names


def test_an_unknown_method_gets_a_sentence(portraits):
    with pytest.raises(OptionError, match=r"Choose one of: .*sefa"):
        start.discover(portraits, "wishful")


def _never(*_: object):
    raise AssertionError("discovered again")


@pytest.mark.parametrize(
    ("pairs", "apart"), [([], 0.001), (["space=z"], 0.1), (["apart=0.1"], 0.1), (["apart=0"], 0.0)]
)
def test_dp_lase_weighs_different_changes_as_the_authors_do(portraits, pairs, apart):
    assert start.options_for("dp-lase", portraits.info, pairs).apart == apart


def test_what_needs_no_picture_is_there_at_once(portraits, monkeypatch):
    monkeypatch.setattr(portraits, "synthesize", _never)
    first = run(library.first_directions(portraits))
    assert {one.method for one in first.directions} == {"sefa"}
    monkeypatch.setattr(library, "discover", _never)  # the rest does not find it again
    assert len(run(library.first_directions(portraits))) == len(first)
    blind = SimpleNamespace(info=replace(portraits.info, abilities=frozenset()))
    assert run(library.first_directions(blind)) is None
