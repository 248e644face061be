"""The recipe of the built-in generator: data, network, training and export, at toy size."""

import argparse
import json
import sys
from pathlib import Path

import numpy as np
import pytest
import torch
from torch.nn import functional as F

RECIPE = Path(__file__).parents[3] / "packaging" / "portraits"
sys.path.insert(0, str(RECIPE))

import export
import factors
import network
import train

SMALL = {4: 8, 8: 8}
SCORES = np.random.RandomState(5).randn(12, factors.Design().n_scores).tolist()


@pytest.fixture(scope="module")
def design():
    return factors.Design()


@pytest.fixture
def pictures(tmp_path):
    lines, frames = tmp_path / "toy.jsonl", tmp_path / "toy.rgb"
    lines.write_text("".join(json.dumps({"scores": scores}) + "\n" for scores in SCORES))
    rng = np.random.RandomState(0)
    frames.write_bytes(rng.randint(0, 256, (12, 8, 8, 3)).astype(np.uint8).tobytes())
    return train.Data(lines, frames, torch.device("cpu"))


def options(**changes):
    wanted = {"seed": 0, "batch": 4, "lr": 1e-3, "adversarial_lr": 1e-3, "d_lr": 1e-3}
    wanted |= {"mapping_layers": 2, "mapping_steps": 1, "paired_pictures": 4, "pairing": 1.0}
    wanted |= {"adversarial_weight": 1.0, "d_warm_up": 1, "mixing": 0.3, "between": 0.3}
    wanted |= {"r1": 0.1, "r1_every": 2, "ema_pictures": 100.0, "growth": [(4, 4)]}
    return argparse.Namespace(**(wanted | changes))


def training(pictures, monkeypatch, **changes):
    monkeypatch.setattr(train, "channels_for", lambda size, table=None: dict(SMALL))
    return train.Training(options(**changes), pictures)


def test_options_have_the_wanted_frequencies(design):
    found = design.read(np.random.RandomState(1).randn(20000, design.n_scores))
    for name, weights in design.spec["choices"].items():
        wanted = np.array(list(weights.values())) / sum(weights.values())
        shares = np.bincount(found.choices[name], minlength=len(wanted)) / len(found)
        assert abs(shares - wanted).max() < 0.02, name
    for name, colours in found.colours.items():
        assert colours.shape == (20000, 3), name
        assert colours.min() >= 0
        assert colours.max() <= 1
        assert colours.std(0).min() > 0.03


def test_attributes_are_independent(design):
    found = design.read(np.random.RandomState(2).randn(20000, design.n_scores))
    glasses = found.choices["accessories"] > 0
    beard = found.choices["facialHair"] > 0
    assert abs(np.corrcoef(glasses, beard)[0, 1]) < 0.03


def test_a_seed_always_names_the_same_portrait(design):
    seeds, _, portraits = factors.draw(design, 100, 120)
    again, _, others = factors.draw(factors.Design(), 110, 120)
    assert seeds[10:] == again
    assert design.renderer_options(portraits, 10) == design.renderer_options(others, 0)


def test_a_code_holds_its_scores(design):
    rng = np.random.RandomState(4)
    scores, rest = rng.randn(5, design.n_scores), rng.randn(5, design.z_dim - design.n_scores)
    np.testing.assert_allclose(design.scores(design.code(scores, rest)), scores, atol=1e-12)


def test_places_are_well_conditioned_and_attributes_strongest(design):
    places = design.places(np.random.RandomState(6).randn(20000, design.z_dim))
    deviations = np.sqrt(np.linalg.eigvalsh(np.cov(places, rowvar=False)))
    assert deviations[-1] / deviations[0] < 12
    strongest = np.linalg.eigh(np.cov(places, rowvar=False))[1][:, -10:]
    assert np.square(strongest[: design.n_scores]).sum(0).min() > 0.95


def test_kin_options_lie_together(design):
    codes = design.option_codes("top")
    options = design.options["top"]
    hat, turban, bob = (codes[options.index(o)] for o in ("hat", "turban", "bob"))
    assert np.linalg.norm(hat - turban) < 0.8 * np.linalg.norm(hat - bob)


def test_none_is_drawn_by_leaving_it_out(design):
    seeds, _, portraits = factors.draw(design, 0, 60)
    for row in range(len(seeds)):
        drawn = design.renderer_options(portraits, row)
        bare = design.options["accessories"][portraits.choices["accessories"][row]] == "none"
        assert drawn["accessoriesProbability"] == (0 if bare else 100)
        assert ("accessories" in drawn) is not bare
        assert drawn["facialHairColor"] == drawn["hairColor"]


def test_unclear_portraits_are_left_out(design):
    _, _, portraits = factors.draw(design, 0, 100, margin=0.2)
    assert 0 < len(portraits) < 100
    assert portraits.margin.min() >= 0.2


def test_upsampling_is_zero_insertion_and_the_filter():
    x = torch.randn(2, 3, 4, 5)
    wide = torch.zeros(2, 3, 8, 10)
    wide[..., ::2, ::2] = x
    taps = torch.tensor(network.TAPS)
    kernel = (taps[:, None] * taps * 4).expand(3, 1, 4, 4)
    wanted = F.conv2d(F.pad(wide, (2, 1, 2, 1)), kernel, groups=3)
    torch.testing.assert_close(network.upsample(x), wanted)


def test_scaling_activations_is_modulating_weights():
    torch.manual_seed(0)
    layer = network.StyledConv(6, 5, 7, 4, up=False)
    x, w = torch.randn(1, 6, 4, 4), torch.randn(1, 7)
    weight = layer.weight * layer.affine(w)[:, :, None, None]
    weight = weight * (weight.square().sum((1, 2, 3), keepdim=True) + 1e-8).rsqrt()
    wanted = network.lrelu(F.conv2d(x, weight, padding=1))
    torch.testing.assert_close(layer(x, w), wanted, rtol=1e-4, atol=1e-5)


def test_channels_go_on_halving_above_the_table():
    assert network.channels_for(32) == {4: 128, 8: 128, 16: 96, 32: 64}
    assert network.channels_for(256)[256] == 16


def test_every_stage_runs_and_moves_the_average(pictures, monkeypatch):
    run = training(pictures, monkeypatch)
    first = run.ema.state_dict()["synthesis.b8.conv1.weight"].clone()
    stages = [run.step()[0] for _ in range(5)]
    assert stages == ["mapping", "paired", "adversarial", "adversarial", "adversarial"]
    assert run.count == {"mapping": 1, "paired": 4, "adversarial": 12, "d_steps": 3}
    assert not torch.equal(first, run.ema.state_dict()["synthesis.b8.conv1.weight"])
    assert run.ema.mapping.w_avg.abs().sum() > 0


def test_a_resumed_run_is_the_uninterrupted_one(pictures, monkeypatch, tmp_path):
    whole = training(pictures, monkeypatch)
    for _ in range(4):
        whole.step()
    whole.save(tmp_path / "checkpoint.pt")
    whole.step()
    wanted = whole.ema.state_dict()
    resumed = training(pictures, monkeypatch)
    resumed.load(tmp_path / "checkpoint.pt")
    resumed.step()
    for name, value in resumed.ema.state_dict().items():
        assert torch.equal(value, wanted[name]), name


def test_plain_adversarial_training_needs_no_pairs(pictures, monkeypatch):
    run = training(pictures, monkeypatch, mapping_steps=0, paired_pictures=0, pairing=0.0)
    assert run.step()[0] == "adversarial"
    assert set(run.step()[1]) == {"g", "real", "fake"}


def test_export_round_trip(pictures, monkeypatch, tmp_path):
    run = training(pictures, monkeypatch)
    for _ in range(3):
        run.step()
    run.save(tmp_path / "checkpoint.pt")
    checkpoint = torch.load(tmp_path / "checkpoint.pt", weights_only=True)
    generator = export.generator_of(checkpoint)
    export.write_generator(generator, checkpoint["count"], tmp_path)
    read = export.read_generator(tmp_path / "portraits-8.safetensors")
    golden = np.load(tmp_path / "golden.npz")
    z = torch.from_numpy(golden["z"]).float()
    np.testing.assert_allclose(read(z).numpy(), golden["img"], atol=1e-5)
    np.testing.assert_allclose(read(z, psi=0.5).numpy(), golden["img_psi05"], atol=1e-5)
    assert (golden["z"][2] == np.random.RandomState(2).randn(1, 128)[0].astype(np.float32)).all()


def test_state_round_trip_goes_on(pictures, monkeypatch, tmp_path):
    run = training(pictures, monkeypatch)
    for _ in range(4):
        run.step()
    run.save(tmp_path / "checkpoint.pt")
    export.write_state(torch.load(tmp_path / "checkpoint.pt", weights_only=True), tmp_path)
    resumed = training(pictures, monkeypatch)
    resumed.restore(export.read_state(tmp_path))
    assert resumed.count == run.count
    for name, value in resumed.d.state_dict().items():
        assert torch.equal(value, run.d.state_dict()[name])
    resumed.step()
