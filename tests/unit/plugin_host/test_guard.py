"""What a plugin's generator does wrong carries the plugin's name; the rest works on."""

import copy

import pytest
import torch

from latentstudio.core.errors import CheckpointError, PluginError, ShapeError
from latentstudio.core.progress import run
from latentstudio.engine.generator import HasStyleWeights, HasTaps
from latentstudio.engine.warmup import warm_up_derivatives
from latentstudio.generators.registry import open_generator
from latentstudio.generators.table import families
from latentstudio.plugin_host.guard import guard
from latentstudio.session import models
from tests.toys.planted import DIM, PlantedGenerator

CODES = torch.zeros(2, 1, DIM)


def test_a_good_one_is_as_before():
    plain, watched = PlantedGenerator(), guard(PlantedGenerator(), "Toy")
    assert torch.equal(watched.synthesize(CODES), plain.synthesize(CODES))
    assert isinstance(watched, HasTaps)
    assert isinstance(watched, HasStyleWeights)
    assert isinstance(watched, PlantedGenerator)


class WrongPicture(PlantedGenerator):
    def synthesize(self, codes, classes=None, noise="const"):
        return super().synthesize(codes)[:, :, 1:]


class WrongCode(PlantedGenerator):
    def sample_z(self, seeds, truncation=1.0):
        return "latents"


class Raises(PlantedGenerator):
    def synthesize(self, codes, classes=None, noise="const"):
        return {}["missing"]


def test_wrong_shapes_are_named():
    with pytest.raises(
        PluginError, match=r"Toy gave a wrong shape: synthesize made \[2, 3, 7, 8\]"
    ):
        guard(WrongPicture(), "Toy").synthesize(CODES)
    with pytest.raises(PluginError, match="sample_z made str where"):
        guard(WrongCode(), "Toy").sample_z([1])


def test_what_fails_later_is_reported_once_for_the_panel():
    said = []
    with pytest.raises(PluginError) as caught:
        guard(WrongPicture(), "Toy", said.append).synthesize(CODES)
    assert said == [caught.value.sentence()]
    with pytest.raises(ShapeError):  # the caller's mistake is not the plugin's
        guard(PlantedGenerator(), "Toy", said.append).synthesize(CODES[:, :, 1:])
    assert len(said) == 1


def test_copies_are_watched_too():
    with pytest.raises(PluginError, match="wrong shape"):
        copy.copy(guard(WrongPicture(), "Toy")).synthesize(CODES)


def test_what_it_raises_is_named_and_our_sentences_stay():
    with pytest.raises(PluginError, match="Toy failed while making a picture"):
        guard(Raises(), "Toy").synthesize(CODES)
    with pytest.raises(ShapeError):
        guard(PlantedGenerator(), "Toy").synthesize(CODES[:, 0])


def test_derivatives_pass_through():
    warm_up_derivatives()
    watched, plain = guard(PlantedGenerator(), "Toy"), PlantedGenerator()
    ones = torch.ones_like(CODES)
    pushed = [torch.func.jvp(m.synthesize, (CODES,), (ones,))[1] for m in (watched, plain)]
    assert torch.equal(*pushed)


class NoInfo:
    info = "none"


class NoMap(PlantedGenerator):
    map = None


class Promises(PlantedGenerator):
    features = None


@pytest.mark.parametrize(
    ("kind", "words"),
    [(NoInfo, "it has no info"), (NoMap, "map is missing"), (Promises, "features is missing")],
)
def test_what_is_no_generator_is_refused(kind, words):
    with pytest.raises(PluginError, match=words):
        guard(kind(), "Toy")


PLUGIN = """
import torch
from latentstudio.plugin_host.api import Family, Format, Weights

def recognise(checkpoint):
    {recognise}

def convert(checkpoint):
    {convert}

def build(weights, name, fingerprint):
    {build}

def activate(api):
    api.add_family(Family("mine-family", "Mine", build))
    api.add_format(Format("mine-family", "Mine", recognise, convert))
"""
SOUND = {
    "recognise": "return isinstance(checkpoint.content, dict) and 'mine' in checkpoint.content",
    "convert": "return Weights({'mine': torch.zeros(3)})",
    "build": "return None",
}
FAULTS = {
    "recognise": ("raise ValueError('odd')", CheckpointError, "holds a model we don't know"),
    "convert": ("raise ValueError('odd')", PluginError, "failed while reading own.pt"),
    "convert to nonsense": ("return {}", PluginError, "read no weights"),
    "convert to no tensors": ("return Weights({'a': 1})", PluginError, "that aren't tensors"),
    "build": ("return None", PluginError, "built something that isn't a generator"),
    "build and raise": ("1 / 0", PluginError, "failed while building the model"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_faults_while_opening(fault, host, write_plugin, tmp_path, monkeypatch):
    """The plugin is named, the core's files still open, and the fault is shown."""
    monkeypatch.setattr(models, "PLUGINS", host)
    code, kind, words = FAULTS[fault]
    parts = SOUND | {fault.split()[0]: code}
    text = PLUGIN
    for name, part in parts.items():
        text = text.replace("{" + name + "}", part)
    write_plugin(code=text)
    run(host.enable("mine"))
    assert "mine-family" in [family.id for family in families()]
    torch.save({"mine": torch.zeros(3)}, tmp_path / "own.pt")
    with pytest.raises(kind, match=words) as caught:
        run(models.open_model(str(tmp_path / "own.pt"), "cpu"))
    if kind is PluginError:
        assert "Test mine" in caught.value.sentence()
    else:
        assert "Test mine failed while looking at a file" in host.statuses()[0].problem
    golden = models.find_model("portraits")
    assert run(open_generator(golden)).info.family == "stylegan2"
