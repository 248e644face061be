"""Names of planted directions: found, kept by what a direction does, and looked up again."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from latentstudio.core.progress import run
from latentstudio.core.spaces import Space
from latentstudio.document.digest import digest_of
from latentstudio.document.direction import Direction, Linear
from latentstudio.evaluate.effect_names import known_names, name_effects
from latentstudio.evaluate.measures import MEASURES
from latentstudio.evaluate.messages import EffectName
from latentstudio.store import cache, effect_names
from tests.toys.planted import PlantedGenerator


@pytest.fixture
def toy():
    return PlantedGenerator(quiet=True)


@pytest.fixture
def axes(toy):
    return [
        Direction(f"sefa-{k}", f"SeFa {k + 1}", Space.Z, Linear(toy.axes[k].numpy()), 0.5)
        for k in range(3)
    ]


def test_planted_directions_are_named_by_where_their_pixels_are(toy, axes):
    found = run(name_effects(toy, axes)).known
    # The strongest axis owns the upper rows of all channels, the next one those below.
    assert [found[f"sefa-{k}"].where for k in range(2)] == ["Top", "Middle"]
    turned = replace(axes[0], payload=Linear(-axes[0].vector))
    ways = found["sefa-0"].ways, run(name_effects(toy, [turned])).known["sefa-0"].ways
    assert set(ways) == {("lighter",), ("darker",)}


def test_names_are_kept_by_what_a_direction_does(toy, axes):
    assert known_names(toy, axes, None).known == {}
    first = run(name_effects(toy, axes)).known
    toy.calls.clear()
    again = [replace(one, id=f"new-{one.id}", name="Other") for one in axes]
    assert known_names(toy, again, None).known == {f"new-{id}": n for id, n in first.items()}
    assert run(name_effects(toy, again)).known["new-sefa-0"] == first["sefa-0"]
    assert toy.calls == []
    assert known_names(toy, axes, MEASURES).known == {}  # another reader, other names


def test_names_of_before_there_were_words_for_shapes_are_made_again(toy, axes):
    old = {digest_of(one): ((), "All over", ()) for one in axes}
    effect_names.keep(toy.info.fingerprint, "", old)
    assert known_names(toy, axes, None).known == {}
    assert run(name_effects(toy, axes)).known["sefa-0"].where == "Top"


def test_a_figure_that_moves_is_named_by_it(toy, axes, monkeypatch):
    """Pictures of a bar, as far to the right as the code goes along the first axis."""

    def bars(codes, *_, **__):
        centres = 31.5 + 3 * (codes.reshape(len(codes), -1) @ toy.axes[0])
        inside = ((torch.arange(64) - centres[:, None]).abs() < 6)[:, None, None]
        inside = inside.expand(-1, 3, 64, -1).clone()
        inside[:, :, :16], inside[:, :, -16:] = False, False
        return 2.0 * inside - 1.0

    monkeypatch.setattr(toy, "synthesize", bars)
    back = replace(axes[0], id="back", payload=Linear(-axes[0].vector))
    found = run(name_effects(toy, [axes[0], back])).known
    assert found["sefa-0"] == EffectName((), "", ("to the right",))
    assert found["back"] == EffectName((), "", ("to the left",))


def test_a_stopped_naming_keeps_what_it_has_and_damage_is_named_again(toy, axes):
    job = name_effects(toy, axes)
    for _ in range(8):
        next(job)
    job.close()
    assert set(known_names(toy, axes, None).known) == {"sefa-0"}
    path = cache.folder(toy.info.fingerprint) / "effect-names.json"
    path.write_bytes(b"\xff")
    assert known_names(toy, axes, None).known == {}
    assert len(run(name_effects(toy, axes)).known) == 3


def test_one_that_does_not_fit_is_left_out(toy, axes):
    wrong = Direction("wrong", "SeFa 9", Space.Z, Linear(np.ones(5, np.float32)))
    assert set(run(name_effects(toy, [wrong, axes[0]])).known) == {"sefa-0"}
