"""Trained generators that other people published, where they are at hand.

That their pictures are recognisable was looked at; here they are held to what can be counted:
a digit is dark round bright strokes, a face has its mean where faces have it.
"""

from pathlib import Path

import pytest
import torch

from latentstudio.core.errors import CheckpointError
from latentstudio.core.progress import run
from latentstudio.core.spaces import Prior, Space
from latentstudio.session.models import open_model

PEERS = Path(__file__).parents[3] / "shared" / "peers" / "generators"
THERE = PEERS.is_dir()
DIGITS = {"aamirmalik_generator.pt": 100, "akanametov_wgan_gp_generator.pt": 64,
          "csinva_mnist_gan_mlp_G-300.ckpt": 64}  # fmt: skip
FACES = {"fletchersarip93_generator.pt": 32, "gan_face_generate-1.1.1_weights.tar": 64}


def opened(names):
    """Those of the files that are at hand."""
    return [(name, run(open_model(str(PEERS / name), "cpu"))) for name in names if THERE]


def pictures(model, count=24):
    return model.synthesize(model.broadcast(model.sample_z(range(count))))


def test_digits():
    for name, model in opened(DIGITS):
        images = pictures(model)
        assert (model.info.resolution, model.info.channels) == (28, 1)
        assert model.info.spaces[Space.Z].dim == DIGITS[name]
        edge = torch.cat([images[:, :, :2].flatten(1), images[:, :, :, -2:].flatten(1)], 1)
        assert float(edge.mean()) < -0.85
        assert 0.05 < float((images > 0.5).float().mean()) < 0.3


def test_faces():
    for name, model in opened(FACES):
        images = pictures(model)
        assert (model.info.resolution, model.info.channels) == (FACES[name], 3)
        assert abs(float(images.mean())) < 0.45
        assert float(images.std()) > 0.35
        red, _, blue = images.mean(dim=(0, 2, 3))
        assert float(red) > float(blue)  # skin


def test_what_a_file_does_not_hold():
    """Its first batch norm has seen a third of the variance that normal codes would give."""
    for _, model in opened(["fletchersarip93_generator.pt"]):
        assert model.info.spaces[Space.Z].prior is Prior.UNIFORM
        assert model.info.guesses["bare"].startswith("0 ")
        assert model.info.guesses["activation"].startswith("leaky-relu ")


def test_a_pointer_is_no_model():
    for name in ["lfs_pointer_network-snapshot-000000.pkl"] if THERE else []:
        with pytest.raises(CheckpointError, match="only a Git LFS pointer"):
            run(open_model(str(PEERS / name), "cpu"))
