"""Walks agree with the authors' numbers and keep what they promise to keep."""

from pathlib import Path

import numpy as np
import pytest
import torch

from latentstudio.engine import walks

GOLDEN = Path(__file__).parents[2] / "golden" / "methods"


@pytest.fixture
def golden():
    with np.load(GOLDEN / "dp-lase.npz") as arrays:
        return {name: torch.from_numpy(arrays[name]) for name in arrays}


@pytest.fixture
def latents():
    return torch.randn(5, 16, generator=torch.Generator().manual_seed(0))


@pytest.fixture
def axis():
    u = torch.randn(16, generator=torch.Generator().manual_seed(1))
    return u / u.norm()


def test_preserving_walk_is_the_authors(golden):
    walked = walks.preserve(golden["z"], golden["direction"], golden["alpha"])
    torch.testing.assert_close(walked, golden["walked"], atol=1e-5, rtol=0)


def test_amount_zero_is_the_very_same_latent(latents, axis):
    for walk in (walks.straight, walks.preserve, walks.geodesic):
        assert torch.equal(walk(latents, axis, 0.0), latents)


def test_radius_is_kept_by_both_walks_on_the_shell(latents, axis):
    for walk in (walks.preserve, walks.geodesic):
        for amount in (-20.0, -3.0, 0.5, 6.0):
            radius = walk(latents, axis, amount).norm(dim=-1)
            torch.testing.assert_close(radius, latents.norm(dim=-1), rtol=1e-6, atol=0)


def test_geodesic_goes_round_once(latents, axis):
    amounts = 2 * torch.pi * latents.norm(dim=-1)
    torch.testing.assert_close(walks.geodesic(latents, axis, amounts), latents, atol=1e-5, rtol=0)
    half = walks.geodesic(latents, axis, amounts / 2)
    torch.testing.assert_close(half, -latents, atol=1e-5, rtol=0)


def test_geodesic_amount_is_arc_length(latents, axis):
    points = walks.geodesic(
        latents[:1].double(), axis.double(), torch.linspace(0, 3, 3001).double()
    )
    length = points.diff(dim=0).norm(dim=-1).sum()
    assert length.item() == pytest.approx(3, abs=1e-5)


def test_geodesic_and_preserving_walk_lie_on_one_circle(latents, axis):
    plane = torch.linalg.qr(torch.stack([latents[0], axis], dim=1))[0]  # (d, 2)
    for walk in (walks.preserve, walks.geodesic):
        point = walk(latents[0], axis, 4.0)
        torch.testing.assert_close(plane @ (plane.T @ point), point, atol=1e-5, rtol=0)
        assert point @ axis > latents[0] @ axis


def test_a_total_displacement_is_a_direction_with_amount_one(latents, axis):
    torch.testing.assert_close(
        walks.geodesic(latents, 2.5 * axis, 1.0), walks.geodesic(latents, axis, 2.5)
    )


def test_amounts_and_latents_broadcast(latents, axis):
    grid = walks.preserve(latents[:, None], axis, torch.tensor([-1.0, 0.0, 2.0]))
    assert grid.shape == (5, 3, 16)
    torch.testing.assert_close(grid[3, 2], walks.preserve(latents[3], axis, 2.0))


def test_degenerate_walks_stay_finite(latents):
    radial = latents / latents.norm(dim=-1, keepdim=True)
    assert torch.equal(walks.geodesic(latents, radial, 3.0), latents)
    assert torch.equal(walks.retract(latents, torch.zeros_like(latents)), latents)
    origin = torch.zeros(1, 16)
    assert torch.equal(walks.preserve(origin, radial[:1], 3.0), origin)
    assert torch.equal(walks.geodesic(origin, radial[:1], 3.0), origin)
