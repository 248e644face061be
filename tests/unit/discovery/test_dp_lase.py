"""DP-LaSE: the authors' numbers, the three terms by hand, planted axes found."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
import torch.nn.functional as F

from latentstudio.core.errors import OptionError
from latentstudio.core.progress import run
from latentstudio.core.spaces import Ability, Space
from latentstudio.discovery import dp_lase
from latentstudio.discovery.dp_lase import DpLaseOptions
from latentstudio.discovery.features import usual_layer
from latentstudio.discovery.latents import survey
from tests.toys.planted import DIM, PIXELS, SPREAD, PlantedGenerator

GOLDEN = Path(__file__).parents[2] / "golden" / "methods"
K = len(PIXELS)


def task(toy, **options):
    latents = run(survey(toy, options.pop("space", "auto"), options.get("layers", "all")))
    return dp_lase.DpLase(latents, DpLaseOptions(**options), seed=0)


def test_gram_schmidt_is_the_authors():
    with np.load(GOLDEN / "dp-lase.npz") as arrays:
        raw, expected = (torch.from_numpy(arrays[name]) for name in ("raw", "gram_schmidt"))
    torch.testing.assert_close(dp_lase.gram_schmidt(raw), expected, atol=1e-5, rtol=0)


@pytest.mark.parametrize("layer", ["early", "late"])
def test_losses_are_the_formulas(layer):
    """Against a transcription, one picture and one channel at a time."""
    toy = PlantedGenerator()
    model = task(toy, layer=layer, count=3, scale=5.0)
    found = model.losses(step=4, batch=6)
    z, _ = model._latents.start(0, 4, 6)
    i, j, t = model._draw(4, 6)
    assert not (i == j).any()
    assert t.abs().max() <= 5
    rows = [model.d0[k] / model.d0[k].norm() for k in range(3)]
    change, apart, strength = [], [], torch.zeros(2, 3)
    for n in range(6):
        delta = []
        for k in (i[n], j[n]):
            moved = z[n] + t[n] * rows[k]
            moved = z[n].norm() * moved / moved.norm()
            both = toy.features(torch.stack([moved, z[n]])[:, None], layer)
            delta.append(both[0] - both[1])
            moved_by = torch.stack([delta[-1].square().mean(), t[n] ** 2])
            strength[:, k] += moved_by.detach()
        change.append(delta[0].square().mean() + delta[1].square().mean())
        channels = [delta] if layer == "early" else zip(*delta, strict=True)
        cosines = [(a.flatten() @ b.flatten() / a.norm() / b.norm()) ** 2 for a, b in channels]
        apart.append(sum(cosines) / len(cosines))
    directions = torch.stack(rows)
    square = (directions @ directions.T - torch.eye(3)).square().mean()
    torch.testing.assert_close(found["change"], sum(change) / 6)
    torch.testing.assert_close(found["apart"], sum(apart) / 6)
    loss = -sum(change) / 6 + 0.1 * sum(apart) / 6 + square
    torch.testing.assert_close(found["loss"], loss)
    # Change per squared amount, whichever pictures a direction was drawn for.
    torch.testing.assert_close(torch.tensor(model.strength.value()), strength[0] / strength[1])


def test_square_term_is_the_distance_from_right_angles():
    rows = F.normalize(torch.tensor([[1.0, 0.0, 0.0], [1.0, 1.0, 0.0]]), dim=1)
    torch.testing.assert_close(dp_lase.square_term(rows), torch.tensor(2 * 0.5 / 4))


@pytest.mark.parametrize(("mapped", "layer"), [(False, "early"), (True, "auto")])
def test_planted_axes_are_recovered(mapped, layer):
    toy = PlantedGenerator(mapped)
    options = DpLaseOptions(count=K, steps=350, layer=layer, rate=0.05)
    found = run(dp_lase.discover(toy, options))
    rows = np.stack([direction.vector for direction in found.directions])
    planted = toy.axes[:K].numpy()
    np.testing.assert_allclose(np.linalg.norm(rows, axis=1), 1, atol=1e-6)
    angles = np.linalg.svd(np.linalg.qr(rows.T)[0].T @ planted.T, compute_uv=False)
    assert angles.min() >= 0.95
    assert np.abs((rows * planted).sum(1)).min() >= 0.95  # strongest first
    strengths = [direction.measured["strength"] for direction in found.directions]
    assert strengths == sorted(strengths, reverse=True)
    units = [direction.unit for direction in found.directions]
    np.testing.assert_allclose(units, SPREAD if mapped else 1, rtol=0.1)


def test_rows_stay_at_right_angles():
    model = task(PlantedGenerator(), count=5, layer="early")
    with torch.no_grad():
        model.d0 += 0.5 * torch.randn(5, DIM, generator=torch.Generator().manual_seed(0))
        assert dp_lase.square_term(dp_lase.unit_rows(model.d0)) > 1e-4
        model.constrain()
    assert dp_lase.square_term(dp_lase.unit_rows(model.d0)) < 1e-12


def test_right_angles_are_learned_where_they_are_not_forced():
    options = {"count": 4, "layer": "early", "straighten": False, "rate": 0.05}
    options |= {"change": 0.0, "apart": 0.0}
    model = task(PlantedGenerator(), **options)
    with torch.no_grad():
        model.d0[1:] += model.d0[:1]
    before = dp_lase.square_term(dp_lase.unit_rows(model.d0)).item()
    optimiser = torch.optim.Adam(model.groups())
    for step in range(150):
        optimiser.zero_grad()
        model.losses(step, 2)["loss"].backward()
        optimiser.step()
        model.constrain()
    assert dp_lase.square_term(dp_lase.unit_rows(model.d0)).item() < before / 100


@pytest.mark.parametrize("mapped", [False, True])
def test_walks_keep_the_shell_coordinate(mapped):
    latents = run(survey(PlantedGenerator(mapped), "auto", "all"))
    start, _ = latents.start(0, 0, 8)
    rows = torch.randn(8, DIM, generator=torch.Generator().manual_seed(0))
    for amount in (-3.0, 0.5, 2.0):
        walked = latents.on_shell(start, latents.displacement(amount * rows))
        radius = latents._to_round(walked).norm(dim=1)
        torch.testing.assert_close(radius, latents._to_round(start).norm(dim=1), rtol=1e-5, atol=0)
        assert (walked - start).norm(dim=1).min() > 0.1


def test_a_deviation_of_whitened_w_is_one_deviation_of_w():
    latents = run(survey(PlantedGenerator(mapped=True), "auto", "all"))
    frame = latents.displacement(torch.eye(DIM)).T
    torch.testing.assert_close((frame @ frame.T).double(), latents.covariance, rtol=0, atol=0.02)


def test_walks_in_a_bent_w_go_where_they_are_told():
    """Some axes hardly vary, and the chart is bent: divided by their deviations they took over."""

    class Flat(PlantedGenerator):
        def map(self, z, classes=None, truncation=1.0):
            p = (
                z @ self._turn * torch.linspace(1, 0.3, DIM).where(torch.arange(DIM) < 13, 0.002)
            ) @ self.axes
            return F.leaky_relu(p, 0.2)

        def to_normal(self, code):
            return torch.where(code < 0, code / 0.2, code)

        def from_normal(self, p):
            return F.leaky_relu(p, 0.2)

    latents = run(survey(Flat(mapped=True), "auto", "all"))
    w, _ = latents.start(0, 0, 200)
    step = latents.displacement(0.5 * torch.eye(DIM)[-1])  # along the strongest axis
    walked = latents.on_shell(w, step.expand_as(w)) - w
    assert F.cosine_similarity(walked, step.expand_as(w)).mean() > 0.7


def test_a_bent_chart_gets_its_best_straight_line():
    """As in StyleGAN, where the chart undoes a leaky ReLU and slopes differ by a factor of 5."""

    class Bent(PlantedGenerator):
        def map(self, z, classes=None, truncation=1.0):
            return F.leaky_relu(super().map(z, classes, truncation), 0.2)

        def to_normal(self, code):
            return torch.where(code < 0, code / 0.2, code)

        def from_normal(self, p):
            return F.leaky_relu(p, 0.2)

    latents = run(survey(Bent(mapped=True), "auto", "all"))
    w, _ = latents.start(0, 0, 2000)
    for k in range(DIM - 4, DIM):
        axis = torch.zeros(DIM)
        axis[k] = 0.1
        moved = latents._from_round(latents._to_round(w) + axis) - w
        line = latents.displacement(axis)
        assert (moved.mean(0) - line).norm() < 0.1 * line.norm()


def test_only_what_is_needed_is_computed():
    toy = PlantedGenerator()
    model = task(toy, layer="early", count=3)
    toy.calls.clear()
    model.losses(0, 8)
    # One unshifted pass, one for both walks; no picture is finished.
    assert toy.calls == [("early", 8), ("early", 16)]


def test_styles_need_no_synthesis_and_take_their_layers_only():
    toy = PlantedGenerator(mapped=True)
    toy.weight[1] = toy.axes[3]
    options = DpLaseOptions(count=1, steps=200, layers="1", rate=0.1)
    found = run(dp_lase.discover(toy, options))
    assert toy.calls == []
    assert abs(found.directions[0].vector @ toy.axes[3].numpy()) > 0.95
    assert found.directions[0].layers == (1, 1)


def test_a_layer_range_leaves_the_other_layers_alone():
    toy = PlantedGenerator(mapped=True)
    latents = run(survey(toy, "auto", "1"))
    start, classes = latents.start(0, 0, 2)
    codes = latents.codes(start + 1, start, classes)
    expected = torch.stack([start, start + 1, start], dim=1)
    torch.testing.assert_close(codes, expected)


def test_z_of_a_mapped_model_can_be_walked_too():
    toy = PlantedGenerator(mapped=True)
    options = DpLaseOptions(count=2, steps=3, space="z", layer="early")
    found = run(dp_lase.discover(toy, options))
    assert {direction.space for direction in found.directions} == {Space.Z}


def test_ids_keep_to_their_rows():
    toy = PlantedGenerator()
    model = task(toy, layer="early", count=3)
    model.strength.add(torch.arange(3), torch.tensor([1.0, 3.0, 2.0]), torch.ones(3))
    found = model.found({}, 1)
    assert [d.id for d in found.directions] == ["dp-lase-1", "dp-lase-2", "dp-lase-0"]
    vector = found.directions[0].vector
    np.testing.assert_allclose(vector, model.d0[1].detach() / model.d0[1].norm().item(), atol=1e-6)


def test_without_style_weights_an_inner_layer_is_looked_at():
    toy = PlantedGenerator(mapped=True)
    toy._info = replace(toy.info, abilities=toy.info.abilities - {Ability.STYLE_WEIGHTS})
    assert task(toy, count=2)._features.layer == toy.info.taps[0]
    with pytest.raises(OptionError, match=r"inner layers: early, late\."):
        task(toy, count=2, layer="styles")


@pytest.mark.parametrize(
    ("options", "word"),
    [
        ({"count": 2, "layer": "middle"}, "styles, early, late"),
        ({"space": "w"}, "no mapping network"),
        ({"count": 17}, "at most 16"),
        ({"count": 2, "layers": "0-3"}, "layers 0 to 0"),
        ({"batch": 1}, "batch"),
        ({"rate": float("nan")}, "rate"),
    ],
)
def test_wrong_options_get_a_sentence(options, word):
    job = dp_lase.discover(PlantedGenerator(), DpLaseOptions(**options))
    with pytest.raises(OptionError, match=word):
        run(job)


@pytest.mark.parametrize(
    ("abilities", "layer"),
    [({Ability.STYLE_WEIGHTS, Ability.TAPS}, "styles"), ({Ability.TAPS}, "early")],
)
def test_styles_are_looked_at_where_they_can_be_read(abilities, layer):
    info = replace(PlantedGenerator().info, abilities=frozenset(abilities))
    assert usual_layer(info) == layer
