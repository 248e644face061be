"""A run that is closed, killed or breaks off can go on from its file."""

import errno
from pathlib import Path

import numpy as np
import pytest
import torch

from latentstudio.core.errors import FileError
from latentstudio.core.progress import run
from latentstudio.discovery import dp_lase, sefa
from latentstudio.discovery.checkpoints import checkpointed
from latentstudio.discovery.dp_lase import DpLaseOptions
from latentstudio.discovery.state import RunState
from latentstudio.discovery.training import DivergedError
from tests.toys.planted import PlantedGenerator

OPTIONS = DpLaseOptions(count=3, steps=8, layer="early", rate=0.01, batch=4)


def start(state=None):
    return dp_lase.discover(PlantedGenerator(), OPTIONS, state=state)


def advance(job, steps):
    """Drive a job until that many steps are done."""
    while True:
        step = next(job)
        if step.preview and step.preview.step == steps:
            return step


@pytest.fixture
def path(tmp_path):
    return tmp_path / "run.state"


def test_a_killed_run_goes_on_from_its_last_save(path):
    job = checkpointed(start(), path, every=3)
    advance(job, 5)
    state = RunState.load(path)  # as another process would find it now
    assert state.step == 3
    resumed = run(start(state))
    whole = run(start())
    for a, b in zip(resumed.directions, whole.directions, strict=True):
        np.testing.assert_array_equal(a.vector, b.vector)


def test_a_closed_run_is_saved_where_it_was(path):
    job = checkpointed(start(), path, every=3)
    advance(job, 5)
    job.close()
    assert RunState.load(path).step == 5


def test_a_finished_run_is_saved_too(path):
    found = run(checkpointed(start(), path, every=3))
    assert len(found) == 3
    assert RunState.load(path).step == 8


def test_time_is_enough_for_a_save(path):
    now = [0.0]
    job = checkpointed(start(), path, clock=lambda: now[0])
    advance(job, 2)
    assert not path.exists()
    now[0] = 61.0
    advance(job, 3)
    assert RunState.load(path).step == 3
    advance(job, 4)
    assert RunState.load(path).step == 3


def test_a_run_that_breaks_off_leaves_its_last_good_state(path):
    toy = PlantedGenerator()
    real = toy.features
    toy.features = lambda *a, **k: real(*a, **k) * (torch.nan if len(toy.calls) > 8 else 1.0)
    with pytest.raises(DivergedError):
        run(checkpointed(dp_lase.discover(toy, OPTIONS), path))
    assert RunState.load(path).step == 4


def test_a_full_disk_is_told_and_the_run_goes_on(path, monkeypatch):
    job = checkpointed(start(), path, every=2)
    advance(job, 3)
    before = path.read_bytes()

    def full(self, data):
        raise OSError(errno.ENOSPC, "full")

    monkeypatch.setattr(Path, "write_bytes", full)
    step = advance(job, 4)
    assert "disk is full" in step.message
    assert path.read_bytes() == before
    assert list(path.parent.iterdir()) == [path]
    monkeypatch.undo()
    advance(job, 6)
    assert RunState.load(path).step == 6


def test_an_unwritable_folder_does_not_stop_a_close(tmp_path):
    (tmp_path / "file").write_text("in the way")
    job = checkpointed(start(), tmp_path / "file" / "run", every=2)
    assert "can't be written" in advance(job, 2).message
    advance(job, 3)
    job.close()


def test_jobs_that_learn_nothing_pass_through(path):
    found = run(checkpointed(sefa.discover(PlantedGenerator(), sefa.SefaOptions(count=2)), path))
    assert len(found) == 2
    assert not path.exists()


def test_a_broken_file_is_not_taken_for_a_state(path):
    job = checkpointed(start(), path, every=2)
    advance(job, 2)
    path.write_bytes(path.read_bytes()[:-7])
    with pytest.raises(FileError, match="Start the run anew"):
        RunState.load(path)
