"""--precision: float32 unless asked, and only what the device and the model have."""

import numpy as np
import pytest
import torch

from latentstudio.cli import render, start
from latentstudio.cli.arguments import Parser
from latentstudio.core.errors import OptionError
from latentstudio.core.spaces import Ability
from latentstudio.session import opening
from tests.contract.generators import open_model

RENDER = ("render", "portraits", "--seeds", "1", "--device", "cpu", "--format", "npy")


@pytest.fixture
def command(tmp_path):
    """Runs a command on the built-in model and gives its array."""

    def images(*words):
        parser = Parser()
        commands = parser.add_subparsers()
        render.add(commands)
        args = parser.parse_args([*words, "--output", str(tmp_path)])
        args.run(args)
        return np.load(tmp_path / "images.npy")

    return images


@pytest.fixture
def bfloat16(monkeypatch):
    monkeypatch.setattr(opening, "precisions", lambda _: ("float32", "bfloat16"))


def test_pictures_are_exact_unless_half_precision_is_asked_for(command, bfloat16, portraits):
    with torch.no_grad():
        codes = portraits.broadcast(portraits.map(portraits.sample_z([1])))
        expected = portraits.synthesize(codes).numpy()
    assert np.allclose(command(*RENDER), expected, atol=1e-5)
    near = command(*RENDER, "--precision", "bfloat16")
    assert 1e-4 < np.abs(near - expected).mean() / expected.std() < 0.05


def test_what_the_device_lacks_is_refused(command, bfloat16):
    with pytest.raises(OptionError) as caught:
        command(*RENDER, "--precision", "float16")
    assert "float16 on this device (cpu). Possible: float32, bfloat16." in caught.value.sentence()


def test_pictures_that_fall_apart_are_made_exactly_and_it_is_said(portraits, monkeypatch, capsys):
    monkeypatch.setattr(opening, "precisions", lambda _: ("float32", "bfloat16"))
    monkeypatch.setattr(opening, "agree", lambda *_: False)
    assert start.drawing(portraits, "bfloat16") is portraits
    assert "fall apart in half precision" in capsys.readouterr().err


def test_what_is_no_torch_network_is_not_cast(bfloat16):
    model = open_model("onnx")
    assert Ability.GRADIENT not in model.info.abilities
    assert start.drawing(model, "float32") is model
    with pytest.raises(OptionError, match=r"Possible: float32\."):
        start.drawing(model, "bfloat16")
