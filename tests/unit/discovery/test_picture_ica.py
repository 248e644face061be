"""Picture ICA on a model whose axes are planted, and directions from marked pictures."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from latentstudio.core.errors import OptionError
from latentstudio.core.progress import run
from latentstudio.core.spaces import Prior, Space, SpaceInfo
from latentstudio.discovery import by_example, ica, picture_ica
from latentstudio.discovery.picture_ica import PictureIcaOptions, Samples
from tests.toys.planted import PlantedGenerator

DIM, THINGS = 24, 4


@pytest.fixture(scope="module")
def world():
    """Codes in which four things are there or not, each shown by pixels of its own."""
    rng = np.random.default_rng(0)
    there = (rng.random((3000, THINGS)) < [0.5, 0.3, 0.2, 0.1]).astype(float)
    axes = np.linalg.qr(rng.standard_normal((DIM, DIM)))[0][:THINGS]
    codes = 2.0 * (there - there.mean(0)) @ axes + rng.standard_normal((3000, DIM))
    pictures = np.zeros((3000, 64))
    for thing in range(THINGS):
        pictures[:, 16 * thing : 16 * thing + 8] = there[:, [thing]]
    pictures += 0.1 * rng.standard_normal(pictures.shape)
    mean = pictures.mean(0)
    seen = Samples(
        torch.from_numpy(codes - codes.mean(0)),
        torch.from_numpy(pictures - mean).float(),
        torch.from_numpy(mean).float(),
    )
    return seen, there, axes, pictures


def test_each_thing_has_its_direction_and_its_presence_is_the_positive_side(world):
    seen, _, axes, _ = world
    matrix = run(ica.unmix(picture_ica.scaled(seen.pictures), 4, torch.Generator().manual_seed(0)))
    scores = picture_ica.scaled(seen.pictures) @ matrix
    vectors = torch.nn.functional.normalize(picture_ica.patterns(seen.codes, scores), dim=1)
    cosines = vectors.numpy() @ axes.T
    assert sorted(np.abs(cosines).argmax(1)) == [0, 1, 2, 3]
    assert np.abs(cosines).max(1).min() > 0.95
    rare = np.abs(cosines[:, 3]).argmax()
    assert cosines[rare, 3] > 0.95  # more of it, not less


def test_parts_cover_the_picture_and_find_what_is_in_a_corner_of_a_busy_one():
    assert torch.cat(picture_ica.parts(torch.arange(64.0)[None], 1), 1).unique().numel() == 64
    rng = np.random.default_rng(0)
    there, busy = rng.random(2000) < 0.5, rng.exponential(size=(2000, 12))
    codes = np.concatenate([there[:, None], busy, rng.standard_normal((2000, 3))], 1)
    pictures = np.zeros((2000, 8, 8))
    pictures[:, 0, :2] = there[:, None]
    pictures[:, 3:, 3:] = (busy @ rng.standard_normal((12, 25))).reshape(-1, 5, 5)
    model = PlantedGenerator(mapped=True)
    seen = Samples(
        torch.from_numpy(codes - codes.mean(0)),
        torch.from_numpy(pictures - pictures.mean(0)).float().flatten(1),
        torch.zeros(64),
    )
    info = replace(model.info, channels=1)
    options = PictureIcaOptions(count=9, look="parts")
    found = run(picture_ica.from_samples(info, options, 0, seen)).directions
    assert len(found) <= 9
    assert max(abs(one.vector[0]) for one in found) > 0.9


def test_marks_find_the_thing_and_less_noise_than_a_difference_of_means(world):
    seen, there, axes, pictures = world
    basis = run(by_example.basis_of(seen))
    rng = np.random.default_rng(1)
    has = rng.choice(np.flatnonzero(there[:, 1] == 1), 8, replace=False)
    lacks = rng.choice(np.flatnonzero(there[:, 1] == 0), 8, replace=False)
    found = by_example.learn(basis, basis.scores(pictures[has]), basis.scores(pictures[lacks]))
    plain = seen.codes.numpy()[has].mean(0) - seen.codes.numpy()[lacks].mean(0)
    plain /= np.linalg.norm(plain)
    assert found.vector @ axes[1] > 0.95
    assert found.vector @ axes[1] > plain @ axes[1] + 0.1
    assert found.told_apart == 16
    assert found.sureness == "good"
    side = found.distance(basis.scores(pictures)) > 0
    assert (side == (there[:, 1] == 1)).mean() > 0.97


def test_marks_by_chance_are_mostly_called_weak(world):
    seen, _, _, pictures = world
    basis = run(by_example.basis_of(seen))
    said = []
    for draw in range(30):  # a few of any thirty draws agree by chance
        rows = np.random.default_rng(draw).choice(len(pictures), 12, replace=False)
        scores = basis.scores(pictures[rows])
        said.append(by_example.learn(basis, scores[:6], scores[6:]).sureness)
    assert said.count("weak") >= 18
    assert said.count("good") <= 3


def test_too_few_marks_are_refused(world):
    seen, _, _, pictures = world
    basis = run(by_example.basis_of(seen))
    scores = basis.scores(pictures[:4])
    with pytest.raises(OptionError, match="at least two pictures"):
        by_example.learn(basis, scores[:1], scores[1:])


def test_equal_marks_have_no_direction(world):
    seen, _, _, pictures = world
    basis = run(by_example.basis_of(seen))
    scores = basis.scores(pictures[[0, 0, 0, 0]])
    with pytest.raises(OptionError, match="do not differ"):
        by_example.learn(basis, scores[:2], scores[2:])


def test_too_few_samples_are_refused():
    spaces = {Space.Z: SpaceInfo(128, 1, Prior.NORMAL)}
    wide = replace(PlantedGenerator().info, spaces=spaces)
    with pytest.raises(OptionError, match="samples must be at least 512"):
        picture_ica.check_options(PictureIcaOptions(samples=100), wide)
