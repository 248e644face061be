"""Runs on the command line: killed, stopped, out of memory or disk, they go on exactly."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch

from latentstudio.discovery.state import RunState
from latentstudio.discovery.training import Trainer
from latentstudio.exchange.presets import read_preset
from tests.toys.event_files import events

HERE = Path(__file__).parents[2]
RUN = ("discover", "portraits", "--method", "dp-lase", "--option", "count=3", "--steps", "12")
BATCH = ("--option", "batch=8")
TORCHRUN = ("-m", "torch.distributed.run", "--nproc_per_node=2")


@pytest.fixture(scope="module")
def whole(tmp_path_factory, shared_home):
    """What the run finds when nothing happens to it."""
    from latentstudio.cli.main import main

    path = tmp_path_factory.mktemp("whole") / "a.lpreset"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LATENTSTUDIO_HOME", str(shared_home))
        assert main([*RUN, *BATCH, "--output", str(path)]) == 0
    return read_preset(path)


def same(path, whole, tolerance=0.0):
    """Whether a preset holds the same directions, with the same losses on their cards."""
    found = read_preset(path)
    assert [d.id for d in found.directions] == [d.id for d in whole.directions]
    for one, other in zip(found.directions, whole.directions, strict=True):
        np.testing.assert_allclose(one.vector, other.vector, atol=tolerance)
        assert one.measured.keys() == other.measured.keys()
        for name, value in other.measured.items():
            assert value == (one.measured[name] if name == "layer" else pytest.approx(
                one.measured[name], rel=tolerance, abs=tolerance))  # fmt: skip


def files(folder):
    return sorted(p.name for p in folder.iterdir() if p.name not in ("filler", "home"))


def program(*argv):
    return subprocess.run(
        [sys.executable, *map(str, argv)], cwd=HERE, capture_output=True, text=True, check=False
    )


@pytest.mark.parametrize("moment", ["step", "save"])
def test_a_killed_run_goes_on_as_if_nothing_had_been(
    cli_home, latentstudio, tmp_path, whole, moment
):
    argv = (*RUN, *BATCH, "--checkpoint-every", "3", "--output", tmp_path / "a.lpreset")
    killed = program("-m", "tests.e2e.killed", moment, 0, 9, *argv)
    assert (killed.returncode, killed.stdout) == (-signal.SIGKILL, "")
    assert "a.lpreset.state" in files(tmp_path)
    assert "a.lpreset" not in files(tmp_path)
    assert len(files(tmp_path)) == (1 if moment == "step" else 2)
    assert RunState.load(tmp_path / "a.lpreset.state").step == (9 if moment == "step" else 6)
    assert latentstudio(*argv, "--resume") == (0, f"{tmp_path / 'a.lpreset'}\n", "")
    assert files(tmp_path) == ["a.lpreset"]
    same(tmp_path / "a.lpreset", whole)


@pytest.fixture
def during(monkeypatch):
    """Has something happen during a step, in place of what was to happen before."""
    advance, due = Trainer.advance, {}

    def watched(self):
        due.get(self.step, lambda: None)()
        return advance(self)

    def set_up(step, happen):
        due.clear()
        due[step] = happen

    monkeypatch.setattr(Trainer, "advance", watched)
    return set_up


def test_ctrl_c_ends_the_step_and_keeps_it(latentstudio, tmp_path, whole, during):
    during(7, lambda: os.kill(os.getpid(), signal.SIGINT))
    output = tmp_path / "a.lpreset"
    status, out, err = latentstudio(*RUN, *BATCH, "--output", output)
    assert (status, out) == (130, "")
    assert err == (f"latentstudio: Stopped. The run is kept in {output}.state: --resume goes on.\n")
    assert RunState.load(tmp_path / "a.lpreset.state").step == 8
    assert files(tmp_path) == ["a.lpreset.state"]
    # Options that are not given again are those it had.
    argv = ("discover", "portraits", "--method", "dp-lase", "--resume", "--output", output)
    assert latentstudio(*argv)[0] == 0
    same(output, whole)


def test_a_second_ctrl_c_ends_at_once(latentstudio, tmp_path, during):
    def twice():
        os.kill(os.getpid(), signal.SIGINT)
        os.kill(os.getpid(), signal.SIGTERM)

    during(7, twice)
    argv = (*RUN, *BATCH, "--checkpoint-every", "2", "--output", tmp_path / "a.lpreset")
    assert latentstudio(*argv)[0] == 130
    assert RunState.load(tmp_path / "a.lpreset.state").step == 6


def test_a_new_run_keeps_an_interrupted_one_aside(latentstudio, tmp_path, during):
    during(5, lambda: os.kill(os.getpid(), signal.SIGINT))
    argv = (*RUN, *BATCH, "--output", tmp_path / "a.lpreset")
    latentstudio(*argv)
    before = (tmp_path / "a.lpreset.state").read_bytes()
    during(3, lambda: os.kill(os.getpid(), signal.SIGINT))
    status, _, err = latentstudio(*argv)
    assert status == 130
    assert err.startswith("Note: An interrupted run is kept as a.lpreset.state.old.")
    assert (tmp_path / "a.lpreset.state.old").read_bytes() == before
    assert RunState.load(tmp_path / "a.lpreset.state").step == 4


def test_resume_without_a_state_begins_or_is_done(latentstudio, tmp_path, whole):
    output = tmp_path / "a.lpreset"
    argv = (*RUN, *BATCH, "--resume", "--output", output)
    status, out, err = latentstudio(*argv)
    assert (status, out) == (0, f"{output}\n")
    assert err == f"Note: There is no interrupted run for {output}: it starts from the beginning.\n"
    same(output, whole)
    before = output.stat().st_mtime_ns
    assert latentstudio(*argv) == (0, f"{output}\n", "Note: This run is finished already.\n")
    assert output.stat().st_mtime_ns == before


def test_methods_that_do_not_train_have_nothing_to_keep(latentstudio, tmp_path):
    argv = ("discover", "portraits", "--method", "sefa", "--output", tmp_path / "a.lpreset")
    more = ("--resume", "--checkpoint-every", "5", "--preset", "b.lpreset", "--direction", "0")
    status, _, err = latentstudio(*argv, *more)
    assert status == 0
    assert err.splitlines() == [
        "Note: sefa does not train: --checkpoint-every is ignored.",
        "Note: sefa does not train: --resume is ignored.",
        "Note: sefa finds its directions itself: --preset is ignored.",
        "Note: sefa finds its directions itself: --direction is ignored.",
    ]
    assert files(tmp_path) == ["a.lpreset"]


@pytest.fixture
def interrupted(latentstudio, tmp_path, during):
    """The output of a run that was stopped after 5 steps."""
    during(4, lambda: os.kill(os.getpid(), signal.SIGINT))
    latentstudio(*RUN, *BATCH, "--output", tmp_path / "a.lpreset")
    return tmp_path / "a.lpreset"


def test_a_run_goes_on_only_as_what_it_was(refused, interrupted, tmp_path, monkeypatch):
    from tests.toys.planted import PlantedGenerator

    path = Path(f"{interrupted}.state")
    before = path.read_bytes()
    resume = ("--resume", "--output", interrupted)
    other = ("discover", "portraits", "--method", "voynov-babenko")
    assert "made by dp-lase, not voynov-babenko" in refused(*other, *resume)
    assert "other options (seed)" in refused(*RUN, "--seed", "3", *resume)
    assert "other options (scale)" in refused(*RUN, "--option", "scale=7", *resume)
    with monkeypatch.context() as patch:
        patch.setattr(
            "latentstudio.cli.start.open_generator", lambda args: PlantedGenerator(mapped=True)
        )
        assert "belongs to another model" in refused(*RUN, *resume)
    assert path.read_bytes() == before
    path.write_bytes(before[:-9])
    assert "is not the saved state of a run" in refused(*RUN, *resume)
    assert files(tmp_path) == ["a.lpreset.state"]


def test_nan_stops_a_run_and_keeps_what_was_good(latentstudio, tmp_path, monkeypatch):
    from latentstudio.discovery.dp_lase import DpLase

    losses = DpLase.losses

    def spoilt(self, step, batch):
        found = losses(self, step, batch)
        return found | ({"loss": found["loss"] * torch.nan} if step == 6 else {})

    monkeypatch.setattr(DpLase, "losses", spoilt)
    output = tmp_path / "a.lpreset"
    status, out, err = latentstudio(*RUN, *BATCH, "--output", output)
    assert (status, out) == (2, "")
    assert "broke off at step 7: its loss is no longer a number" in err
    assert err.count("\n") == 1
    assert {d.provenance.steps for d in read_preset(output).directions} == {6}
    assert RunState.load(tmp_path / "a.lpreset.state").step == 6


def test_too_little_memory_is_told_and_the_run_goes_on(latentstudio, tmp_path, monkeypatch):
    from latentstudio.discovery.dp_lase import DpLase

    losses = DpLase.losses

    def small(self, step, batch):
        if batch > 4:
            raise RuntimeError("DefaultCPUAllocator: can't allocate memory")
        return losses(self, step, batch)

    monkeypatch.setattr(DpLase, "losses", small)
    status, _, err = latentstudio(*RUN, *BATCH, "--output", tmp_path / "a.lpreset")
    assert (status, err) == (0, "Note: Memory ran out: going on with batches of 4.\n")
    assert {d.provenance.steps for d in read_preset(tmp_path / "a.lpreset").directions} == {12}


def test_a_full_disk_keeps_the_last_state(small_disk, latentstudio, during, whole):
    output = small_disk.folder / "a.lpreset"
    argv = (*RUN, *BATCH, "--checkpoint-every", "1", "--output", output)
    during(5, small_disk.fill)
    status, out, err = latentstudio(*argv)
    assert (status, out) == (2, "")
    note, sentence = err.splitlines()
    assert note.startswith("Note: The disk is full: a.lpreset.state was not saved")
    assert sentence.startswith("latentstudio: The disk is full: a.lpreset was not saved")
    assert sentence.endswith(f"The run is kept in {output}.state: --resume goes on.")
    assert files(small_disk.folder) == ["a.lpreset.state"]
    assert RunState.load(small_disk.folder / "a.lpreset.state").step == 5
    small_disk.empty()
    during(99, small_disk.fill)  # never
    assert latentstudio(*argv, "--resume")[0] == 0
    assert files(small_disk.folder) == ["a.lpreset"]
    same(output, whole)


def test_two_processes_find_what_one_finds_though_one_was_killed(cli_home, tmp_path, whole):
    output = tmp_path / "a.lpreset"
    argv = (*RUN, "--option", "batch=4", "--output", output)
    killed = program(*TORCHRUN, "-m", "tests.e2e.killed", "step", 1, 5, *argv)
    assert killed.returncode != 0
    said = [line for line in killed.stderr.splitlines() if line.startswith("latentstudio:")]
    assert said == [
        "latentstudio: Another process of this run ended during step 6. "
        f"The run is kept in {output}.state: --resume goes on."
    ]
    assert files(tmp_path) == ["a.lpreset.state"]
    assert RunState.load(tmp_path / "a.lpreset.state").step == 5
    done = program(*TORCHRUN, "-m", "latentstudio", *argv, "--resume")
    assert (done.returncode, done.stdout) == (0, f"{output}\n"), done.stderr
    assert files(tmp_path) == ["a.lpreset"]
    same(output, whole, 1e-6)


def test_losses_are_logged_for_tensorboard(latentstudio, tmp_path, whole):
    argv = (*RUN, *BATCH, "--tensorboard", tmp_path / "log", "--output", tmp_path / "a.lpreset")
    assert latentstudio(*argv)[0] == 0
    version, start, *losses = events(tmp_path / "log")
    assert version.file_version == "brain.Event:2"
    assert start.step == 1
    names = ("loss", "change", "apart", "square")
    assert [event.step for event in losses] == [n for n in range(1, 13) for _ in names]
    last = [value for event in losses[-4:] for value in event.summary.value]
    card = whole.directions[0].measured
    assert {v.tag: v.simple_value for v in last} == {n: pytest.approx(card[n]) for n in names}


def test_a_log_goes_into_a_folder(refused, tmp_path):
    (tmp_path / "log").write_text("in the way")
    argv = (*RUN, *BATCH, "--output", tmp_path / "a.lpreset", "--tensorboard")
    assert "is a file" in refused(*argv, tmp_path / "log")


@pytest.mark.parametrize(
    ("method", "given", "words"),
    [
        ("dp-lase", ["count=0"], "count can't be 0. It goes from 1 to 512."),
        ("dp-lase", ["count=200"], "at most 128 directions"),
        ("dp-lase", ["layer=nose"], "layer can't be 'nose'. This model's inner layers: styles, b4"),
        ("dp-lase", ["layers=3-99"], "layers can't be '3-99': this model has layers 0 to 9"),
        ("dp-lase", ["rate=quick"], "rate is a number, not 'quick'"),
        ("dp-lase", ["rate=nan"], "rate can't be nan"),
        ("dp-lase", ["speed=2"], "'speed=2' isn't an option of this method"),
        ("dp-lase-subspace", ["groups=1"], "groups can't be 1"),
        ("dp-lase-subspace", ["groups=64", "layer=b64.conv1"], "groups must be less than 32"),
        ("dp-lase-subspace", ["layer=nose"], "layer can't be 'nose'"),
        ("warpedganspace", ["least=0.5"], "least can't be more than most"),
        ("warpedganspace", ["dipoles=0"], "dipoles can't be 0"),
        ("warpedganspace", ["reconstructor=vgg"], "reconstructor can't be 'vgg'"),
        ("voynov-babenko", ["count=200", "form=orthonormal"], "at most 128 directions"),
        ("voynov-babenko", ["space=p"], "space can't be 'p'"),
        ("sefa", ["count=129"], "at most 128 directions"),
        ("ganspace", ["samples=5"], "samples can't be 5"),
        ("ganspace", ["layers=12"], "layers can't be '12'"),
        ("wishful", [], "There is no method 'wishful'. Choose one of: sefa"),
    ],
)
def test_wrong_options_get_a_sentence(refused, preset, tmp_path, method, given, words):
    options = [part for option in given for part in ("--option", option)]
    more = ["--preset", preset] if method == "dp-lase-subspace" else []
    argv = ["discover", "portraits", "--method", method, *more, *options]
    assert words in refused(*argv, "--output", tmp_path / "a.lpreset")
    assert files(tmp_path) == []


@pytest.mark.parametrize("flag", ["--steps", "--checkpoint-every", "--seed", "--direction"])
def test_wrong_numbers_get_a_sentence(refused, tmp_path, flag):
    argv = (*RUN, flag, "-1", "--output", tmp_path / "a.lpreset")
    assert flag in refused(*argv)
    assert files(tmp_path) == []


@pytest.mark.parametrize(
    ("method", "words"),
    [
        ("dp-lase", "DP-LaSE needs a model with gradients, which this one doesn't have."),
        ("warpedganspace", "WarpedGANSpace needs a model with gradients"),
        ("voynov-babenko", "Voynov–Babenko needs a model with gradients"),
        ("dp-lase-subspace", "DP-LaSE groups needs a model with gradients"),
        ("sefa", "SeFa needs a model with a first layer that is a plain matrix"),
        ("ganspace", "GANSpace needs a model with a mapping network or inner layers"),
    ],
)
def test_what_a_model_lacks_is_named(refused, tmp_path, monkeypatch, method, words):
    import dataclasses

    from tests.toys.planted import PlantedGenerator

    toy = PlantedGenerator()
    toy._info = dataclasses.replace(toy.info, abilities=frozenset())
    monkeypatch.setattr("latentstudio.cli.start.open_generator", lambda args: toy)
    argv = ["discover", "portraits", "--method", method, "--output", tmp_path / "a.lpreset"]
    assert words in refused(*argv)
    assert files(tmp_path) == []


def test_channels_are_grouped_for_a_direction_of_a_preset(latentstudio, preset, tmp_path):
    argv = ["discover", "portraits", "--method", "dp-lase-subspace", "--steps", "3", "--option",
            "layer=b16.conv1", "--preset", preset, "--direction"]  # fmt: skip
    status, _, err = latentstudio(*argv, "1", "--output", tmp_path / "a.lpreset")
    assert (status, err) == (0, "")
    (found,) = read_preset(tmp_path / "a.lpreset").directions
    chosen = read_preset(preset).directions[1]
    np.testing.assert_array_equal(found.vector, chosen.vector)
    assert (found.kind, found.name) == ("channels", chosen.name)
    assert set(found.payload.labels.tolist()) == {0, 1, 2, 3}
    status, _, err = latentstudio(*argv, "3", "--output", tmp_path / "b.lpreset")
    assert status == 2
    assert "There is no direction 3: the preset holds 3" in err


def test_without_a_preset_the_first_direction_of_the_model_is_taken(latentstudio, tmp_path):
    argv = ["discover", "portraits", "--method", "dp-lase-subspace", "--steps", "2"]
    status, _, err = latentstudio(*argv, "--output", tmp_path / "a.lpreset")
    assert status == 0
    (found,) = read_preset(tmp_path / "a.lpreset").directions
    assert f"Note: The direction is {found.name}." in err


def test_a_direction_of_another_model_is_refused(latentstudio, tmp_path, preset):
    golden = HERE / "tests" / "golden" / "generators" / "stylegan2-ada-64.pkl"
    argv = ["discover", golden, "--method", "dp-lase-subspace", "--preset", preset]
    status, _, err = latentstudio(*argv, "--output", tmp_path / "a.lpreset")
    assert status == 2
    assert "latentstudio: This direction was made for another model." in err
