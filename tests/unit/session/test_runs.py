"""Runs that are kept on the disk: they go on exactly, and nothing of them is lost or left over."""

import shutil
from dataclasses import replace

import numpy as np
import pytest
import torch

from latentstudio.core import paths
from latentstudio.core.errors import FileError, OptionError, ResourceError
from latentstudio.core.progress import run as to_end
from latentstudio.core.spaces import Space
from latentstudio.discovery import checkpoints
from latentstudio.discovery import state as state_module
from latentstudio.discovery.training import DivergedError, Trainer
from latentstudio.document import groups
from latentstudio.document.direction import Direction, Linear
from latentstudio.document.findings import Findings
from latentstudio.engine.device import device_words
from latentstudio.render.pipeline import Move, Pipeline
from latentstudio.session.runs import LiveRun
from latentstudio.store import paces, run_files
from tests.toys.planted import PlantedGenerator

OPTIONS = {"count": 3, "steps": 6, "batch": 4}


@pytest.fixture
def toy():
    return PlantedGenerator()


@pytest.fixture
def often(monkeypatch):
    """A state after every step."""
    for name in ("FIRST_SECONDS", "SECONDS", "SHARE"):
        monkeypatch.setattr(checkpoints, name, 0)


def new(toy, seed=5, **options):
    return run_files.new_run(toy.info.fingerprint, "dp-lase", OPTIONS | options, seed)


def live(toy, run, report=lambda _: None):
    return LiveRun(toy, run, report)


def advance(job, steps):
    """Step a job until its run has done so many; the news of each."""
    news = []
    while not news or news[-1].run.step < steps:
        preview = next(job).preview
        if preview is not None:
            news.append(preview)
    return news


def finish(job, news):
    """The rest of the news, and the result."""
    while True:
        try:
            preview = next(job).preview
        except StopIteration as stop:
            return stop.value
        if preview is not None:
            news.append(preview)


def vectors(found):
    return {d.id: d.vector for d in found.directions}


def files(toy):
    return sorted(p.name for p in run_files.folder(toy.info.fingerprint).glob("*"))


def assert_same(found, expected):
    one, other = vectors(found), vectors(expected)
    assert one.keys() == other.keys()
    for id in one:
        np.testing.assert_array_equal(one[id], other[id])


def test_a_closed_run_goes_on_exactly_as_if_it_had_not_been(toy):
    straight: list = []
    expected = finish(live(toy, new(toy)).go(), straight)
    shutil.rmtree(paths.cache_dir())
    job = live(toy, new(toy)).go()
    advance(job, 2)
    job.close()
    (paused,) = run_files.paused_runs(toy.info.fingerprint)
    assert (paused.step, paused.steps, paused.method) == (2, 6, "dp-lase")
    rest: list = []
    found = finish(live(toy, paused).go(), rest)
    assert_same(found, expected)
    assert [n.losses for n in rest] == [n.losses for n in straight[2:]]
    assert [n.run.step for n in rest] == [3, 4, 5, 6]


def test_the_losses_before_a_pause_are_kept_with_the_run(toy):
    job = live(toy, new(toy)).go()
    seen = [n.losses["loss"] for n in advance(job, 2)]
    job.close()
    (paused,) = run_files.paused_runs(toy.info.fingerprint)
    assert paused.curve.steps == (1, 2)
    assert paused.curve.losses["loss"] == pytest.approx(seen, rel=1e-4)


def test_how_long_a_step_took_is_remembered(toy):
    to_end(live(toy, new(toy)).go())
    assert paces.kept(toy.info.fingerprint, device_words(toy.device))["dp-lase"] > 0


def test_a_killed_run_goes_on_from_the_last_state_on_the_disk(toy, often, tmp_path, monkeypatch):
    expected = to_end(live(toy, new(toy)).go())
    run = new(toy)
    assert run.number == 2
    job = live(toy, run).go()
    advance(job, 3)
    home = tmp_path / "after the kill"
    shutil.copytree(paths.cache_dir(), home / "cache")
    job.close()
    monkeypatch.setenv("LATENTSTUDIO_HOME", str(home))
    (paused,) = run_files.paused_runs(toy.info.fingerprint)
    assert paused.step == 3
    found = to_end(live(toy, paused).go())
    for one, other in zip(found.directions, expected.directions, strict=True):
        np.testing.assert_array_equal(one.vector, other.vector)


def test_a_pause_puts_the_very_step_on_the_disk(toy):
    run = live(toy, new(toy))
    job = run.go()
    advance(job, 2)
    assert run_files.paused_runs(toy.info.fingerprint) == ()  # it is at work
    assert run_files.kept_runs(toy.info.fingerprint)[0].step == 0
    run.save()
    assert run_files.kept_runs(toy.info.fingerprint)[0].step == 2
    job.close()
    assert run_files.paused_runs(toy.info.fingerprint)[0].step == 2


def test_a_run_that_ended_before_its_first_state_starts_again(toy):
    run = new(toy)
    assert [r.key for r in run_files.paused_runs(toy.info.fingerprint)] == [run.key]
    run_files.keep_record(toy.info.fingerprint, replace(run, step=4))  # its state was lost
    (offered,) = run_files.paused_runs(toy.info.fingerprint)
    assert offered.step == 0
    again = vectors(to_end(live(toy, offered).go()))
    fresh = vectors(to_end(live(toy, new(toy)).go()))
    for one, other in zip(again.values(), fresh.values(), strict=True):
        np.testing.assert_array_equal(one, other)


def test_a_state_of_another_model_is_refused_with_a_sentence(toy):
    job = live(toy, new(toy)).go()
    advance(job, 2)
    job.close()
    other = PlantedGenerator()
    other._info = replace(other.info, fingerprint="f" * 64)
    here, there = (run_files.folder(t.info.fingerprint) for t in (toy, other))
    shutil.copytree(here, there)
    (paused,) = run_files.paused_runs("f" * 64)
    with pytest.raises(OptionError, match="belongs to another model"):
        to_end(live(other, paused).go())


def test_a_damaged_state_gets_a_sentence_and_a_damaged_record_is_not_offered(toy):
    job = live(toy, new(toy)).go()
    advance(job, 1)
    job.close()
    (paused,) = run_files.paused_runs(toy.info.fingerprint)
    run_files.state_path(toy.info.fingerprint, paused.key).write_bytes(b"nonsense")
    with pytest.raises(FileError, match="not the saved state of a run"):
        to_end(live(toy, paused).go())
    record = run_files.folder(toy.info.fingerprint) / f"{paused.key}.json"
    for text in ('{"key": "../../x", "method": 3}', "[1", '{"key":"a","method":"b","step":-1}'):
        record.write_text(text)
        assert run_files.paused_runs(toy.info.fingerprint) == ()
    record.write_text('{"key": "../../x", "method": "dp-lase", "step": 1}')
    assert run_files.paused_runs(toy.info.fingerprint)[0].key == paused.key


def test_a_full_disk_is_said_once_and_the_run_goes_on(toy, often, monkeypatch):
    def full(*_):
        raise ResourceError("The disk is full: nothing was saved.")

    said: list[str] = []
    run = new(toy)
    monkeypatch.setattr(state_module, "write_bytes", full)
    found = to_end(live(toy, run, said.append).go())
    assert len(found) == 3
    assert said == [
        "DP-LaSE goes on, but can't be resumed after a restart. "
        "The disk is full: nothing was saved."
    ]


def test_what_cant_be_kept_as_a_preset_is_kept_as_a_state(toy, monkeypatch):
    def full(*_):
        raise ResourceError("The disk is full: nothing was saved.")

    said: list[str] = []
    with monkeypatch.context() as patch:
        patch.setattr(run_files, "write_preset", full)
        found = to_end(live(toy, new(toy), said.append).go())
    assert said == ["The disk is full: nothing was saved."]
    (paused,) = run_files.paused_runs(toy.info.fingerprint)
    assert paused.step == OPTIONS["steps"]
    assert_same(to_end(live(toy, paused).go()), found)
    assert files(toy) == ["dp-lase-run1.lpreset"]


def test_what_a_run_found_is_there_at_the_next_start_and_nothing_else_is_left(toy, often):
    found = to_end(live(toy, new(toy)).go())
    assert files(toy) == ["dp-lase-run1.lpreset"]
    (kept,) = run_files.found_earlier(toy.info.fingerprint)
    assert_same(kept, found)
    assert run_files.found_earlier("0" * 64) == []


def test_directions_carry_their_card(toy):
    first = to_end(live(toy, new(toy)).go())
    second = to_end(live(toy, new(toy, seed=9)).go())
    one = next(d for d in first.directions if d.name == "DP-LaSE 1")
    other = next(d for d in second.directions if d.name == "DP-LaSE 2·1")
    assert (one.id, other.id) == ("dp-lase-run1-0", "dp-lase-run2-0")
    assert (one.provenance.seed, other.provenance.seed) == (5, 9)
    assert other.group == "DP-LaSE, run 2"
    assert one.measured.keys() >= {"loss", "strength"}
    how = one.provenance
    assert (how.steps, how.run, how.number) == (6, "dp-lase-run1", 1)
    assert how.program
    assert how.seconds > 0
    assert {k: one.provenance.options[k] for k in OPTIONS} == OPTIONS


def test_stopping_keeps_what_is_found_and_discarding_keeps_nothing(toy):
    run = live(toy, new(toy))
    job = run.go()
    news = advance(job, 1)
    run.stop()
    assert_same(finish(job, []), news[0].found)
    assert files(toy) == ["dp-lase-run1.lpreset"]
    run = live(toy, new(toy))
    job = run.go()
    advance(job, 2)
    run.save()
    run.discard()
    job.close()
    assert files(toy) == ["dp-lase-run1.lpreset"]


def test_a_run_that_breaks_off_keeps_what_was_found_before(toy, monkeypatch):
    update = Trainer._update
    monkeypatch.setattr(Trainer, "_update", lambda t: update(t) if t.step < 2 else None)
    with pytest.raises(DivergedError, match="step 3"):
        to_end(live(toy, new(toy)).go())
    (kept,) = run_files.found_earlier(toy.info.fingerprint)
    assert kept.directions[0].provenance.steps == 2
    assert run_files.paused_runs(toy.info.fingerprint) == ()


def test_directions_settle_once_they_hardly_turn(toy, monkeypatch):
    monkeypatch.setattr("latentstudio.discovery.training.PROVISIONAL_SECONDS", -1.0)
    still: list = []
    finish(live(toy, new(toy, steps=12, rate=1e-8)).go(), still)
    assert [bool(n.settled) for n in still[:3]] == [False] * 3
    assert still[-1].settled == {f"dp-lase-run1-{k}" for k in range(3)}
    moving: list = []
    finish(live(toy, new(toy, steps=12, rate=0.8)).go(), moving)
    assert len(moving[-1].settled) < 3


def test_time_left_counts_the_steps_that_are_left(toy):
    news: list = []
    finish(live(toy, new(toy)).go(), news)
    assert news[-1].seconds_left == 0
    assert news[0].seconds_left == 0  # its time tells nothing yet
    assert all(n.seconds_left > 0 for n in news[1:-1])


def test_a_single_slow_step_hardly_changes_the_time_left(toy):
    run = live(toy, new(toy, steps=100))
    for step, took in enumerate((50.0, 1.0, 1.0, 11.0), 1):
        news = run._hear(Findings(step, 100, {}, None, lambda: None), took)
    assert news.seconds_left == pytest.approx((0.95 * 1.0 + 0.05 * 4.0) * 96)  # it counts as four


GROUPS = {"groups": 3, "steps": 6, "layer": "early"}


def split(toy, **options):
    """A run that splits the first planted axis into groups of channels."""
    axis = Direction("axis", "Axis", Space.Z, Linear(toy.axes[0].numpy()))
    of = (toy.info.fingerprint, "dp-lase-subspace", GROUPS | options, 5, "axis")
    return run_files.new_run(*of), axis


def test_a_direction_is_split_into_groups_and_the_run_goes_on_with_the_same_one(toy):
    run, axis = split(toy)
    straight: list = []
    expected = finish(LiveRun(toy, run, print, axis).go(), straight)
    shutil.rmtree(paths.cache_dir())
    job = LiveRun(toy, split(toy)[0], print, axis).go()
    advance(job, 2)
    job.close()
    (paused,) = run_files.paused_runs(toy.info.fingerprint)
    assert paused.of == "axis"
    rest: list = []
    found = finish(LiveRun(toy, paused, print, axis).go(), rest)
    assert [n.losses for n in rest] == [n.losses for n in straight[2:]]
    (one,) = found.directions
    assert one.id == "dp-lase-subspace-run1-axis-groups"
    assert (one.name, one.kind, one.provenance.of) == ("Axis", "channels", "axis")
    assert groups.groups(one) == (0, 1, 2)
    np.testing.assert_array_equal(one.payload.labels, expected.directions[0].payload.labels)
    kept = run_files.found_earlier(toy.info.fingerprint)[0].directions[0]
    np.testing.assert_array_equal(groups.labels(kept), groups.labels(one))
    model = Pipeline(toy)
    start = model.from_seeds([1])
    moved = model.apply(start, [Move(kept, 2.0, off=frozenset({0, 2}))])
    change = (model.images(moved) - model.images(start)).flatten()
    assert not change[groups.labels(kept) != 1].any()
    assert change[groups.labels(kept) == 1].any()


def test_a_run_whose_direction_is_gone_says_so(toy):
    run, _ = split(toy)
    with pytest.raises(OptionError, match="not there any more"):
        to_end(LiveRun(toy, run, print, None).go())
    with pytest.raises(OptionError, match="Choose the direction"):
        to_end(LiveRun(toy, replace(run, of=""), print, None).go())


def test_curved_paths_appear_and_turn_while_a_run_works(toy, monkeypatch):
    monkeypatch.setattr("latentstudio.discovery.training.PROVISIONAL_SECONDS", 0.0)
    options = {"count": 2, "dipoles": 2, "steps": 3, "batch": 4, "rate": 0.1}
    run = run_files.new_run(toy.info.fingerprint, "warpedganspace", options, 0)
    news: list = []
    found = finish(live(toy, run).go(), news)
    seen = [n.found for n in news]
    assert all(one is not None for one in seen)
    ids = {f"warpedganspace-run1-{k}" for k in range(2)}
    assert {d.name for d in found.directions} == {"Warped 1", "Warped 2"}
    again = finish(live(toy, replace(run, key="warpedganspace-run2", number=2)).go(), [])
    assert {d.name for d in again.directions} == {"Warped 2·1", "Warped 2·2"}
    assert all({d.id for d in one.directions} == ids for one in (*seen, found))
    first, last = (
        Pipeline(toy).apply(Pipeline(toy).from_seeds([0]), [Move(d, 3.0)]).codes
        for one in (seen[0], found)
        for d in one.directions
        if d.id.endswith("-0")
    )
    assert (first - last).norm() > 0.01
    kept = run_files.found_earlier(toy.info.fingerprint)[0]
    again = Pipeline(toy).apply(Pipeline(toy).from_seeds([0]), [Move(kept.directions[0], 3.0)])
    ours = Pipeline(toy).apply(Pipeline(toy).from_seeds([0]), [Move(found.directions[0], 3.0)])
    assert torch.equal(again.codes, ours.codes)
