"""A judge learns from a model's own pictures what broken ones look like."""

import itertools
from dataclasses import replace

import numpy as np
import pytest
import torch

from latentstudio.core import paths
from latentstudio.core.errors import AbilityError
from latentstudio.core.progress import run
from latentstudio.density import teaching
from latentstudio.density.manifold import NEIGHBOURS, Manifold
from latentstudio.density.picture_judge import PictureJudge, how_far, pooled
from latentstudio.density.reference import measure
from latentstudio.density.teaching import calibrated
from latentstudio.store import picture_judges
from tests.toys.planted import PlantedGenerator

LIMITS = {"sound": 100.0, "doubtful": 5.0, "broken": 1.0}


@pytest.fixture(scope="module")
def model():
    """Its pictures saturate far from the middle, and nothing else about them is wrong."""
    return PlantedGenerator()


def looks(images):
    return images.flatten(1)


@pytest.fixture(scope="module")
def judge(model):
    return run(teaching.teach(model, run(measure(model)), looks))


def test_inside_and_realism_are_those_of_the_paper():
    rng = np.random.default_rng(0)
    samples, asked = rng.standard_normal((60, 5)), 1.7 * rng.standard_normal((40, 5))
    spread = samples.std(0, ddof=1)
    own = np.sort(np.linalg.norm((samples[:, None] - samples) / spread, axis=2), axis=1)
    radii = own[:, NEIGHBOURS]
    apart = np.linalg.norm((asked[:, None] - samples) / spread, axis=2)
    inside, realism = Manifold(torch.from_numpy(samples)).judge(torch.from_numpy(asked))
    assert 5 < int(inside.sum()) < 35
    np.testing.assert_array_equal(inside.numpy(), (apart <= radii).any(1))
    common = radii <= np.quantile(radii, 0.5, method="lower")
    np.testing.assert_allclose(realism.numpy(), (radii / apart)[:, common].max(1), rtol=1e-6)


def read(judge, model, scale, count=200, seed=5, beyond=True):
    rng = np.random.default_rng(seed)
    z = torch.from_numpy(scale * rng.standard_normal((count, model.info.code_dim))).float()
    shell = run(measure(model)).shell
    far = [how_far(shell, float(radius)) if beyond else 0.0 for radius in z.norm(dim=1)]
    codes = model.broadcast(z)
    return [judge.read(model, code[None], None, one) for code, one in zip(codes, far, strict=True)]


def test_far_pictures_are_told_from_samples(judge, model):
    own, far = (read(judge, model, scale) for scale in (1.0, 3.0))
    assert sum(one.state == "broken" for one in own) <= 8
    assert np.mean([one.percentile for one in own]) == pytest.approx(50, abs=8)
    assert sum(one.state == "broken" for one in far) > 100
    assert sum(one.state == "sound" for one in far) < 50
    assert all(one.percentile <= LIMITS[one.state] for one in own)


def test_what_the_layer_does_not_see_tells_by_its_distance(judge, model):
    shell = run(measure(model)).shell
    assert how_far(shell, 0.5 * shell.on[0]) == how_far(shell, shell.on[1]) == 0
    assert how_far(shell, 3 * shell.on[1]) == pytest.approx(2)
    assert how_far(replace(shell, flat=True), 3 * shell.on[1]) == 0
    sound = read(judge, model, 0.5, 1, beyond=False)[0]
    code = torch.zeros(1, model.info.code_dim)
    far = judge.read(model, model.broadcast(code), None, 2.0)
    assert far.percentile < sound.percentile
    assert judge.reading(1e3).state == judge.reading(1e3, 0.9).state == "sound"
    assert judge.reading(1e3, 1.1).state == "doubtful"
    assert far.broken > sound.broken


def test_it_says_how_often_it_was_right(judge, model):
    assert judge.trial.telling > 0.9
    found = [read(judge, model, scale) for scale in (1.0, 3.0)]
    own, far = (np.mean([one.broken for one in some]) for some in found)
    assert own < 0.1
    assert far > 0.5
    assert all(one.telling == judge.trial.telling for some in found for one in some)


def test_chances_are_those_of_pictures_with_such_scores():
    rng = np.random.default_rng(0)
    scores = rng.normal(-2.0, 3.0, 40_000)
    chance = 1 / (1 + np.exp(1.0 + 0.7 * scores))
    trial = calibrated(scores, rng.uniform(size=len(scores)) < chance)
    for score in (-9.0, -5.0, -2.0, 1.0):
        assert trial.chance(score) == pytest.approx(1 / (1 + np.exp(1.0 + 0.7 * score)), abs=0.02)
    none = calibrated(scores[:2000], rng.uniform(size=2000) < 0.1)
    assert none.telling == pytest.approx(0.5, abs=0.05)


def test_nothing_is_said_of_it_where_hardly_any_picture_is_broken(judge, model):
    inner = np.random.default_rng(1).standard_normal((40, 3))

    def fit(rows):
        return np.ones(3), float(rows.sum())

    assert teaching._tried(fit, inner, np.arange(40) < teaching.LEAST_BROKEN) is not None
    assert teaching._tried(fit, inner, np.arange(40) < teaching.LEAST_BROKEN - 1) is None
    untried = replace(judge, trial=None)
    again = PictureJudge.from_arrays(untried.arrays(), judge.tap)
    assert again.trial is None
    assert {(one.broken, one.telling) for one in read(again, model, 1.0, 5)} == {(None, None)}


@pytest.mark.parametrize("count", [30, 200])
def test_ridge_is_that_of_the_normal_equations(count):
    rng = np.random.default_rng(count)
    x, y = rng.standard_normal((count, 60)) * rng.uniform(0.5, 3, 60), rng.standard_normal(count)
    weight, bias = teaching.ridge(x, y)
    spread = x.std(0)
    spread[-2:] /= teaching.FAVOUR
    a = (x - x.mean(0)) / spread
    slope = a.T @ (y - y.mean() - a @ (weight * spread))  # of half the squared error
    np.testing.assert_allclose(slope, teaching.RIDGE * count * weight * spread, atol=1e-9)
    assert np.mean(x @ weight + bias) == pytest.approx(y.mean(), abs=1e-12)


def test_a_judge_is_kept_for_its_model_and_class(judge, model, monkeypatch):
    picture_judges.keep(model, None, judge)
    again = picture_judges.kept(model, None)
    assert [one.percentile for one in read(again, model, 1.5, 20)] == [
        one.percentile for one in read(judge, model, 1.5, 20)
    ]
    assert again.trial == judge.trial
    other = PlantedGenerator(mapped=True)
    assert picture_judges.kept(other, None) is None
    (path,) = paths.cache_dir().rglob("needle*")
    path.write_bytes(path.read_bytes()[:100])
    told = []
    assert picture_judges.kept(model, None, told.append) is None
    assert len(told) == 1


@pytest.mark.parametrize("name", ["weight", "bias", "reference", "trial"])
def test_what_is_no_judge_is_refused(judge, name):
    arrays = judge.arrays()
    with pytest.raises(KeyError):
        PictureJudge.from_arrays({key: arrays[key] for key in arrays if key != name}, judge.tap)
    with pytest.raises(ValueError, match=r"no (weights|reference)"):
        PictureJudge.from_arrays(arrays | {name: np.full((2, 2), np.nan)}, judge.tap)


def test_when_time_is_over_there_is_enough_of_each_kind(model):
    density, seconds = run(measure(model)), itertools.count(step=40)
    steps = list(teaching.teach(model, density, looks, clock=lambda: float(next(seconds))))
    assert len(steps) == 3 * teaching.LEAST // 5
    shares = [step.fraction for step in steps[::3]]  # as far as it is, not as long as it takes
    assert shares == pytest.approx(np.arange(len(shares)) / len(shares), abs=0.02)
    again = itertools.count(step=40)
    judge = run(teaching.teach(model, density, looks, clock=lambda: float(next(again))))
    assert len(judge.reference) == teaching.LEAST // 2


def test_a_model_whose_layers_cannot_be_read_is_told_so(model):
    class Closed:
        info, device = model.info, model.device

    with pytest.raises(AbilityError, match="inner layers"):
        run(teaching.teach(Closed(), run(measure(model)), looks))


def test_pooled_features_are_means_and_deviations():
    x = torch.arange(24.0).view(1, 2, 3, 4)
    values = x.double().numpy()
    expected = np.concatenate([values.mean((2, 3)), values.std((2, 3))], axis=1)
    np.testing.assert_allclose(pooled(x), expected, rtol=1e-6)
    np.testing.assert_allclose(pooled(x[:, :, 0, 0]), [[0.0, 12.0, 0.0, 0.0]])
