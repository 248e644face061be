"""Layers for paint programs open in an independent reader, with their names, masks and pixels."""

import numpy as np
import pytest
from PIL import Image
from psd_tools import PSDImage

from latentstudio.export.layered import Layer, write_psd

SIZE = (12, 20)


def flat(*colour):
    return np.full((*SIZE, 3), colour, np.uint8)


@pytest.fixture
def psd(tmp_path):
    mask = np.zeros(SIZE, np.uint8)
    mask[2:6, 4:9], mask[6] = 255, 128
    layers = [Layer("Original", flat(10, 20, 30)), Layer("Smile +1.5 ☕", flat(200, 100, 0), mask)]
    share = mask[..., None] / 255
    merged = np.rint(layers[0].pixels * (1 - share) + layers[1].pixels * share).astype(np.uint8)
    path = tmp_path / "a.psd"
    write_psd(layers, merged, path)
    return path, layers, merged


def test_the_layers_come_back(psd):
    path, layers, merged = psd
    found = PSDImage.open(path)
    assert [layer.name for layer in found] == ["Original", "Smile +1.5 ☕"]
    for layer, was in zip(found, layers, strict=True):
        assert np.array_equal(np.asarray(layer.topil().convert("RGB")), was.pixels)
    assert not found[0].has_mask()
    assert np.array_equal(np.asarray(found[1].mask.topil()), layers[1].mask)
    composite = np.asarray(found.composite().convert("RGB")).astype(int)
    assert np.abs(composite - merged).max() <= 1
    with Image.open(path) as flattened:  # Pillow reads the merged picture
        assert np.abs(np.asarray(flattened.convert("RGB")).astype(int) - merged).max() <= 1
