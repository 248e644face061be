"""Walks keep the density where they say so, and the chart round-trips."""

import numpy as np
import pytest
import torch
from scipy import stats

from latentstudio.core.progress import run
from latentstudio.density.shell import Shell, chi_shell
from latentstudio.density.walks import walk_codes
from latentstudio.engine.whitening import whiten


@pytest.fixture(scope="module")
def codes(portraits):
    z = portraits.sample_z(range(6))
    return portraits.broadcast(portraits.map(z))


@pytest.fixture
def step(codes):
    rng = torch.Generator().manual_seed(0)
    direction = torch.randn(codes.shape[-1], generator=rng)
    direction /= direction.norm()
    amounts = torch.tensor([0.0, 1.0, 3.0, -2.0, 6.0, -6.0])
    return amounts[:, None, None] * direction.expand(6, codes.shape[1], -1)


@pytest.mark.parametrize("walk", ["preserve", "geodesic"])
def test_the_shell_coordinate_is_constant_along_an_on_shell_walk(
    codes, step, portraits_density, walk
):
    moved = walk_codes(codes, step, walk, portraits_density)
    before = portraits_density.coordinates(codes)
    after = portraits_density.coordinates(moved)
    torch.testing.assert_close(after, before, rtol=1e-5, atol=0)
    assert (moved[1:] - codes[1:]).abs().amax((1, 2)).min() > 0.05  # and it did walk


def test_a_linear_walk_leaves_the_shell(codes, step, portraits_density):
    moved = walk_codes(codes, step, "straight", portraits_density)
    change = portraits_density.coordinates(moved) - portraits_density.coordinates(codes)
    assert change[4:].abs().min() > 1.0
    torch.testing.assert_close(moved, codes + step)


@pytest.mark.parametrize("walk", ["straight", "preserve", "geodesic"])
def test_layers_that_are_not_moved_come_back_bit_for_bit(codes, step, portraits_density, walk):
    step[:, 3:] = 0
    moved = walk_codes(codes, step, walk, portraits_density)
    assert torch.equal(moved[:, 3:], codes[:, 3:])
    assert torch.equal(moved[0], codes[0])
    assert not torch.equal(moved[4, :3], codes[4, :3])


def test_the_chart_round_trips(codes, portraits_density):
    v = portraits_density.to_round(codes)
    back = portraits_density.from_round(v)
    torch.testing.assert_close(back, codes.double(), rtol=1e-7, atol=1e-7)


def test_whitened_samples_are_white():
    rng = torch.Generator().manual_seed(1)
    mix = torch.randn(5, 5, generator=rng, dtype=torch.float64)
    samples = torch.randn(40_000, 5, generator=rng, dtype=torch.float64) @ mix + 3
    white = whiten(samples).apply(samples)
    torch.testing.assert_close(white.T @ white / 39_999, torch.eye(5, dtype=torch.float64))
    torch.testing.assert_close(whiten(samples).undo(white), samples)


def test_a_normal_prior_has_the_chi_distribution():
    shell = chi_shell(100)
    np.testing.assert_allclose(shell.on, stats.chi(100).ppf([0.025, 0.975]), rtol=1e-4)
    np.testing.assert_allclose(shell.limit, stats.chi(100).ppf([0.0005, 0.9995]), rtol=2e-3)
    assert shell.state(10.0) == "on"
    assert shell.state(12.0) == "edge"
    assert shell.state(12.6) == "off"


def test_the_worst_layer_counts_and_the_sides_have_names():
    shell = Shell(np.arange(1000, dtype=float))
    reading = shell.read(np.array([500.0, 990.0, 400.0]))
    assert (reading.coordinate, reading.state, reading.side) == (990.0, "edge", "sparser")
    assert reading.percentile == 99.0
    assert reading.one_in == 100
    assert reading.layers == (500.0, 990.0, 400.0)
    assert shell.read(np.array([100.0])).side == "denser"
    assert shell.read(np.array([700.0])).side == "typical"
    assert shell.read(np.array([-1.0])).state == "off"


def test_scaling_z_moves_no_stylegan_meter(portraits, portraits_density):
    z = portraits.sample_z([3])
    codes = [portraits.broadcast(portraits.map(z * s)) for s in (0.5, 1.0, 2.0)]
    low, same, high = (portraits_density.coordinates(c) for c in codes)
    torch.testing.assert_close(low, same, rtol=1e-4, atol=0)
    torch.testing.assert_close(high, same, rtol=1e-4, atol=0)


def test_most_samples_are_on_the_shell(portraits, portraits_density):
    codes = portraits.broadcast(portraits.map(portraits.sample_z(range(1000))))
    states = [r.state for r in portraits_density.readings(codes)]
    assert 0.93 <= states.count("on") / 1000 <= 0.97
    assert states.count("off") <= 5


def test_measuring_stops_when_it_is_closed(portraits):
    from latentstudio.density.reference import measure

    job = measure(portraits)
    next(job)
    assert torch.is_grad_enabled()
    job.close()
    with pytest.raises(StopIteration):
        next(job)
    assert run(measure(portraits)).shell.on[0] > 0


def test_truncation_alone_moves_no_meter_and_walks_keep_the_shell(portraits, portraits_density):
    from latentstudio.render.pipeline import Pipeline

    pipeline = Pipeline(portraits, portraits_density)
    full, pulled = (pipeline.from_seeds([3, 4], truncation=t) for t in (1.0, 0.6))
    plain = portraits_density.coordinates(full.codes)
    own = pipeline.density_of(pulled)
    assert own is not None
    torch.testing.assert_close(own.coordinates(pulled.codes), plain, rtol=1e-5, atol=0)
    assert (portraits_density.coordinates(pulled.codes) - plain).abs().min() > 1
    step = torch.ones_like(pulled.codes) * 0.2
    walked = walk_codes(pulled.codes, step, "preserve", own)
    torch.testing.assert_close(own.coordinates(walked), plain, rtol=1e-5, atol=0)


@pytest.mark.parametrize("count", [2, 3, 999, 20_000])
def test_the_ends_of_a_shell_are_quantiles_of_its_reference(count):
    reference = np.sort(np.random.default_rng(count).gamma(9.0, size=count))
    shell = Shell(reference)
    assert shell.on == pytest.approx(tuple(np.quantile(reference, [0.025, 0.975])), rel=1e-12)
    assert shell.limit == pytest.approx(tuple(np.quantile(reference, [0.0005, 0.9995])), rel=1e-12)
