"""SeFa and GANSpace find what was planted, and say in words what they can't do."""

import dataclasses
from pathlib import Path

import numpy as np
import pytest
import torch

from latentstudio.core.errors import AbilityError, OptionError, ShapeError
from latentstudio.core.options import check, describe, parse
from latentstudio.core.progress import run
from latentstudio.core.spaces import Ability, Space
from latentstudio.discovery import ganspace, registry, result, sampling, sefa
from latentstudio.engine.priors import draw_z
from latentstudio.session.models import open_model
from tests.toys.planted import PIXELS, SPREAD, PlantedGenerator

GOLDEN = Path(__file__).parents[2] / "golden" / "generators"
K = len(PIXELS)
QUICK = ganspace.GanspaceOptions(count=K, samples=6_000)


def vectors(found):
    return np.stack([direction.vector for direction in found.directions])


def check_planted(found, toy):
    """Subspace by principal angles, then each axis."""
    rows, planted = vectors(found), toy.axes[:K].numpy()
    np.testing.assert_allclose(np.linalg.norm(rows, axis=1), 1, atol=1e-6)
    cosines = np.linalg.svd(rows @ planted.T, compute_uv=False)
    assert cosines.min() >= 0.95
    assert np.abs((rows * planted).sum(1)).min() >= 0.95


@pytest.mark.parametrize("mapped", [False, True])
def test_sefa_recovers_the_planted_axes(mapped):
    toy = PlantedGenerator(mapped)
    found = run(sefa.discover(toy, sefa.SefaOptions(count=K)))
    check_planted(found, toy)
    values = [direction.measured["eigenvalue"] for direction in found.directions]
    np.testing.assert_allclose(values, PIXELS, rtol=1e-4)


@pytest.mark.parametrize("mapped", [False, True])
def test_ganspace_recovers_the_planted_axes(mapped):
    toy = PlantedGenerator(mapped)
    check_planted(run(ganspace.discover(toy, QUICK)), toy)


def test_units_are_standard_deviations_of_w():
    toy = PlantedGenerator(mapped=True)
    for method, options in ((sefa, sefa.SefaOptions(count=K)), (ganspace, QUICK)):
        units = [direction.unit for direction in run(method.discover(toy, options)).directions]
        np.testing.assert_allclose(units, SPREAD, rtol=0.05)


def test_units_in_a_normal_z_are_one():
    toy = PlantedGenerator()
    assert {d.unit for d in run(sefa.discover(toy, sefa.SefaOptions(count=K))).directions} == {1.0}
    units = [d.unit for d in run(ganspace.discover(toy, QUICK)).directions]
    # Features of the first tap are linear in z, so one deviation of them is one of z.
    np.testing.assert_allclose(units, 1, rtol=0.05)


@pytest.mark.parametrize("mapped", [True, False])
def test_ganspace_shows_directions_long_before_its_end(mapped, monkeypatch):
    monkeypatch.setattr(ganspace, "EARLY", (1_000, 3_000, 5_000))
    toy = PlantedGenerator(mapped=mapped)
    steps = list(ganspace.discover(toy, QUICK))
    shown = [step for step in steps if step.preview]
    assert round(6 * shown[0].fraction) < 4  # the last one is not worth it
    assert len(shown) == 2
    for step in shown:
        check_planted(step.preview, toy)


def test_ganspace_finds_the_same_in_more_features_than_memory_holds(monkeypatch):
    toy = PlantedGenerator()
    monkeypatch.setattr(ganspace, "FEW_FEATURES", 8)
    monkeypatch.setattr(ganspace, "SPARE", 2)
    monkeypatch.setattr(ganspace, "SUBSPACE_BATCHES", 4)
    basis = run(ganspace.subspace(toy, "early", K, seed=0))
    assert basis.shape == (192, K + 2)
    torch.testing.assert_close(basis.T @ basis, torch.eye(K + 2), atol=1e-5, rtol=0)
    check_planted(run(ganspace.discover(toy, QUICK)), toy)


def test_sefa_solves_its_own_equation():
    a = torch.randn(40, 6, generator=torch.Generator().manual_seed(1), dtype=torch.float64)
    a = a / a.norm(dim=1, keepdim=True)
    found, values = sefa.factorise(3 * a, count=6)
    torch.testing.assert_close(found @ found.T, torch.eye(6, dtype=torch.float64))
    torch.testing.assert_close(a.T @ a @ found.T, found.T * values)
    assert (values.diff() <= 0).all()


def test_sefa_ignores_the_length_of_rows():
    a = torch.randn(40, 6, generator=torch.Generator().manual_seed(1))
    scaled = a * torch.linspace(0.1, 10, 40)[:, None]
    torch.testing.assert_close(sefa.factorise(a, 3), sefa.factorise(scaled, 3))


def test_signs_do_not_depend_on_the_library():
    rows = torch.tensor([[0.1, -0.9, 0.3], [0.5, 0.4, -0.2]])
    fixed = result.fix_signs(rows)
    assert torch.equal(fixed, torch.tensor([[-0.1, 0.9, -0.3], [0.5, 0.4, -0.2]]))
    assert torch.equal(result.fix_signs(-rows), fixed)


def test_a_layer_range_looks_at_its_layers_only():
    toy = PlantedGenerator(mapped=True)
    toy.weight[1] = toy.axes[9]  # the second layer knows one axis only
    found = run(sefa.discover(toy, sefa.SefaOptions(count=1, layers="1")))
    assert abs(found.directions[0].vector @ toy.axes[9].numpy()) > 0.999
    assert found.directions[0].layers == (1, 1)


def test_names_ids_and_model_are_recorded():
    toy = PlantedGenerator(mapped=True)
    options = sefa.SefaOptions(count=2, layers="0-1")
    found = run(sefa.discover(toy, options, seed=7))
    assert [d.id for d in found.directions] == ["sefa-0", "sefa-1"]
    assert [d.name for d in found.directions] == ["SeFa 1", "SeFa 2"]
    first = found.directions[0]
    assert (first.space, first.layers, first.method, first.provenance.seed) == (
        Space.W,
        (0, 1),
        "sefa",
        7,
    )
    assert (first.low, first.high) == (-4, 4)
    assert first.provenance.options == dataclasses.asdict(options)
    assert found.model.fingerprint == toy.info.fingerprint
    assert found.model.dims == {"z": 16, "w": 16, "w+": 16}


@pytest.mark.parametrize("text", ["x", "3", "2-1", "0-3", "-1", "1-", "1-2-3"])
def test_wrong_layers_get_a_sentence(text):
    options = sefa.SefaOptions(layers=text)
    with pytest.raises(OptionError, match=r"layers can't be .*\."):
        run(sefa.discover(PlantedGenerator(mapped=True), options))


def test_too_many_directions_get_a_sentence():
    for method, options in ((sefa, sefa.SefaOptions), (ganspace, ganspace.GanspaceOptions)):
        with pytest.raises(OptionError, match="at most 16 directions"):
            run(method.discover(PlantedGenerator(), options(count=17)))


def test_too_few_samples_get_a_sentence(portraits):
    options = ganspace.GanspaceOptions(count=100, samples=100)
    with pytest.raises(OptionError, match="more than 100"):
        run(ganspace.discover(portraits, options))


def test_an_unknown_tap_gets_a_sentence():
    options = ganspace.GanspaceOptions(count=2, tap="middle")
    with pytest.raises(OptionError, match="early, late"):
        run(ganspace.discover(PlantedGenerator(), options))


@pytest.mark.parametrize("options", [method.options for method in registry.METHODS.values()])
def test_options_hold_their_own_limits(options):
    check(options())
    with pytest.raises(OptionError, match="count"):
        parse(options, ["count=0"])
    for info in describe(options):
        assert info.label[0].isupper()
        assert not info.label.endswith(".")
        assert info.help.endswith(".")


def test_sefa_wants_a_matrix():
    with pytest.raises(ShapeError, match=r"\[rows dim\]"):
        sefa.factorise(torch.zeros(3), count=1)


@pytest.mark.parametrize("mapped", [False, True])
def test_ganspace_stops_within_a_batch_of_being_closed(mapped, monkeypatch):
    asked = []

    def counted(generator, count, rng):
        asked.append(count)
        return draw_z(generator, count, rng)

    monkeypatch.setattr(sampling, "draw_z", counted)
    job = ganspace.discover(PlantedGenerator(mapped), QUICK)
    next(job)
    next(job)
    assert max(asked) <= sampling.BATCH
    before = sum(asked)
    job.close()
    assert sum(asked) == before < 3 * sampling.BATCH


@pytest.mark.parametrize("mapped", [False, True])
@pytest.mark.parametrize("name", ["sefa", "ganspace"])
def test_no_mode_leaks_out_and_fractions_never_fall(name, mapped):
    method = registry.get(name)
    options = QUICK if name == "ganspace" else sefa.SefaOptions(count=2)
    last = 0.0
    for step in method.discover(PlantedGenerator(mapped), options):
        assert torch.is_grad_enabled()
        assert last <= step.fraction <= 1
        last = step.fraction
    assert last > 0 or name == "sefa"


def test_the_same_seed_finds_the_same_and_another_seed_does_not():
    toy = PlantedGenerator(mapped=True)
    first, again, other = (vectors(run(ganspace.discover(toy, QUICK, seed))) for seed in (0, 0, 1))
    np.testing.assert_array_equal(first, again)
    assert np.abs(first - other).max() > 1e-4


def test_needs_are_told_in_words():
    info = PlantedGenerator().info
    bare = dataclasses.replace(info, abilities=frozenset())
    for method in registry.METHODS.values():
        assert registry.needs_met(method, info) is None
        if method.id != "picture-ica":  # needs pictures only
            assert "needs a model with" in registry.needs_met(method, bare)
    assert "or" in registry.needs_met(registry.get("ganspace"), bare)
    mapping = dataclasses.replace(info, abilities=frozenset({Ability.MAPPING}))
    assert registry.needs_met(registry.get("ganspace"), mapping) is None


def test_models_without_the_ability_are_refused():
    class Bare(PlantedGenerator):
        style_weights = None
        features = None
        synthesize_with = None

        def __init__(self):
            super().__init__()
            self._info = dataclasses.replace(self._info, taps=(), abilities=frozenset())

    for name in ("sefa", "ganspace"):
        method = registry.get(name)
        with pytest.raises(AbilityError, match=r"needs a model .*\."):
            run(method.discover(Bare(), method.options(count=2)))


def test_an_unknown_method_gets_a_sentence():
    with pytest.raises(OptionError, match="sefa, ganspace"):
        registry.get("sifa")


def test_covariance_is_taken_within_classes():
    rng = torch.Generator().manual_seed(0)
    classes = torch.arange(600) % 3
    inner = torch.randn(600, 4, generator=rng, dtype=torch.float64)
    other = torch.randn(600, 2, generator=rng, dtype=torch.float64) + inner[:, :2]
    moments = sampling.Moments(3, 4, other=2)
    shift = 50.0 * classes[:, None]
    for part in torch.arange(600).split(100):
        moments.add((inner + shift)[part], classes[part], (other - shift)[part])
    centred, paired = (
        x - torch.stack([x[classes == c].mean(0) for c in range(3)])[classes]
        for x in (inner, other)
    )
    torch.testing.assert_close(moments.covariance(), centred.T @ centred / 597)
    torch.testing.assert_close(moments.cross_covariance(), paired.T @ centred / 597)


@pytest.mark.parametrize("name", ["biggan-64-G_ema.pth", "biggan-deep-64"])
def test_components_of_biggans_features_are_found_again_in_z(name):
    """A step along them changes the features more than along any of 50 random directions."""
    generator = run(open_model(str(GOLDEN / name), "cpu"))
    options = ganspace.GanspaceOptions(count=4, samples=3_000)
    found = torch.from_numpy(vectors(run(ganspace.discover(generator, options))))
    rng = torch.Generator().manual_seed(1)
    z = torch.randn(128, generator.info.code_dim, generator=rng)
    classes = torch.zeros(len(z), dtype=torch.int64)
    others = torch.randn(50, z.shape[1], generator=rng)

    @torch.no_grad()
    def change(row):
        walked, still = (
            ganspace.tapped(generator, latents, classes, generator.info.taps[0])
            for latents in (z + row, z)
        )
        return (walked - still).square().sum(1).mean().item()

    most = max(change(row) for row in torch.nn.functional.normalize(others, dim=1))
    assert min(change(row) for row in found) > 1.1 * most


@pytest.mark.parametrize(
    "options", [sefa.SefaOptions(count=0), ganspace.GanspaceOptions(samples=1)]
)
def test_options_out_of_range_are_refused_here_too(options):
    method = sefa if isinstance(options, sefa.SefaOptions) else ganspace
    with pytest.raises(OptionError, match=r"can't be [01]\. It goes from 1\d* to [\d,]+\."):
        run(method.discover(PlantedGenerator(), options))
