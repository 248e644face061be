"""What looks at pictures looks at small ones of a large model, read in the middle of it."""

import dataclasses

import numpy as np
import pytest
import torch

from latentstudio.benchmark.random_model import random_generator
from latentstudio.core.progress import run
from latentstudio.core.spaces import Space
from latentstudio.discovery import dp_lase_subspace, latents, picture_ica, voynov_babenko
from latentstudio.discovery.dp_lase_subspace import SubspaceOptions
from latentstudio.discovery.picture_ica import PictureIcaOptions
from latentstudio.discovery.state import RunState
from latentstudio.discovery.voynov_babenko import VoynovOptions
from latentstudio.document.direction import Direction, Linear, Provenance

OPTIONS = VoynovOptions(count=4, steps=3, batch=4, reconstructor="lenet")


@pytest.fixture
def large(monkeypatch):
    """256 pixels, few channels."""
    monkeypatch.setattr(latents, "SAMPLES", 256)
    return random_generator(256, 1024, 16)


def played(model, options=OPTIONS, state=None):
    """Findings of each step."""
    job = voynov_babenko.discover(model, options, state=state)
    return [step.preview for step in job if step.preview]


def whole(model, monkeypatch):
    """Counts the whole pictures that are made from now on."""
    made, real = [], type(model).synthesize

    def counted(self, codes, *more, **named):
        made.append(len(codes))
        return real(self, codes, *more, **named)

    monkeypatch.setattr(type(model), "synthesize", counted)
    return made


@pytest.mark.parametrize("judge", ["lenet", "difference"])
def test_a_judge_sees_small_pictures_and_its_run_goes_on_exactly(large, monkeypatch, judge):
    made = whole(large, monkeypatch)
    options = dataclasses.replace(OPTIONS, reconstructor=judge)
    steps = played(large, options)
    assert not made
    state = RunState.from_bytes(steps[0].snapshot().to_bytes())
    assert state.tensors["module.early_weight"].shape[0] == 12
    job = voynov_babenko.discover(large, options)
    halfway = next(s.preview for s in job if s.preview).snapshot()
    rest = played(large, options, halfway)
    assert [one.losses for one in rest] == [one.losses for one in steps[1:]]


def test_the_judge_of_differences_reads_early_in_models_of_any_size(monkeypatch):
    monkeypatch.setattr(latents, "SAMPLES", 256)
    small = random_generator(64, 1024, 16)
    made = whole(small, monkeypatch)
    played(small, dataclasses.replace(OPTIONS, reconstructor="difference"))
    assert not made
    played(small)
    assert made


def test_whole_pictures_can_be_asked_for_and_old_runs_keep_them(large, monkeypatch):
    made = whole(large, monkeypatch)
    asked = dataclasses.replace(OPTIONS, looks_at="whole")
    first = next(s.preview for s in voynov_babenko.discover(large, asked) if s.preview)
    assert made == [1, 4]
    state = first.snapshot()
    old = {name: value for name, value in state.options.items() if name != "looks_at"}
    played(large, state=dataclasses.replace(state, options=old))
    assert made == [1, 4] * 3


def test_samples_are_read_early(large, monkeypatch):
    made = whole(large, monkeypatch)
    options = PictureIcaOptions(count=2, samples=64)
    look = run(picture_ica.looking(large))
    seen = run(picture_ica.sample(large, options, 0, look))
    assert (seen.pictures.shape, look.head.tap, made) == ((64, 3 * 32 * 32), "b16.conv1", [])
    torch.testing.assert_close(run(picture_ica.sample(large, options, 0)).pictures, seen.pictures)


def test_groups_compare_small_pictures(large):
    vector = np.zeros(512, np.float32)
    vector[0] = 1.0
    direction = Direction("x", "x", Space.W, Linear(vector), 1.0, provenance=Provenance("sefa"))
    options = SubspaceOptions(layer="b16.conv1", groups=2, steps=2, batch=2)
    seen, real = [], large.halfway

    def noted(codes, tap, *more, **named):
        seen.append(tap)
        return real(codes, tap, *more, **named)

    large.halfway = noted
    job = dp_lase_subspace.discover(large, options, direction=direction)
    steps = [step.preview for step in job if step.preview]
    assert seen[-4:] == ["b32.conv1"] * 4
    assert steps[-1].losses["picture"] > 0
