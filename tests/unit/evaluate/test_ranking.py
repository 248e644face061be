"""Correlation and selectivity: by hand, against NumPy's covariance, and on planted truths."""

import numpy as np
import pytest
import torch

from latentstudio.core.errors import OptionError
from latentstudio.core.progress import run
from latentstudio.core.spaces import Space
from latentstudio.document.direction import Direction, Linear
from latentstudio.evaluate import ranking_page
from latentstudio.evaluate.attributes import AttributeReader
from latentstudio.evaluate.pools import seed_pool
from latentstudio.evaluate.predictor import IDENTITY, Attribute
from latentstudio.evaluate.ranking import rank, scale, selectivity
from latentstudio.evaluate.tables import rank_values
from latentstudio.evaluate.traversing import plan, traverser
from tests.toys.planted import PlantedGenerator, PlantedReader

PLAIN = Attribute("a", -1.0, 1.0)


def along(*walks):
    """One direction, one attribute: (1, S, K, 1)."""
    return np.asarray(walks, np.float32)[None, :, :, None]


def test_by_hand():
    # k = 0, 1, 2 has mean 1 and deviation 1; v - mean = -5/12, 1/12, 4/12, so
    # cov = (5/12 + 4/12) / 2 = 3/8.
    found = rank(along([-0.5, 0.0, 0.25]), [PLAIN])
    assert found.correlation[0, 0] == pytest.approx(0.375)
    # The mean over starts: a second one that does not change halves it.
    found = rank(along([-0.5, 0.0, 0.25], [0.1, 0.1, 0.1]), [PLAIN])
    assert found.correlation[0, 0] == pytest.approx(0.1875)


def test_a_line_gives_its_slope_times_the_deviation_of_the_steps():
    steps = np.arange(9)
    found = rank(along(0.05 * steps - 0.2), [PLAIN])
    assert found.correlation[0, 0] == pytest.approx(0.05 * np.sqrt(7.5))


def test_values_are_scaled_to_their_range_and_clipped():
    attributes = [Attribute("years", 10.0, 50.0), Attribute("chance")]
    values = np.array([[10.0, 0.0], [30.0, 0.5], [50.0, 1.0], [90.0, -3.0]])
    wanted = [[-1, -1], [0, 0], [1, 1], [1, -1]]
    assert scale(values, attributes).tolist() == wanted


def test_identity_is_compared_with_the_distance_from_the_middle():
    alike = [0.2, 0.6, 1.0, 0.6, 0.2]  # falls to both sides, by 0.8 of a range of 2 a step
    found = rank(along(alike), [Attribute(IDENTITY)])
    distance = np.array([2, 1, 0, 1, 2])
    scaled = 2 * np.array(alike) - 1
    wanted = np.cov(scaled, distance)[0, 1] / distance.std(ddof=1)
    assert found.correlation[0, 0] == pytest.approx(wanted)
    assert wanted < -0.6
    assert rank(along(alike), [Attribute("other")]).correlation[0, 0] == pytest.approx(0.0)


def test_agrees_with_numpys_covariance_on_anything():
    rng = np.random.RandomState(0)
    values = rng.uniform(-2, 3, (3, 4, 7, 2)).astype(np.float32)
    attributes = [Attribute("x", -2.0, 3.0), Attribute(IDENTITY)]
    found = rank(values, attributes)
    scaled = scale(values, attributes)
    index = (np.arange(7), np.abs(np.arange(7) - 3))
    for d in range(3):
        for a in range(2):
            each = [np.cov(scaled[d, s, :, a], index[a])[0, 1] for s in range(4)]
            wanted = np.mean(each) / index[a].std(ddof=1)
            assert found.correlation[d, a] == pytest.approx(wanted, abs=1e-9)


def test_selectivity_is_a_share_of_all_that_changes():
    found = selectivity(np.array([[0.3, -0.1, 0.0], [0.0, 0.0, 0.0]]))
    assert found.tolist() == [[pytest.approx(0.75), pytest.approx(0.25), 0.0], [0.0, 0.0, 0.0]]


def test_the_best_come_first_and_identity_is_no_strength():
    values = np.zeros((3, 1, 3, 2), np.float32)
    values[0, 0, :, 0] = [0.1, 0.0, -0.1]
    values[1, 0, :, 0] = [-0.3, 0.0, 0.3]
    values[1, 0, :, 1] = [0.0, 1.0, 0.0]
    values[2, 0, :, 0] = [-0.2, 0.0, 0.2]
    found = rank(values, [PLAIN, Attribute(IDENTITY)])
    assert found.best("a") == [1, 2, 0]
    assert found.best("a", selective=True)[-1] == 1  # it changes identity too
    assert found.strongest(1) == [0]


@pytest.mark.parametrize("shape", [(1, 1, 1, 1), (1, 1, 3, 2), (1, 3, 1)])
def test_other_shapes_are_refused(shape):
    with pytest.raises(ValueError, match="values of shape"):
        rank(np.zeros(shape, np.float32), [PLAIN])


def test_planted_directions_get_their_closed_form():
    generator = PlantedGenerator()
    planted = PlantedReader(generator)
    both = (generator.axes[0] + generator.axes[1]) / np.sqrt(2)
    vectors = [*generator.axes[:3], both, generator.axes[8]]
    directions = [
        Direction(f"d{i}", f"D {i}", Space.Z, Linear(v.numpy().astype(np.float32)), unit=0.5)
        for i, v in enumerate(vectors)
    ]
    pool = seed_pool(generator, range(6))
    wanted = plan(generator, pool, directions, steps=5, reach=4.0)
    guide = run(traverser(generator, pool, "straight"))
    reading = AttributeReader(wanted, planted.predictor)
    for d, direction in enumerate(directions):
        for s in range(6):
            reading.add(d, s, guide.images(direction, s, wanted.amounts(d)))
    found = rank_values(reading.result())
    # One step is 2 amounts of 0.5, 1/40 of the range; the steps' deviation is sqrt(2.5).
    full = 1.0 / PlantedReader.RANGE * np.sqrt(2.5)
    half = full / np.sqrt(2)
    expected = np.zeros((5, 4))
    expected[[0, 1, 2], [0, 1, 2]] = full
    expected[3, :2] = half
    np.testing.assert_allclose(found.correlation, expected, atol=2e-5)
    shares = found.selectivity
    np.testing.assert_allclose(shares[:3, :3], np.eye(3), atol=2e-3)
    np.testing.assert_allclose(shares[3, :2], [0.5, 0.5], atol=2e-3)
    assert [found.best(f"p{j}")[0] for j in range(3)] == [0, 1, 2]


def test_some_attributes_only():
    generator = PlantedGenerator()
    pool = seed_pool(generator, [0])
    direction = Direction("d", "D", Space.Z, Linear(generator.axes[0].numpy()))
    reading = AttributeReader(
        plan(generator, pool, [direction], steps=3), PlantedReader(generator).predictor
    )
    reading.add(0, 0, torch.stack([torch.full((3, 8, 8), v) for v in (-0.5, 0.0, 0.5)]))
    found = reading.result()
    assert rank_values(found).selectivity.tolist() == [[pytest.approx(0.25)] * 4]
    assert rank_values(found, ["p3", "p0"]).attributes == ("p3", "p0")
    assert rank_values(found, ["p3", "p0"]).selectivity.tolist() == [[pytest.approx(0.5)] * 2]
    with pytest.raises(OptionError, match=r"'p9' is not read\. Choose of: p0, p1"):
        rank_values(found, ["p9"])


@pytest.mark.parametrize(
    ("size", "small"), [((400, 200), (128, 64)), ((100, 900), (14, 128)), ((64, 48), (64, 48))]
)
def test_strips_of_rectangular_pictures_keep_their_shape(size, small):
    assert ranking_page._reduced(np.zeros((*size, 3), np.uint8)).shape == (*small, 3)
