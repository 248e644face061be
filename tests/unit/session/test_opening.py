"""What a file leaves open: decided, remembered, undone; and the precision of the pictures."""

import itertools

import numpy as np
import pytest
import torch

from latentstudio.core.errors import OptionError
from latentstudio.core.progress import run
from latentstudio.document.start import Seed
from latentstudio.document.state import Picture
from latentstudio.session import opening
from latentstudio.session.studio import Studio
from latentstudio.store import file_assumptions


@pytest.fixture
def stack(tmp_path):
    """A small DCGAN without batch norms: nothing speaks for any guess."""
    draw, state = torch.Generator().manual_seed(0), {}
    for index, (inputs, outputs) in enumerate(itertools.pairwise((20, 16, 16, 8, 3))):
        weight = torch.randn(inputs, outputs, 4, 4, generator=draw) / 4
        state[f"main.{2 * index}.weight"] = weight
    torch.save(state, tmp_path / "stack.pt")
    return str(tmp_path / "stack.pt")


@pytest.fixture
def said():
    return []


@pytest.fixture
def studio(said):
    return Studio(report=said.append, device="cpu")


def pixels(studio):
    return run(studio.pictures.show(Picture(Seed(5)))).pixels


def test_a_model_tells_what_its_file_leaves_open(studio, stack):
    summary = run(studio.open(stack))
    names = [field.name for field in summary.assumptions.fields]
    assert names[:2] == ["activation", "bare"]
    assert summary.assumptions.chosen == {}
    assert summary.assumptions.values["output"] == "tanh"
    assert summary.assumptions.reasons["activation"] == "relu (usual)"
    assert not summary.again


def test_one_that_says_everything_leaves_nothing_open(studio):
    assert run(studio.open("portraits")).assumptions.fields == ()
    assert not run(studio.reread({"output": "none"})).assumptions.fields


def test_another_reading_gives_other_pictures_and_is_remembered(studio, said, stack):
    guessed, before = run(studio.open(stack)), pixels(studio)
    changed = run(studio.reread({"activation": "silu", "output": "sigmoid"}))
    assert changed.again
    assert changed.assumptions.chosen == {"activation": "silu", "output": "sigmoid"}
    assert changed.info.fingerprint != guessed.info.fingerprint
    silu = pixels(studio)
    assert np.abs(silu.astype(int) - before).mean() > 3
    assert [tuple(t.shape) for t in changed.thumbs] == [(32, 32, 3)] * 4
    assert not np.array_equal(changed.thumbs[0], guessed.thumbs[0])
    other = Studio(device="cpu")
    again = run(other.open(stack))
    assert again.info.fingerprint == changed.info.fingerprint
    assert np.array_equal(pixels(other), silu)
    back = run(other.reread({}))
    assert back.info.fingerprint == guessed.info.fingerprint
    assert np.array_equal(pixels(other), before)
    assert run(Studio(device="cpu").open(stack)).assumptions.chosen == {}
    assert said == []


def test_a_choice_that_does_not_fit_changes_nothing(studio, stack):
    run(studio.open(stack))
    before = pixels(studio)
    for values in ({"activation": "loud"}, {"size": 31}, {"classes": 20}):
        with pytest.raises(OptionError):
            run(studio.reread(values))
    assert np.array_equal(pixels(studio), before)
    assert run(Studio(device="cpu").open(stack)).assumptions.chosen == {}


def test_what_is_remembered_and_no_longer_fits_is_said(studio, said, stack):
    guessed = run(studio.open(stack)).info.fingerprint
    file_assumptions.keep(guessed, {"size": 31})
    assert run(studio.open(stack)).info.fingerprint == guessed
    (sentence,) = said
    assert sentence.startswith("What was chosen for this model no longer fits it. No usual")
    file_assumptions._path(guessed).write_text("{broken")
    assert run(studio.open(stack)).info.fingerprint == guessed
    assert len(said) == 1


@pytest.fixture
def bfloat16(monkeypatch):
    monkeypatch.setattr(opening, "precisions", lambda _: ("float32", "bfloat16"))


def test_half_precision_is_for_the_screen_and_files_are_exact(studio, bfloat16, tmp_path):
    summary = run(studio.open("portraits"))
    assert (summary.precision, summary.precisions) == ("float32", ("float32", "bfloat16"))
    exact = pixels(studio)
    studio.precision = "bfloat16"
    half = run(studio.reread({}))
    assert half.precision == "bfloat16"
    assert half.info.fingerprint == summary.info.fingerprint
    near = pixels(studio)
    apart = np.abs(near.astype(int) - exact)
    assert 0 < apart.mean() < 4
    run(studio.pictures.save(Picture(Seed(5)), tmp_path / "picture.png", 1, False))
    from PIL import Image

    assert np.array_equal(np.asarray(Image.open(tmp_path / "picture.png").convert("RGB")), exact)


def test_pictures_that_fall_apart_go_back_to_full_precision(studio, said, bfloat16, monkeypatch):
    monkeypatch.setattr(opening, "agree", lambda *_: False)
    studio.precision = "bfloat16"
    assert run(studio.open("portraits")).precision == "float32"
    assert "fall apart in half precision" in said[0]


def test_a_precision_that_the_device_lacks_is_not_used(studio, monkeypatch):
    monkeypatch.setattr(opening, "precisions", lambda _: ("float32",))
    studio.precision = "float16"
    assert run(studio.open("portraits")).precision == "float32"
