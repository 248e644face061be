"""Damaged files of directions end in directions or in one sentence.

60 files for each way in; LATENTSTUDIO_FUZZ=2000 makes 2,000.
"""

import os
import random
import warnings
from dataclasses import replace

import numpy as np
import pytest
import torch
from safetensors.numpy import save_file

from latentstudio.core.errors import LatentStudioError
from latentstudio.core.progress import run
from latentstudio.core.spaces import Space
from latentstudio.document.direction import Direction, DirectionSet, Linear, ModelKey
from latentstudio.exchange.presets.plain_files import write_plain
from latentstudio.session.imports import read
from tests.fuzz.mutations import mutate, rezip

CASES = int(os.environ.get("LATENTSTUDIO_FUZZ", "60"))
ROWS = np.random.RandomState(0).randn(6, 16).astype(np.float32)


def npz(path):
    with path.open("wb") as file:
        np.savez(file, lat_comp=ROWS, lat_stdev=np.ones(6), name="x")


def npy(path):
    with path.open("wb") as file:
        np.save(file, ROWS)


def exported(path):
    """Leaves the JSON at `path`, the array beside it."""
    one = Direction("d", "D", Space.W, Linear(ROWS[0] / np.linalg.norm(ROWS[0])), layers=(1, 2))
    found = DirectionSet(ModelKey("f", "toy", 8, {"w": 16}), (one, replace(one, id="e")))
    write_plain(found, path.parent, "npy")
    (path.parent / "directions-w.json").replace(path)


TORCH = {"linear.weight": torch.from_numpy(ROWS), "linear.bias": torch.ones(6)}
WAYS = {
    "npy": (npy, mutate),
    "npz": (npz, mutate),
    "safetensors": (lambda path: save_file({"smile": ROWS}, path), mutate),
    "torch": (lambda path: torch.save(TORCH, path), mutate),
    "torch pickle": (lambda path: torch.save(TORCH, path), rezip),
    "json": (exported, mutate),
}


@pytest.mark.parametrize("way", sorted(WAYS))
def test_damaged_directions(way, tmp_path):
    make, damage = WAYS[way]
    source = tmp_path / "source"
    make(source)
    whole, rng, found = source.read_bytes(), random.Random(way), set()
    path = tmp_path / ("directions-w.json" if way == "json" else "a.npy")
    given = path.with_suffix(".npy")
    for _ in range(CASES):
        path.write_bytes(damage(whole, rng))
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", UserWarning)  # zipfile: a name occurs twice
                rows = run(read(given))
        except LatentStudioError as error:
            found.add(error.sentence())
        else:
            assert all(np.isfinite(d.vector).all() and d.unit > 0 for d in rows.directions)
            found.add("read")
    assert "read" in found
    assert not any("\n" in sentence for sentence in found)
    assert len(found) > 1
