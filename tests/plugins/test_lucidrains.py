"""Checkpoints of stylegan2_pytorch: which networks, what is assumed, what old versions lack."""

import json
from pathlib import Path

import numpy as np
import pytest
import torch

from latentstudio.core.errors import CheckpointError
from latentstudio.core.progress import run
from latentstudio.core.spaces import Prior, Space
from latentstudio.session.models import open_model, with_choices

FIELD = Path(__file__).parents[1] / "golden" / "field"
PLAIN, ALPHA = FIELD / "lucidrains-16.pt", FIELD / "lucidrains-rgba-16.pt"


def opened(path):
    return run(open_model(str(path), "cpu"))


def saved(state, path):
    torch.save(state, path)
    return opened(path)


@pytest.fixture
def state():
    return torch.load(PLAIN, weights_only=True)["GAN"]


def picture(model, z, noise="const"):
    return model.synthesize(model.broadcast(model.map(z)), None, noise)


@pytest.mark.parametrize("path", [PLAIN, ALPHA], ids=["rgb", "rgba"])
def test_the_averaged_pair_is_open_and_the_trained_one_can_be_chosen(path):
    golden = {
        name: torch.from_numpy(value) for name, value in np.load(path.with_suffix(".npz")).items()
    }
    model = opened(path)
    assert model.info.guesses["network"] == "GAN.GE (averaged; others: GAN.G)"
    trained = with_choices(model, ["network=GAN.G"])
    assert torch.allclose(picture(trained, golden["z"]), golden["img_trained"], atol=1e-4)
    assert not torch.allclose(picture(model, golden["z"]), golden["img_trained"], atol=1e-2)


def test_the_learning_rate_is_said_to_be_assumed_and_can_be_changed():
    model = opened(PLAIN)
    assert model.info.guesses["lr_mlp"].startswith("0.1 (assumed")
    other = with_choices(model, ["lr_mlp=0.5"])
    assert other.info.guesses["lr_mlp"] == "0.5 (chosen)"
    assert other.info.fingerprint != model.info.fingerprint
    z = model.sample_z([1])
    unit = torch.nn.functional.normalize(z, dim=1)
    first = torch.nn.functional.leaky_relu(
        0.5
        * (
            unit @ model.weights.tensors["mapping.0.weight"].T
            + model.weights.tensors["mapping.0.bias"]
        ),
        0.2,
    )
    second = torch.nn.functional.leaky_relu(
        0.5
        * (
            first @ model.weights.tensors["mapping.1.weight"].T
            + model.weights.tensors["mapping.1.bias"]
        ),
        0.2,
    )
    assert torch.allclose(other.map(z), second, atol=1e-5)


def test_settings_beside_the_file_say_the_learning_rate(state, tmp_path):
    """A trainer's folder: the latest model, and ``.config.json``."""
    (tmp_path / ".config.json").write_text(json.dumps({"lr_mlp": 0.25, "image_size": 16}))
    torch.save({"GAN": state, "version": "1.9.0"}, tmp_path / "model_9.pt")
    torch.save({"GAN": {}, "version": "1.9.0"}, tmp_path / "model_2.pt")
    assert opened(tmp_path).info.guesses["lr_mlp"] == "0.25 (from .config.json beside the file)"


def test_seeded_noise_is_one_image_that_layers_read_the_corner_of():
    model = opened(PLAIN)
    codes = model.broadcast(model.map(model.sample_z([1])))
    pictures = [model.synthesize(codes, None, noise) for noise in (4, 4, 5, "const", "none")]
    assert torch.equal(pictures[0], pictures[1])
    gaps = [float((pictures[0] - other).abs().max()) for other in pictures[2:]]
    assert min(gaps) > 1e-3


def test_mappings_of_early_versions_are_plain_layers_of_unnormalised_z(state, tmp_path):
    early = {n: t * 0.06 if n.endswith("weight") and ".net." in n else t for n, t in state.items()}
    early = {n: t for n, t in early.items() if "initial_conv" not in n and not n.endswith(".1.f")}
    model = saved(early, tmp_path / "model_1.pt")
    assert model.info.spaces[Space.Z].prior is Prior.NORMAL
    assert model.info.guesses["lr_mlp"].startswith("1 (the weights are those of plain layers")
    z = model.sample_z([1])
    assert not torch.allclose(model.map(z), model.map(2 * z))


def test_a_generator_without_its_mapping_network_is_named(state, tmp_path):
    alone = {n: t for n, t in state.items() if n.startswith("GE.")}
    with pytest.raises(CheckpointError, match=r"without its mapping network \(S or SE\)"):
        saved(alone, tmp_path / "half.pt")


def test_attention_of_early_versions_is_named(tmp_path):
    state = torch.load(ALPHA, weights_only=True)["GAN"]
    early = {n.replace("to_kv.net.0", "to_k"): t for n, t in state.items()}
    with pytest.raises(
        CheckpointError, match=r"attention of a version of stylegan2_pytorch before"
    ):
        saved(early, tmp_path / "model_1.pt")
