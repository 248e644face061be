"""ReSeFa and LowRankGAN against the authors' own results, and products kept while painting."""

from pathlib import Path

import numpy as np
import pytest
import torch

from latentstudio.core.errors import OptionError, ShapeError
from latentstudio.core.progress import run
from latentstudio.region import lowrankgan, registry, resefa
from latentstudio.region.grams import MaskedGrams
from latentstudio.region.lowrankgan import LowRankOptions
from latentstudio.region.resefa import ResefaOptions

GOLDEN = np.load(Path(__file__).parents[2] / "golden" / "methods" / "lowrank-resefa.npz")
SETTINGS = ("lam_60th", "lam_rsqrt", "lam_half")


def grams(dtype=torch.float64, mask=None):
    found = MaskedGrams(torch.from_numpy(GOLDEN["jacobian"]), dtype)
    found.paint(GOLDEN["mask"] if mask is None else mask)
    return found


@pytest.fixture(scope="module")
def products():
    """M_f and M_b formed in single precision, as the golden results were."""
    found = grams(torch.float32)
    return found.inside().double().numpy(), found.outside().double().numpy()


def close(found, wanted):
    np.testing.assert_allclose(found, wanted, atol=1e-4 * max(1.0, np.abs(wanted).max()))


def alike(rows, wanted):
    """Equal up to the sign of each row."""
    assert rows.shape == wanted.shape
    close(rows * np.sign((rows * wanted).sum(1, keepdims=True)), wanted)


def test_resefa_is_the_authors(products):
    vectors, values = resefa.solve(*products, float(GOLDEN["resefa_tau"]), 32)
    close(values, GOLDEN["resefa_eigenvalues"])
    sure = GOLDEN["resefa_eigenvalues"] > 0.02
    assert sure.sum() == 9
    alike(vectors[sure], GOLDEN["resefa_directions"][sure])
    few, best = resefa.solve(*products, float(GOLDEN["resefa_tau"]), 4)
    alike(few, vectors[:4])
    np.testing.assert_allclose(best, values[:4])


@pytest.mark.parametrize("setting", SETTINGS)
def test_lowrankgan_is_the_authors(products, setting):
    sparsity = float(GOLDEN[f"{setting}_lambda"])
    region, rest = (run(lowrankgan.split(matrix, sparsity)) for matrix in products)
    close(region, GOLDEN[f"{setting}_lowrank_foreground"])
    close(rest, GOLDEN[f"{setting}_lowrank_background"])
    assert lowrankgan.rank(region) == GOLDEN[f"{setting}_rank_foreground"]
    assert lowrankgan.rank(rest) == GOLDEN[f"{setting}_rank_background"]
    for relax in (0, 8, 16):
        wanted = GOLDEN[f"{setting}_projected_relax{relax}"]
        stored = GOLDEN[f"{setting}_lowrank_foreground"], GOLDEN[f"{setting}_lowrank_background"]
        alike(lowrankgan.project(*stored, relax), wanted)
        found = lowrankgan.project(region, rest, relax)
        # With lambda a half, singular values of 1e-7 count to the rank: the last bits of M decide.
        sure = 1e-4 if setting != "lam_half" else 1e-2
        assert np.abs(np.abs((found * wanted).sum(1)) - 1).max() < sure


def test_the_published_sparsity_is_scaled_to_the_model():
    assert lowrankgan.usual_sparsity(512) == pytest.approx(1 / 60)
    assert lowrankgan.usual_sparsity(128) == pytest.approx(1 / 30)


def test_no_direction_has_a_better_quotient():
    found = grams()
    inside, outside = found.inside().numpy(), found.outside().numpy()
    (best,), (value,) = resefa.solve(inside, outside, 1e-3, 1)
    kept = outside + 1e-3 * np.trace(outside) * np.eye(32)

    def quotient(v):
        return (v @ inside @ v) / (v @ kept @ v)

    assert np.linalg.norm(best) == pytest.approx(1)
    assert quotient(best) == pytest.approx(value)
    rng = np.random.default_rng(0)
    tried = [quotient(best + 0.05 * rng.standard_normal(32)) for _ in range(200)]
    assert max(tried) < value


def test_products_are_the_formula():
    mask = np.random.default_rng(0).random((32, 32)).astype(np.float32)
    rows = GOLDEN["jacobian"].reshape(-1, 32).astype(np.float64)
    weights = mask.reshape(-1).astype(np.float64)
    found = grams(mask=mask)
    inside = (rows * weights[:, None]).T @ rows / weights.sum()
    outside = (rows * (1 - weights)[:, None]).T @ rows / (1 - weights).sum()
    np.testing.assert_allclose(found.inside(), inside, rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(found.outside(), outside, rtol=1e-9, atol=1e-12)


def test_a_stroke_gives_what_the_whole_mask_gives(monkeypatch):
    rng = np.random.default_rng(1)
    rows = torch.from_numpy(rng.standard_normal((16, 16, 3, 5)).astype(np.float32))
    painted, mask = MaskedGrams(rows), np.zeros((16, 16), np.float32)
    multiplied = []
    weighted = MaskedGrams._weighted

    def counted(self, weights, pixels):
        multiplied.append(len(weights))
        return weighted(self, weights, pixels)

    monkeypatch.setattr(MaskedGrams, "_weighted", counted)
    for top, left, value in ((2, 3, 1.0), (4, 4, 0.5), (3, 3, 0.0), (3, 3, 0.25)):
        mask[top : top + 4, left : left + 4] = value
        painted.paint(mask.copy())
    assert max(multiplied) == 16
    fresh = MaskedGrams(rows)
    fresh.paint(mask)
    torch.testing.assert_close(painted.inside(), fresh.inside())
    torch.testing.assert_close(painted.outside(), fresh.outside())
    before = len(multiplied)
    painted.paint(mask)
    assert len(multiplied) == before  # nothing has changed
    painted.paint(np.ones_like(mask) * 0.5)
    torch.testing.assert_close(painted.inside(), painted.outside())


def test_colours_count_alike():
    rows = torch.randn(6, 6, 1, 4, generator=torch.Generator().manual_seed(0))
    mask = np.zeros((6, 6), np.float32)
    mask[:3] = 1
    grey, colour = MaskedGrams(rows), MaskedGrams(rows.expand(-1, -1, 3, -1))
    grey.paint(mask)
    colour.paint(mask)
    torch.testing.assert_close(grey.inside(), colour.inside())
    torch.testing.assert_close(grey.outside(), colour.outside())


def test_masks_of_another_size_are_refused():
    with pytest.raises(ShapeError, match=r"\[32, 32\]"):
        grams(mask=np.ones((16, 16), np.float32))


def test_lowrankgan_gives_no_more_than_there_is(products):
    options = LowRankOptions(sparsity=float(GOLDEN["lam_rsqrt_lambda"]))
    found = run(registry.find(*products, options, 32))
    assert found.rank == len(found.vectors) == len(found.values) == 16
    assert (np.diff(found.values) <= 0).all()
    assert len(run(registry.find(*products, options, 3)).vectors) == 3


@pytest.mark.parametrize(
    ("options", "count", "word"),
    [
        (ResefaOptions(), 33, "32 dimensions"),
        (ResefaOptions(), 0, "count"),
        (ResefaOptions(tau=0.0), 4, "tau"),
        (LowRankOptions(sparsity=float("nan")), 4, "sparsity"),
        (LowRankOptions(relax=-1), 4, "relax"),
    ],
)
def test_options_out_of_range_get_a_sentence(products, options, count, word):
    with pytest.raises(OptionError, match=word):
        run(registry.find(*products, options, count))


def test_unknown_methods_and_options_get_a_sentence():
    assert registry.options_for("resefa", ["tau=0.01"]) == ResefaOptions(tau=0.01)
    with pytest.raises(OptionError, match="resefa, lowrankgan"):
        registry.options_for("sefa", [])
    with pytest.raises(OptionError, match="relax"):
        registry.options_for("lowrankgan", ["tau=1"])


def test_every_method_solves_and_is_known_by_its_options(products):
    for id, method in registry.METHODS.items():
        options = method.options()
        assert id == method.id
        assert registry.method_of(options) is method
        found = run(registry.find(*products, options, 2))
        np.testing.assert_allclose(np.linalg.norm(found.vectors, axis=1), 1.0)
        assert method.takes("layers")
    taking = [id for id, one in registry.METHODS.items() if one.takes("tau")]
    assert taking == ["resefa"]


def test_surroundings_that_nothing_changes_are_no_trouble():
    inside = np.diag([3.0, 2.0, 1.0])
    vectors, values = resefa.solve(inside, np.zeros((3, 3)), 1e-3, 2)
    np.testing.assert_allclose(np.abs(vectors), np.eye(3)[:2], atol=1e-9)
    assert np.isfinite(values).all()


def test_what_is_no_number_gets_a_sentence():
    broken = np.full((3, 3), np.nan)
    with pytest.raises(OptionError, match="aren't numbers"):
        run(registry.find(broken, np.eye(3), resefa.ResefaOptions(), 1))
