"""Damaged model files end in a picture or in one sentence, in bounded time and memory.

150 files for each way in; LATENTSTUDIO_FUZZ=2000 makes 2,000.
"""

import os
import pickle
import random
import shutil
import sys
import time
from pathlib import Path

import pytest
import torch

from latentstudio.core.errors import LatentStudioError
from latentstudio.core.progress import run
from latentstudio.generators.registry import open_generator
from latentstudio.generators.save import save_generator
from tests.fuzz.mutations import mutate, rezip

GOLDEN = Path(__file__).parents[1] / "golden" / "generators"
CASES = int(os.environ.get("LATENTSTUDIO_FUZZ", "150"))
SECONDS, MEGABYTES = 20, 1500


def raw(name):
    return lambda folder: (GOLDEN / name).read_bytes()


def own_file(folder):
    save_generator(run(open_generator(GOLDEN / "stylegan2-ada-64.pkl")), folder / "own")
    return (folder / "own").read_bytes()


def old_torch_file(folder):
    content = torch.load(GOLDEN / "hammer-stylegan2-64.pth", weights_only=True)
    torch.save(content, folder / "old", _use_new_zipfile_serialization=False)
    return (folder / "old").read_bytes()


READERS = {
    "safetensors": (own_file, mutate),
    "network-pickle": (raw("stylegan2-ada-conditional-32.pkl"), mutate),
    "stylegan3-pickle": (raw("stylegan3-r-64.pkl"), mutate),
    "tensorflow-pickle": (raw("stylegan2-tf-32.pkl"), mutate),
    "torch-stream": (old_torch_file, mutate),
    "torch-zip": (raw("rosinality-stylegan2-64.pt"), mutate),
    "torch-zip-pickle": (raw("rosinality-stylegan2-64.pt"), rezip),
    "biggan-pickle": (raw("biggan-64-G_ema.pth"), rezip),
}


def peak_megabytes():
    """Most memory this process ever held; Windows doesn't say, and gets the other checks."""
    if sys.platform == "win32":
        return 0
    import resource

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


@torch.no_grad()
def outcome(path):
    """A sentence, or the shape of a picture."""
    try:
        generator = run(open_generator(path))
        classes = torch.tensor([0]) if generator.info.classes else None
        codes = generator.broadcast(generator.map(generator.sample_z([0]), classes))
        return tuple(generator.synthesize(codes, classes).shape)
    except LatentStudioError as error:
        return error.sentence()


@pytest.mark.parametrize("reader", sorted(READERS))
def test_damaged_files(reader, tmp_path, monkeypatch):
    monkeypatch.setenv("LATENTSTUDIO_TRIPWIRE", str(tmp_path / "tripwire"))
    make, damage = READERS[reader]
    data, path, found = make(tmp_path), tmp_path / "model", []
    before = peak_megabytes()
    for case in range(CASES):
        path.write_bytes(damage(data, random.Random(f"{reader} {case}")))
        start = time.monotonic()
        try:
            result = outcome(path)
        except BaseException as error:
            raise AssertionError(f"{reader}, case {case}: {type(error).__name__}") from error
        assert time.monotonic() - start < SECONDS, f"{reader}, case {case}"
        found.append(result)
        if isinstance(result, str):
            assert result.endswith(".")
            assert "\n" not in result
            assert len(result) < 600
    assert peak_megabytes() - before < MEGABYTES
    assert not (tmp_path / "tripwire").exists()
    sentences = {result for result in found if isinstance(result, str)}
    # Damage was done and was told apart; some of it touched nothing but weights.
    assert len(sentences) > 1


def test_damaged_settings(tmp_path):
    folder, rng = tmp_path / "biggan-deep", random.Random(1)
    shutil.copytree(GOLDEN / "biggan-deep-64", folder)
    good, found = (folder / "config.json").read_bytes(), set()
    for _ in range(CASES // 3):
        (folder / "config.json").write_bytes(mutate(good, rng))
        found.add(outcome(folder))
    assert (1, 3, 64, 64) in found
    assert any("config.json" in str(sentence) for sentence in found)


def test_random_bytes_after_a_known_beginning(tmp_path):
    path, rng = tmp_path / "model", random.Random(0)
    starts = [
        b"\x80\x02",
        b"\x80\x04\x95",
        b"PK\x03\x04",
        b"\x10\x00\x00\x00\x00\x00\x00\x00{",
        b"(",
    ]
    for case in range(CASES):
        path.write_bytes(starts[case % len(starts)] + rng.randbytes(rng.choice((10, 200, 5000))))
        assert isinstance(outcome(path), str), case


@pytest.mark.parametrize("protocol", [2, 5])
def test_pickles_of_anything_else(protocol, tmp_path):
    path = tmp_path / "model"
    for value in (None, 7, "text", [1, [2]], {"G_ema": None}, {"G_ema": {}}, ({},), {1: {2: 3}}):
        path.write_bytes(pickle.dumps(value, protocol))
        assert "don't know" in outcome(path)
