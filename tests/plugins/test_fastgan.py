"""Projected GAN with classes: a table of a thousand rows, and how many of them are classes."""

from pathlib import Path

import torch

from latentstudio.core.progress import run
from latentstudio.engine.checkpoint import read_checkpoint
from latentstudio.session.models import open_model

MODEL = Path(__file__).parents[1] / "golden" / "field" / "projected-gan-128.pkl"


def test_a_whole_module_says_how_many_classes_it_has(tmp_path):
    tensors = run(read_checkpoint(MODEL)).contents.network("G_ema").tensors
    torch.save({"G_ema": tensors}, tmp_path / "state.pt")
    whole, state = (run(open_model(str(path), "cpu")) for path in (MODEL, tmp_path / "state.pt"))
    assert (whole.info.classes, state.info.classes) == (5, 1000)
    z, classes = whole.sample_z([1]), torch.tensor([3])
    pictures = [m.synthesize(m.broadcast(m.map(z, classes)), classes) for m in (whole, state)]
    assert torch.equal(*pictures)
    other = whole.synthesize(whole.broadcast(whole.map(z)), torch.tensor([2]))
    assert not torch.allclose(other, pictures[0], atol=1e-4)
