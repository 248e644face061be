"""The automatic search as a run: what it finds is shown, kept, and stays as the artist uses it."""

from dataclasses import replace

import pytest

from latentstudio.core.progress import Step
from latentstudio.core.progress import run as to_end
from latentstudio.document.direction import DirectionSet, ModelKey
from latentstudio.document.run_info import SEARCH
from latentstudio.engine.device import device_words
from latentstudio.evaluate.contestants import random_directions
from latentstudio.render.renderer import Renderer
from latentstudio.session import live_search
from latentstudio.session.directions import Directions
from latentstudio.session.live_runs import LiveRuns
from latentstudio.session.opening import OpenModel, Origin
from latentstudio.store import paces, run_files
from latentstudio.store.assets import DiskAssets
from tests.toys.planted import PlantedGenerator


@pytest.fixture
def toy():
    return PlantedGenerator()


@pytest.fixture
def runs(toy):
    model = OpenModel(Origin("toy", "", "", toy), toy, Renderer(toy))
    directions = Directions(lambda: model, DiskAssets(), print)
    directions.add(model, random_directions(toy, 2, 3))
    return LiveRuns(lambda: model, directions, print)


def found(toy, *names):
    rows = random_directions(toy, 8, 0).directions
    them = [replace(rows[int(name[-1])], id=f"auto-{name}", name=name) for name in names]
    return DirectionSet(ModelKey.of(toy.info), tuple(them))


@pytest.fixture
def search(toy, monkeypatch):
    """A search that shows two sets; the second has dropped one and put another first."""
    first, second = found(toy, "a1", "a2"), found(toy, "b3", "a1")

    def find(generator, wish, predictor):
        yield Step(0.1, "first")
        yield Step(0.4, "one", first)
        yield Step(0.8, "two", second)
        return second

    monkeypatch.setattr(live_search, "find", find)
    return run_files.new_run(toy.info.fingerprint, SEARCH, {}, 0)


def ids(found):
    return [one.id for one in found.directions]


def test_what_it_drops_goes_and_the_best_come_first_after_what_was_there(runs, search):
    job, shown = runs.run(search), []
    while True:
        try:
            step = next(job)
        except StopIteration as stop:
            last = stop.value
            break
        if step.preview is not None:
            shown.append(ids(step.preview.found))
    before = ["random-0", "random-1"]
    assert shown == [
        [*before, "auto-run1-a1", "auto-run1-a2"],
        [*before, "auto-run1-b3", "auto-run1-a1"],
    ]
    assert ids(last) == shown[-1]
    ours = last.directions[-1]
    assert (ours.group, ours.provenance.run, ours.method) == ("Found", "auto-run1", "random")


def test_what_the_artist_uses_stays_though_it_is_a_double(runs, search):
    last = to_end(runs.run(search, lambda: frozenset({"auto-run1-a2"})))
    assert set(ids(last)) >= {"auto-run1-a2", "auto-run1-b3", "auto-run1-a1"}


def test_closed_in_the_middle_it_has_kept_what_it_found_and_waits_for_nobody(runs, search, toy):
    job = runs.run(search)
    while next(job).preview is None:
        pass
    job.close()
    (kept,) = run_files.found_earlier(toy.info.fingerprint)
    assert ids(kept) == ["auto-run1-a1", "auto-run1-a2"]
    assert run_files.paused_runs(toy.info.fingerprint) == ()
    again = run_files.new_run(toy.info.fingerprint, SEARCH, {}, 0)
    assert again.number == 2
    nothing = runs.run(again)
    next(nothing)
    nothing.close()
    assert len(run_files.found_earlier(toy.info.fingerprint)) == 1


def test_stopped_it_ends_with_what_it_has_and_discarded_with_nothing(runs, search, toy):
    job = runs.run(search)
    while next(job).preview is None:
        pass
    to_end(runs.stop(search.key))
    assert ids(to_end(job))[-2:] == ["auto-run1-a1", "auto-run1-a2"]
    left = to_end(runs.discard(search.key))
    assert ids(left) == ["random-0", "random-1"]
    assert run_files.found_earlier(toy.info.fingerprint) == []


def test_it_remembers_how_long_it_took(runs, search, toy):
    to_end(runs.run(search))
    assert SEARCH in paces.kept(toy.info.fingerprint, device_words(toy.device))
