"""Tuning draws the picture nearer, leaves others alone, and comes back from its file."""

import dataclasses
import itertools
from pathlib import Path
from types import SimpleNamespace

import pytest
import torch

from latentstudio.benchmark.random_model import random_generator
from latentstudio.core.errors import AbilityError, FileError, OptionError
from latentstudio.core.progress import run
from latentstudio.generators.registry import open_generator
from latentstudio.inversion.chart import Chart
from latentstudio.inversion.features import features
from latentstudio.inversion.noise import correlation, is_noise
from latentstudio.inversion.options import TuningOptions
from latentstudio.inversion.problem import Problem, psnr
from latentstudio.inversion.tuning import tune
from latentstudio.inversion.tuning_file import read_tuning, with_tuning, write_tuning
from latentstudio.inversion.tuning_state import read_state, write_state
from tests.toys.planted import PlantedGenerator

GOLDEN = Path(__file__).parents[2] / "golden" / "generators"


@pytest.fixture(scope="module")
def problem(portraits, portraits_density):
    """The picture of one code, to be drawn by another one near it."""
    with torch.no_grad():
        code = portraits.broadcast(portraits.map(portraits.sample_z([11])))
        away = portraits.broadcast(portraits.map(portraits.sample_z([12]))) - code
        target = portraits.synthesize(code + 0.3 * away).clamp(-1, 1)
    chart = Chart(portraits, portraits_density)
    made = Problem(portraits, target, chart, features(torch.device("cpu")))
    return made, chart.round(code[0, :1])


def test_a_tuned_model_is_nearer_and_others_stay(problem, portraits, tmp_path):
    asked, v = problem
    before = {name: t.clone() for name, t in portraits.weights.tensors.items()}
    tuning = run(tune(asked, v, TuningOptions(steps=12))).difference
    assert all(torch.equal(before[n], t) for n, t in portraits.weights.tensors.items())
    write_tuning(tuning, tmp_path / "t.safetensors")
    assert (tmp_path / "t.safetensors").stat().st_size < 2.2 * portraits.info.parameters
    fitted = run(with_tuning(portraits, read_tuning(tmp_path / "t.safetensors", portraits)))
    assert fitted.info.fingerprint != portraits.info.fingerprint
    with torch.no_grad():
        plain = psnr(asked.image(v), asked.target)
        assert psnr(fitted.synthesize(asked.codes(v)), asked.target) > plain + 1
        codes = portraits.broadcast(portraits.map(portraits.sample_z(range(40, 46))))
        assert psnr(fitted.synthesize(codes), portraits.synthesize(codes).clamp(-1, 1)) > 30


def test_a_tuning_of_another_model_or_a_damaged_one_is_refused(problem, portraits, tmp_path):
    asked, v = problem
    tuning = run(tune(asked, v, TuningOptions(steps=1))).difference
    other = dataclasses.replace(tuning, base="0" * 64)
    write_tuning(other, tmp_path / "other.safetensors")
    with pytest.raises(OptionError, match="another model"):
        read_tuning(tmp_path / "other.safetensors", portraits)
    name = next(iter(tuning.tensors))
    wrong = dataclasses.replace(tuning, tensors={name: torch.zeros(3, dtype=torch.float16)})
    write_tuning(wrong, tmp_path / "wrong.safetensors")
    with pytest.raises(FileError, match="damaged"):
        read_tuning(tmp_path / "wrong.safetensors", portraits)
    (tmp_path / "text.safetensors").write_text("text")
    with pytest.raises(FileError, match="a tuning"):
        read_tuning(tmp_path / "text.safetensors", portraits)


def test_a_model_that_keeps_its_weights_can_t_be_tuned(problem):
    asked, v = problem
    with pytest.raises(AbilityError, match="can't be tuned"):
        run(tune(dataclasses.replace(asked, generator=_other(asked)), v, TuningOptions()))


def _other(asked):
    twin = PlantedGenerator(mapped=True)
    twin._info = asked.generator.info
    return twin


def test_white_noise_is_uncorrelated_and_a_gradient_is_not():
    noise = torch.randn(64, 64, generator=torch.Generator().manual_seed(0))
    ramp = torch.linspace(-1.7, 1.7, 64).expand(64, 64)
    assert float(correlation(noise)) < 0.1
    assert float(correlation(ramp)) > 1


def test_noise_inputs_are_fitted_only_where_asked(portraits):
    model = random_generator(16, base=128, most=8)
    plain_chart = SimpleNamespace(codes=lambda v: v)
    asked = Problem(model, torch.zeros(1, 3, 16, 16), plain_chart, features(torch.device("cpu")))
    plain, noisy = (
        run(tune(asked, torch.ones(1, 512), TuningOptions(steps=2, noise=noise))).difference.tensors
        for noise in (False, True)
    )
    assert not any(map(is_noise, plain))
    assert any(map(is_noise, noisy))


def test_a_fit_that_was_put_aside_ends_where_one_that_never_stopped_does(problem, tmp_path):
    asked, v = problem
    options, path = TuningOptions(steps=5), tmp_path / "a.state"
    whole = run(tune(asked, v, options))
    job = tune(asked, v, options, key="k", clock=itertools.count().__next__)
    for step in job:
        if step.preview.step == 3:
            write_state(step.preview.state(), path)
            break
    job.close()
    since = read_state(path, "k")
    ended = run(tune(asked, v, options, since=since, key="k"))
    assert (since.weights.steps, ended.steps) == (3, 5)
    assert ended.seconds > since.seconds > 1
    assert ended.difference.tensors.keys() == whole.difference.tensors.keys()
    for name, tensor in whole.difference.tensors.items():
        assert torch.equal(ended.difference.tensors[name], tensor)
    with pytest.raises(OptionError, match="another model"):
        read_state(path, "other")
    path.write_bytes(path.read_bytes()[:-9])
    with pytest.raises(FileError, match="damaged"):
        read_state(path, "k")


@pytest.mark.parametrize("name", ["biggan-64-G_ema.pth", "biggan-deep-64"])
def test_models_of_other_families_can_be_fitted(name):
    model = run(open_generator(GOLDEN / name))
    label = 0 if model.info.classes else None
    side, channels = model.info.resolution, model.info.channels
    target = torch.zeros(1, channels, side, side)
    chart = SimpleNamespace(codes=lambda v: v)
    asked = Problem(model, target, chart, features(torch.device("cpu")), label)
    v = torch.full((1, model.info.code_dim), 0.3)
    fit = run(tune(asked, v, TuningOptions(steps=3)))
    network = run(with_tuning(model, fit.difference))
    with torch.no_grad():
        before, after = (
            psnr(one.synthesize(asked.codes(v), asked.classes(1)), target)
            for one in (model, network)
        )
    assert after > before
