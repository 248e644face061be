"""The built-in model's named sliders do what they are called, by the attribute predictor."""

import importlib
import sys
from pathlib import Path

import pytest

from latentstudio.exchange.presets import read_preset
from latentstudio.render.pipeline import Move, Pipeline

ROOT = Path(__file__).parents[2]
NAMED = read_preset(ROOT / "resources" / "presets" / "portraits.lpreset").directions
LEAST = {
    "Glasses": ("glasses", 0.5),
    "Smile": ("open mouth", 0.5),
    "Beard": ("beard", 0.4),
    "Long hair": ("long hair", 0.5),
    "Skin tone": ("light skin", -0.3),
    "Hair colour": ("light hair", 0.3),
    "Wide eyes": ("surprised", 0.15),
}
"""Attribute, and the least change of it from -2 to +2; negative where more of it is to the left."""


@pytest.fixture(scope="module")
def reader():
    sys.path.insert(0, str(ROOT / "plugins"))
    plugin = importlib.import_module("portraits_attributes")
    yield plugin.Reader(
        *plugin.read_network(Path(plugin.__file__).parent / "predictor.safetensors")
    )
    sys.path.remove(str(ROOT / "plugins"))


@pytest.mark.parametrize("direction", NAMED, ids=lambda direction: direction.name)
def test_a_named_slider_does_what_it_says(portraits, reader, direction):
    attribute, least = LEAST[direction.name]
    pipeline = Pipeline(portraits)
    start = pipeline.from_seeds(range(1000, 1012))
    read = {}
    for amount in (-2.0, 2.0):
        images = pipeline.images(pipeline.apply(start, [Move(direction, amount)]))
        read[amount] = reader.read(images.clamp(-1, 1))
    change = (read[2.0] - read[-2.0]).mean(0)
    found = dict(zip(reader.names, change.tolist(), strict=True))
    assert found[attribute] / least >= 1, found
    strongest = sorted(found, key=lambda name: -abs(found[name]))[:2]
    assert attribute in strongest, found


def test_local_sliders_leave_the_rest_of_the_face_alone(portraits, reader):
    smile = next(direction for direction in NAMED if direction.name == "Smile")
    pipeline = Pipeline(portraits)
    start = pipeline.from_seeds(range(12))
    low, high = (
        pipeline.images(pipeline.apply(start, [Move(smile, amount)])) for amount in (-2.0, 2.0)
    )
    heat = (high - low).abs().mean((0, 1))
    mouth = heat[38:54, 20:44].mean()
    assert heat[:30].mean() < 0.3 * mouth
    assert heat[:, :12].mean() < 0.3 * mouth
