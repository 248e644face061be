"""Damaged files of the shipped plugins' families end in a picture or in one sentence.

Two kinds of damage: to the bytes of the pickle in the file, and to the tensors themselves,
which then contradict each other. LATENTSTUDIO_FUZZ=2000 makes more of them.
"""

import itertools
import os
import random
import time
from pathlib import Path

import pytest
import torch

from latentstudio.core.errors import LatentStudioError
from latentstudio.core.progress import run
from latentstudio.session.models import open_model
from tests.fuzz.mutations import rezip

GOLDEN = Path(__file__).parents[1] / "golden" / "generators"
FILES = (
    "proggan-64.pth",
    "hammer-pggan-64.pth",
    "hammer-stylegan-64.pth",
    "sngan-32-gray.pt",
    "../field/lucidrains-rgba-16.pt",
)
CASES = int(os.environ.get("LATENTSTUDIO_FUZZ", "120")) // 4
SECONDS = 20


def stack(folder):
    """A DCGAN's state dictionary."""
    widths, state = (20, 32, 16, 16, 3), {}
    for index, (inputs, outputs) in enumerate(itertools.pairwise(widths)):
        state[f"main.{3 * index}.weight"] = torch.randn(inputs, outputs, 4, 4) / 8
        if outputs > 3:
            for name in ("weight", "bias", "running_mean", "running_var"):
                state[f"main.{3 * index + 1}.{name}"] = torch.rand(outputs)
    torch.save(state, folder / "stack.pt")
    return folder / "stack.pt"


@torch.no_grad()
def outcome(path):
    try:
        model = run(open_model(str(path), "cpu"))
        classes = torch.tensor([0]) if model.info.classes else None
        codes = model.broadcast(model.map(model.sample_z([0]), classes))
        return tuple(model.synthesize(codes, classes).shape)
    except LatentStudioError as error:
        return error.sentence()


def timed(path, case):
    start = time.monotonic()
    try:
        found = outcome(path)
    except BaseException as error:
        raise AssertionError(f"case {case}: {type(error).__name__}") from error
    assert time.monotonic() - start < SECONDS, case
    if isinstance(found, str):
        assert found.endswith("."), found
        assert "\n" not in found
        assert len(found) < 700
    return found


def path_of(name, folder):
    return stack(folder) if name == "stack" else GOLDEN / name


@pytest.mark.parametrize("name", [*FILES, "stack"])
def test_damaged_pickles(name, tmp_path):
    data, found = path_of(name, tmp_path).read_bytes(), set()
    for case in range(CASES):
        (tmp_path / "model").write_bytes(rezip(data, random.Random(f"{name} {case}")))
        found.add(timed(tmp_path / "model", case))
    assert any(isinstance(result, str) for result in found)


def damaged(state, rng):
    """The same tensors but for one: gone, renamed, turned, cut, grown, empty or not finite."""
    state = dict(state)
    name = rng.choice(sorted(state))
    tensor = state[name]
    change = rng.randrange(8)
    if change == 0:
        del state[name]
    elif change == 1:
        state[name + "x"] = state.pop(name)
    elif change == 2:
        state[name] = tensor.transpose(0, -1) if tensor.ndim else tensor[None]
    elif change == 3 and tensor.ndim:
        state[name] = tensor[: len(tensor) // 2]
    elif change == 4 and tensor.ndim:
        state[name] = torch.cat([tensor, tensor])
    elif change == 5:
        state[name] = torch.zeros(0)
    elif change == 6:
        state[name] = torch.full_like(tensor, 3) if tensor.dtype.is_floating_point else tensor + 1
    else:
        state[name] = tensor.to(torch.int64)
    return state


@pytest.mark.parametrize("name", [*FILES, "stack"])
def test_contradicting_tensors(name, tmp_path):
    content = torch.load(path_of(name, tmp_path), weights_only=True)
    content = content.get("GAN", content)
    inner = content["models"]["generator_smooth"] if "models" in content else content
    sentences, pictures = set(), 0
    for case in range(CASES):
        state = damaged(inner, random.Random(f"{name} {case}"))
        torch.save({"models": {"generator_smooth": state}} if "models" in content else state,
                   tmp_path / "model")  # fmt: skip
        found = timed(tmp_path / "model", case)
        if isinstance(found, str):
            sentences.add(found)
        else:
            pictures += 1
    assert len(sentences) > 2
    assert pictures > 0
