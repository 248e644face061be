"""Runs can be stopped, saved and continued exactly, and say in words what goes wrong."""

import dataclasses
import json

import numpy as np
import pytest
import safetensors.torch
import torch

from latentstudio.core.errors import FileError, LatentStudioError, OptionError, ResourceError
from latentstudio.core.progress import run
from latentstudio.discovery import dp_lase, training
from latentstudio.discovery.dp_lase import DpLaseOptions
from latentstudio.discovery.state import RunState
from latentstudio.document.direction import DirectionSet
from tests.toys.planted import PlantedGenerator

OPTIONS = DpLaseOptions(count=4, steps=9, layer="late", rate=0.01, batch=8)


def findings(job):
    """Every preview of a job, with the result at the end."""
    seen = []
    while True:
        try:
            step = next(job)
        except StopIteration as stop:
            return seen, stop.value
        if step.preview is not None:
            seen.append(step.preview)


def stop_after(job, steps):
    """The state after some steps; the job is closed, as by a cancel."""
    while True:
        preview = next(job).preview
        if preview is not None and preview.step == steps:
            state = preview.snapshot()
            job.close()
            return state


def losses(seen):
    return [preview.losses for preview in seen]


def vectors(found):
    return np.stack([direction.vector for direction in found.directions])


@pytest.fixture
def state():
    return stop_after(dp_lase.discover(PlantedGenerator(), OPTIONS), 4)


def test_a_resumed_run_is_the_uninterrupted_one(tmp_path, state):
    whole, found = findings(dp_lase.discover(PlantedGenerator(), OPTIONS))
    state.save(tmp_path / "run")
    again = RunState.load(tmp_path / "run")
    rest, resumed = findings(dp_lase.discover(PlantedGenerator(), OPTIONS, state=again))
    assert losses(rest) == losses(whole)[4:]
    assert [preview.step for preview in rest] == [5, 6, 7, 8, 9]
    np.testing.assert_array_equal(vectors(resumed), vectors(found))
    assert [d.measured for d in resumed.directions] == [d.measured for d in found.directions]


def test_a_finished_run_can_be_made_longer():
    state = stop_after(dp_lase.discover(PlantedGenerator(), OPTIONS), 9)
    longer = dataclasses.replace(OPTIONS, steps=12)
    rest, _ = findings(dp_lase.discover(PlantedGenerator(), longer, state=state))
    whole, _ = findings(dp_lase.discover(PlantedGenerator(), longer))
    assert losses(rest) == losses(whole)[9:]


def test_a_seed_makes_the_run():
    first, again, other = (
        losses(findings(dp_lase.discover(PlantedGenerator(), OPTIONS, seed))[0])
        for seed in (3, 3, 4)
    )
    assert first == again
    assert first != other


def test_the_state_is_plain_data(state):
    assert all(type(value) in (int, float, str, bool) for value in state.options.values())
    assert all(tensor.device.type == "cpu" for tensor in state.tensors.values())
    assert state.step == 4
    before = {name: tensor.clone() for name, tensor in state.tensors.items()}
    findings(dp_lase.discover(PlantedGenerator(), OPTIONS, state=state))
    assert all(torch.equal(state.tensors[name], tensor) for name, tensor in before.items())


def test_another_model_options_or_method_are_refused(state):
    toy = PlantedGenerator()
    toy._info = dataclasses.replace(toy.info, fingerprint="other")
    other = dataclasses.replace(OPTIONS, apart=0.2)
    for job, word in (
        (dp_lase.discover(toy, OPTIONS, state=state), "another model"),
        (dp_lase.discover(PlantedGenerator(), other, state=state), "apart"),
        (dp_lase.discover(PlantedGenerator(), OPTIONS, 5, state), "seed"),
        (
            dp_lase.discover(
                PlantedGenerator(), OPTIONS, state=dataclasses.replace(state, method="voynov")
            ),
            "made by voynov, not dp-lase. Choose that method",
        ),
        (
            dp_lase.discover(
                PlantedGenerator(),
                OPTIONS,
                state=dataclasses.replace(state, tensors={"module.d0": torch.zeros(2)}),
            ),
            "doesn't fit",
        ),
    ):
        with pytest.raises(OptionError, match=word):
            run(job)


def spoil(toy, when, value):
    """From call `when` on, features go through `value`."""
    real, count = toy.features, [0]

    def features(codes, tap, classes=None, noise="const"):
        count[0] += 1
        found = real(codes, tap, classes, noise)
        return value(found) if count[0] >= when else found

    toy.features = features


def test_nan_stops_with_the_last_good_state():
    toy = PlantedGenerator()
    spoil(toy, when=2 * 5 + 1, value=lambda x: x * torch.nan)  # two passes in each step
    with pytest.raises(training.DivergedError, match=r"step 6.*no longer a number") as caught:
        run(dp_lase.discover(toy, OPTIONS))
    kept = caught.value.state
    assert kept.step == 5
    assert np.isfinite(vectors(caught.value.found)).all()
    rest, found = findings(dp_lase.discover(PlantedGenerator(), OPTIONS, state=kept))
    whole, expected = findings(dp_lase.discover(PlantedGenerator(), OPTIONS))
    assert losses(rest) == losses(whole)[5:]
    assert [d.measured for d in found.directions] == [d.measured for d in expected.directions]


def test_too_little_memory_halves_the_batch_and_says_so():
    toy = PlantedGenerator()

    def refuse(found):
        if len(found) > 8:  # the two walks of 8 pictures are 16
            raise torch.OutOfMemoryError("no")
        return found

    spoil(toy, when=1, value=refuse)
    job = dp_lase.discover(toy, OPTIONS)
    said = [step.message for step in iter(lambda: next(job, None), None)]
    assert said.count("Memory ran out: going on with batches of 4") == 1
    assert sum(message.startswith("Step") for message in said) == 9


def test_no_memory_at_all_gets_a_sentence():
    def refuse(found):
        raise torch.OutOfMemoryError("no")

    toy = PlantedGenerator()
    spoil(toy, when=1, value=refuse)
    with pytest.raises(ResourceError, match="too little memory"):
        run(dp_lase.discover(toy, OPTIONS))


def test_previews_hold_no_tensor_and_come_with_directions():
    seen, _ = findings(dp_lase.discover(PlantedGenerator(), OPTIONS))
    assert isinstance(seen[0].directions, DirectionSet)
    assert [d.id for d in seen[0].directions.directions]
    for preview in seen:
        assert all(type(value) is float for value in preview.losses.values())
        if preview.directions:
            assert vectors(preview.directions).dtype == np.float32


def test_provisional_directions_do_not_change_afterwards():
    seen, found = findings(dp_lase.discover(PlantedGenerator(), OPTIONS))
    first = {d.id: d.vector for d in seen[0].directions.directions}
    assert any((first[d.id] != d.vector).any() for d in found.directions)


def test_no_mode_leaks_out_and_fractions_never_fall():
    last = 0.0
    for step in dp_lase.discover(PlantedGenerator(), OPTIONS):
        assert torch.is_grad_enabled()
        assert last <= step.fraction <= 1
        last = step.fraction
    assert last == 1


def save_with(path, record):
    path.write_bytes(safetensors.torch.save({"a": torch.zeros(1)}, {"run": json.dumps(record)}))


GOOD = {"format": 1, "method": "m", "fingerprint": "f", "options": {}, "seed": 0, "step": 0}


@pytest.mark.parametrize(
    "content",
    [
        None,
        b"",
        b"\x00" * 100,
        b"not a state at all",
        {},
        [],
        GOOD,
        GOOD | {"batch": 0},
        GOOD | {"batch": "2"},
        GOOD | {"batch": 2, "format": 0},
        GOOD | {"batch": 2, "options": 5},
    ],
)
def test_broken_states_get_a_sentence(tmp_path, content):
    path = tmp_path / "run"
    if isinstance(content, bytes):
        path.write_bytes(content)
    elif content is not None:
        save_with(path, content)
    with pytest.raises(FileError, match="is not the saved state of a run"):
        RunState.load(path)
    assert issubclass(FileError, LatentStudioError)


def test_a_cut_off_state_gets_a_sentence(tmp_path, state):
    path = tmp_path / "run"
    state.save(path)
    data = path.read_bytes()
    path.write_bytes(data[: len(data) // 2])
    with pytest.raises(FileError, match="Start the run anew"):
        RunState.load(path)


def test_only_steps_and_batch_may_differ_when_a_run_goes_on():
    toy = PlantedGenerator()
    state = stop_after(dp_lase.discover(toy, OPTIONS), 2)
    others = {"count": 5, "layer": "early", "layers": "0", "space": "z", "scale": 7.0}
    others |= {"change": 2.0, "apart": 0.2, "square": 2.0, "straighten": False, "rate": 0.5}
    assert {field.name for field in dataclasses.fields(OPTIONS)} == {*others, "steps", "batch"}
    for name, value in others.items():
        assert getattr(OPTIONS, name) != value
        with pytest.raises(OptionError, match=rf"other options \({name}\)"):
            state.check("dp-lase", toy.info, dataclasses.replace(OPTIONS, **{name: value}), 0)
    state.check("dp-lase", toy.info, dataclasses.replace(OPTIONS, steps=99, batch=3), 0)
