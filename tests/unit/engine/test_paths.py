"""RBF paths agree with the authors' numbers, and a slider comes home to the same latent."""

from pathlib import Path

import numpy as np
import pytest
import torch

from latentstudio.core.errors import ShapeError
from latentstudio.engine import walks
from latentstudio.engine.paths import Polyline, RbfPath, rbf_gradient

GOLDEN = Path(__file__).parents[2] / "golden" / "methods"
FOLDERS = sorted(folder.name for folder in GOLDEN.glob("warpedganspace-*"))


def load(name):
    """Golden arrays, and one path for each latent."""
    saved = torch.load(GOLDEN / name / "models" / "support_sets.pt", weights_only=True)
    with np.load(GOLDEN / name / "golden.npz") as file:
        arrays = {key: torch.from_numpy(file[key]) for key in file}
    dim = arrays["z"].shape[1]
    paths = [
        RbfPath(
            saved["SUPPORT_SETS"][k].view(-1, dim), saved["ALPHAS"][k], saved["LOGGAMMA"][k].exp()
        )
        for k in arrays["path_index"].tolist()
    ]
    return arrays, paths


@pytest.fixture
def path():
    rng = torch.Generator().manual_seed(0)
    return RbfPath(
        torch.randn(6, 8, generator=rng), torch.tensor([1.0, -1.0] * 3), torch.tensor([0.125])
    )


@pytest.mark.parametrize("name", FOLDERS)
def test_unit_shift_is_the_authors(name):
    arrays, paths = load(name)
    shift = torch.stack([path.tangent(z) for path, z in zip(paths, arrays["z"], strict=True)])
    torch.testing.assert_close(shift, arrays["unit_shift"], atol=1e-5, rtol=0)


@pytest.mark.parametrize("name", FOLDERS)
def test_walk_is_the_authors(name):
    arrays, paths = load(name)
    eps = 0.2
    assert arrays["eps"].item() == pytest.approx(eps)
    for column, (path, z) in enumerate(zip(paths, arrays["z"], strict=True)):
        line = Polyline(path, z)
        walked = torch.stack([line.at(k * eps) for k in range(len(arrays["walk"]))])
        torch.testing.assert_close(walked, arrays["walk"][:, column], atol=1e-5, rtol=0)


def test_gradient_is_the_derivative_of_f(path):
    z = torch.randn(4, 8, dtype=torch.float64, requires_grad=True)
    s, a, g = path.support.double(), path.alphas.double(), path.gammas.double()
    f = (a * torch.exp(-g * (z[:, None] - s).square().sum(-1))).sum()
    (expected,) = torch.autograd.grad(f, z)
    torch.testing.assert_close(rbf_gradient(z, s, a, g), expected)


def test_far_from_every_point_the_tangent_is_still_a_unit_vector(path):
    far = torch.full((8,), 14.0, dtype=torch.float64)
    exact = rbf_gradient(far, path.support.double(), path.alphas.double(), path.gammas.double())
    assert 0 < exact.norm() < 1e-60  # nothing is left of it in float32
    tangent = path.tangent(far.float())
    torch.testing.assert_close(tangent.double(), exact / exact.norm(), atol=1e-3, rtol=0)


def test_there_and_back_is_the_identical_latent(path):
    z = torch.randn(8)
    line = Polyline(path, z, lambda moved: walks.retract(z, moved))
    far = line.at(5.33)
    line.at(-2.1)
    assert torch.equal(line.at(0.0), z)
    assert torch.equal(line.at(5.33), far)


def test_arc_length_between_two_points(path):
    line = Polyline(path, torch.randn(8))
    torch.testing.assert_close((line.at(1.0) - line.at(0.9)).norm().item(), 0.1, atol=1e-5, rtol=0)


def test_a_retracted_path_keeps_the_radius(path):
    z = torch.randn(3, 8)
    line = Polyline(path, z, lambda moved: walks.retract(z, moved))
    for amount in (-3.0, 0.13, 2.0):
        torch.testing.assert_close(line.at(amount).norm(dim=-1), z.norm(dim=-1))


def test_wrong_shapes_get_a_sentence(path):
    with pytest.raises(ShapeError, match=r"support \(M, d\)"):
        RbfPath(path.support, path.alphas[:2], path.gammas)
    with pytest.raises(ShapeError, match="gammas"):
        RbfPath(path.support, path.alphas, path.gammas.expand(4))


def test_long_steps_are_refused(path):
    with pytest.raises(ValueError, match="step"):
        Polyline(path, torch.zeros(8), step=0.5)
