"""Strength and locality, on a generator where both can be counted."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from latentstudio.core.progress import run
from latentstudio.core.spaces import Space
from latentstudio.document import groups
from latentstudio.document.digest import digest_of
from latentstudio.document.direction import (
    ChannelGroups,
    CurvedPath,
    Direction,
    Linear,
    Local,
    Provenance,
)
from latentstudio.engine.head_fitting import fit_heads
from latentstudio.engine.layer_times import measure_layers
from latentstudio.evaluate import effects
from latentstudio.evaluate.effects import change, measure
from latentstudio.render.coarse import CoarsePreviews, TimedHead
from latentstudio.session.library import default_directions
from latentstudio.store import cache
from tests.toys.planted import GAIN, PIXELS, PlantedGenerator


@pytest.fixture
def toy():
    return PlantedGenerator(quiet=True)


@pytest.fixture
def axes(toy):
    """The planted axes, the weakest first."""
    return [
        Direction(f"p{k}", f"P {k}", Space.Z, Linear(toy.axes[k].numpy()), 0.1)
        for k in (3, 2, 1, 0)
    ]


def test_locality_is_the_share_of_the_picture_that_stands_still(toy, axes):
    found = run(measure(toy, axes)).known
    for k, pixels in enumerate(PIXELS):
        # A third of an axis's pixels in each channel, and all of them change alike.
        assert found[f"p{k}"].locality == pytest.approx(1 - pixels / 3 / 64, abs=1e-5)


def test_strength_is_the_mean_change_over_the_range(toy, axes):
    found = run(measure(toy, axes)).known
    for k, pixels in enumerate(PIXELS):
        here = (toy.sample_z(effects.SEEDS) @ toy.axes[k])[:, None] + torch.tensor([-0.1, 0, 0.1])
        shades = torch.tanh(GAIN * here)
        moved = (shades[:, [0, 2]] - shades[:, 1:2]).abs().mean().item()
        assert found[f"p{k}"].strength == pytest.approx(moved * pixels / 192 / 2, rel=1e-4)
    assert [one.strength for one in found.values()] == sorted(o.strength for o in found.values())


def test_a_change_of_one_pixel_and_of_all_alike_and_of_none():
    before = torch.zeros(1, 3, 8, 8)
    one, every = before.clone(), before + 0.5
    one[..., 2, 3] = 1.0
    assert change(before, one).locality == pytest.approx(1 - 1 / 64)
    assert change(before, one).strength == pytest.approx(1 / 64 / 2)
    assert change(before, every).locality == pytest.approx(0)
    assert change(before, every).strength == pytest.approx(0.25)
    assert change(before, before) == effects.Measure(0.0, 0.0)
    assert change(before + 1, before + 3).strength == 0  # whiter than white looks the same


def test_what_was_measured_is_kept_by_what_it_does_not_by_its_name(toy, axes):
    first = run(measure(toy, axes)).known
    toy.calls.clear()
    again = run(measure(toy, [replace(d, id=f"new-{d.id}", name="Other") for d in axes])).known
    assert toy.calls == []
    assert again["new-p0"] == first["p0"]
    turned = replace(axes[0], payload=Linear(-axes[0].vector), unit=0.2)
    assert run(measure(toy, [turned])).known["p3"].strength > 1.5 * first["p3"].strength
    path = cache.folder(toy.info.fingerprint) / "effects.json"
    path.write_bytes(b"\xff")
    assert run(measure(toy, axes[:1])).known["p3"] == first["p3"]


def test_a_stopped_measuring_keeps_what_it_has(toy, axes):
    job = measure(toy, axes)
    news = [next(job).preview for _ in range(9)]
    job.close()
    assert news[0].known == {}
    toy.calls.clear()
    run(measure(toy, axes[:2]))
    assert toy.calls == []


def test_one_that_does_not_fit_is_left_out(toy, axes):
    wrong = Direction("wrong", "Wrong", Space.Z, Linear(np.ones(5, np.float32)))
    assert set(run(measure(toy, [wrong, *axes[:1]])).known) == {"p3"}


def test_digests_tell_apart_what_does_other_things(axes):
    one = axes[0]
    groups_ = ChannelGroups(one.vector, np.zeros(4, int), "early")
    split = replace(one, payload=groups_)
    late = replace(groups_, layer="late")
    them = [one, replace(one, unit=2.0), replace(one, layers=(0, 1)), split,
            replace(split, payload=late), groups.with_off(split, frozenset({0})),
            replace(one, payload=CurvedPath(one.vector)),
            replace(one, payload=Local(one.vector))]  # fmt: skip
    assert len({digest_of(d) for d in them}) == len(them)
    assert digest_of(
        replace(one, measured={"loss": 1.0}, provenance=Provenance(seed=4))
    ) == digest_of(one)


def test_a_slow_model_is_measured_on_what_its_heads_show(portraits, monkeypatch):
    found = {one.tap: one for one in measure_layers(portraits).layers}
    (head,) = run(fit_heads(portraits, [found["b32.conv1"]], factor=2, pictures=32))
    coarse = CoarsePreviews([TimedHead(head, 64, 0.1)], 1.0, 32)
    monkeypatch.setattr(effects, "ENOUGH", 64)
    chosen = run(default_directions(portraits)).directions[:6]
    whole = run(measure(portraits, chosen)).known
    monkeypatch.setenv("LATENTSTUDIO_HOME", str(cache.folder("elsewhere")))
    with monkeypatch.context() as patched:
        patched.setattr(type(portraits), "synthesize", None)  # no whole picture is made
        seen = run(measure(portraits, chosen, coarse)).known
    for id in whole:
        assert seen[id].strength == pytest.approx(whole[id].strength, rel=0.35)
        assert seen[id].locality == pytest.approx(whole[id].locality, abs=0.15)
