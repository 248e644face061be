"""Predictors that plugins bring: named, watched, taken back."""

from dataclasses import replace

import pytest
import torch

from latentstudio.core import paths
from latentstudio.core.errors import OptionError, PluginError
from latentstudio.core.progress import run
from latentstudio.document.direction import ModelKey
from latentstudio.evaluate.predictor import Attribute, Predictor
from latentstudio.evaluate.registry import (
    add_predictor,
    find_predictor,
    predictor_for,
    predictors,
)
from latentstudio.plugin_host.check import check_plugin
from latentstudio.plugin_host.host import PluginHost

MANIFEST = """
id = "{id}"
name = "Test {id}"
version = "1.0"
api = 1
provides = ["predictors"]
"""

ACTIVATE = """
from latentstudio.plugin_host.api import Attribute, Predictor

def read(images):
    return images.mean((2, 3))[:, :2]

def activate(api):
    api.add_predictor(Predictor("two", "Two", (Attribute("red"), Attribute("green")), read))
"""

WRONG = {
    "shape": ("[:, :2]", "", r"Test mine gave a wrong shape: it read \[1, 3\] where \[1, 2\]"),
    "a list": ("[:, :2]", ".tolist()", r"it read list where \[1, 2\]"),
    "raises": ("images.mean", "images.meen", r"Test mine failed while reading attributes"),
    "NaN": ("[:, :2]", "[:, :2] * float('nan')", r"aren't finite numbers"),
}

NONSENSE = {
    "no attributes": ('(Attribute("red"), Attribute("green"))', "()", "with different names"),
    "one name twice": ('"green"', '"red"', "with different names"),
    "no range": ('"green"', '"green", 1.0, 1.0', "a range, low below high"),
}


def ids():
    return [one.id for one in predictors()]


def model(**changes):
    facts = {"fingerprint": "f", "family": "stylegan2", "resolution": 64, "dims": {"w": 128}}
    return ModelKey(**(facts | changes))


@pytest.fixture
def start(host, write_plugin):
    def begin(code=ACTIVATE, manifest=MANIFEST):
        write_plugin(code=code, manifest=manifest)
        run(host.enable("mine"))

    return begin


def test_registered_under_the_plugins_id_and_taken_back(host, start):
    start()
    assert "mine:two" in ids()
    found = find_predictor("two")
    assert found.id == "mine:two"
    pictures = torch.arange(12.0).reshape(1, 3, 2, 2)
    assert found.read(pictures).tolist() == [[1.5, 5.5]]
    host.disable("mine")
    assert "mine:two" not in ids()
    with pytest.raises(OptionError, match="There is no predictor 'two'"):
        find_predictor("two")


@pytest.mark.parametrize("fault", WRONG)
def test_a_broken_one_is_named(fault, start):
    old, new, words = WRONG[fault]
    start(ACTIVATE.replace(old, new))
    with pytest.raises(PluginError, match=words):
        find_predictor("two").read(torch.zeros(1, 3, 8, 8))


@pytest.mark.parametrize("fault", NONSENSE)
def test_nonsense_is_refused(fault, start):
    old, new, words = NONSENSE[fault]
    with pytest.raises(PluginError, match=words):
        start(ACTIVATE.replace(old, new))
    assert "mine:two" not in ids()


def test_what_is_not_announced_is_refused(start):
    with pytest.raises(PluginError, match="does not announce predictors"):
        start(manifest=MANIFEST.replace("predictors", "methods"))


def test_only_the_kind_that_is_wanted_starts(host, write_plugin):
    write_plugin("mine", ACTIVATE, MANIFEST)
    write_plugin("other")
    for name in ("mine", "other"):
        run(host.enable(name))
    host.stop_all()
    run(host.load_allowed("predictors"))
    states = {one.id: one.state for one in host.statuses()}
    assert states == {"mine": "on", "other": "allowed"}
    assert "mine:two" in ids()


def test_check_sees_values_that_depend_on_the_batch(write_plugin, no_shipped_plugins):
    folder = write_plugin(code=ACTIVATE, manifest=MANIFEST)
    assert [line.problem for line in run(check_plugin(folder))] == ["", "", "", ""]
    leaky = ACTIVATE.replace("[:, :2]", "[:, :2] - images.mean()")
    folder = write_plugin(code=leaky, manifest=MANIFEST)
    problems = {line.title: line.problem for line in run(check_plugin(folder))}
    assert problems["mine:two reads each picture by itself"].startswith("a picture's values")


def test_one_that_cant_run_here_says_why():
    absent = Predictor("absent", "Absent", (Attribute("x"),), len, missing=lambda: "Not here.")
    undo = add_predictor(absent)
    try:
        with pytest.raises(OptionError, match=r"^Not here\.$"):
            find_predictor("absent")
        assert predictor_for(model()).id != "absent"
        with pytest.raises(ValueError, match="registered already"):
            add_predictor(absent)
    finally:
        undo()
    assert "absent" not in ids()


def test_the_shipped_one_is_chosen_for_portraits_alone(portraits):
    host = PluginHost()
    assert (paths.shipped_plugins_dir() / "portraits_attributes").is_dir()
    try:
        run(host.load_allowed("predictors"))
        own = predictor_for(ModelKey.of(portraits.info))
        assert own.id == "portraits-attributes:portraits"
        assert own.suits(replace(ModelKey.of(portraits.info), resolution=128))
        names = [one.name for one in own.attributes]
        assert {"glasses", "beard", "smile", "light skin"} <= set(names)
        for other in (model(family="dcgan"), model(dims={"w": 512}), model(resolution=32)):
            assert not own.suits(other)
    finally:
        host.stop_all()


def test_the_shipped_one_sees_what_is_drawn(portraits):
    """Another's dark glasses, put on a bare face, read as glasses; size doesn't matter."""
    host = PluginHost()
    try:
        run(host.load_allowed("predictors"))
        own = find_predictor("portraits")
        codes = portraits.map(portraits.sample_z(range(64)))
        pictures = portraits.synthesize(portraits.broadcast(codes)).clamp(-1, 1)
        values = own.read(pictures)
        assert values.shape == (64, len(own.attributes))
        assert values[:, :12].min() >= 0
        assert values[:, :12].max() <= 1
        at = [one.name for one in own.attributes].index("glasses")
        bare = values[:, at].argmin()
        worn = pictures[bare].clone()
        dark = pictures[values[:, at + 1].argmax()]
        worn[:, 18:38] = dark[:, 18:38]  # the rows of the eyes of one who wears them
        assert own.read(worn[None])[0, at] - values[bare, at] > 0.3
        larger = torch.nn.functional.interpolate(pictures[:8], scale_factor=2, mode="bilinear")
        assert (own.read(larger) - values[:8]).abs().mean() < 0.05
    finally:
        host.stop_all()
