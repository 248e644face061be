"""Preview heads are fitted once, shown early, kept, and never for quick models."""

import numpy as np
import pytest

from latentstudio.core.progress import run
from latentstudio.document.start import Seed
from latentstudio.document.state import Picture
from latentstudio.render.coarse import CoarsePreviews
from latentstudio.render.renderer import Renderer
from latentstudio.session import preparing
from latentstudio.session.early_readout import heads_of
from latentstudio.session.studio import Studio
from latentstudio.store import cache, preview_heads
from tests.toys.even_times import even_times


@pytest.fixture(autouse=True)
def even(monkeypatch):
    monkeypatch.setattr(preparing, "measure_layers", even_times)


def test_they_are_kept_for_the_next_start(portraits):
    first = Renderer(portraits)
    steps = preparing.prepare(portraits, first, 12)
    seen = [first.coarse.pictures if first.coarse else 0 for _ in steps]
    assert seen[0] == 0
    assert sorted(set(seen)) == [0, 8]  # provisional ones were in use before the end
    again = preview_heads.kept(portraits)
    assert again.pictures == first.coarse.pictures == 12
    assert [one.side for one in again.heads] == [one.side for one in first.coarse.heads]
    for a, b in zip(again.heads, first.coarse.heads, strict=True):
        assert np.array_equal(a.head.arrays()["weight"], b.head.arrays()["weight"])
        assert a.head.record() == b.head.record()
    assert len(list(preparing.prepare(portraits, first, 12))) == 0


def test_a_worse_head_takes_no_better_ones_place(portraits):
    renderer = Renderer(portraits)
    run(preparing.prepare(portraits, renderer, 10))
    steps = preparing.prepare(portraits, renderer, 20)
    pictures = [10, *(renderer.coarse.pictures for _ in steps)]
    assert pictures == sorted(pictures)
    assert renderer.coarse.pictures == 20


@pytest.mark.parametrize("harm", ["bytes", "record", "numbers"])
def test_a_damaged_file_is_no_head(portraits, harm):
    renderer = Renderer(portraits)
    run(preparing.prepare(portraits, renderer, 8))
    path = next(cache.folder(portraits.info.fingerprint).glob("previews-*"))
    arrays, record = cache.load(path)
    said = []
    if harm == "bytes":
        path.write_bytes(b"x" * 100)
    elif harm == "record":
        cache.store(path, arrays, record | {"heads": "none"})
    else:
        cache.store(path, arrays | {"0.weight": arrays["0.weight"] * np.nan}, record)
    found = preview_heads.kept(portraits, said.append)
    assert found is None
    assert len(said) == (harm == "bytes")


def test_only_slow_models_of_larger_pictures_want_them(portraits, monkeypatch):
    renderer = Renderer(portraits)
    assert not preparing.wanted(portraits, renderer, 5.0)  # 64 pixels
    monkeypatch.setattr(preparing, "SMALLEST", 32)
    assert preparing.wanted(portraits, renderer, 5.0)
    assert not preparing.wanted(portraits, renderer, 0.02)
    renderer.coarse = CoarsePreviews([], 1.0, preparing.PICTURES)
    assert not preparing.wanted(portraits, renderer, 5.0)


def test_the_studio_opens_a_known_model_with_its_heads(portraits, monkeypatch):
    studio = Studio(device="cpu")
    assert not run(studio.open("portraits")).previews
    assert studio._model.renderer.coarse is None
    run(studio.prepare_previews())
    assert studio._model.renderer.coarse.pictures == preparing.FIRST
    again = Studio(device="cpu")
    run(again.open("portraits"))
    assert again._model.renderer.coarse.pictures == preparing.FIRST
    # Its whole pictures come in time, so nothing is coarse.
    again._model.renderer.coarse = CoarsePreviews(again._model.renderer.coarse.heads, 0.01, 8)
    assert not run(again.pictures.show(Picture(Seed(5)), moving=True)).coarse


def test_who_waits_for_the_first_heads_fits_them_and_the_job_behind_goes_on(portraits, monkeypatch):
    monkeypatch.setattr(preparing, "SMALLEST", 32)
    studio = Studio(device="cpu")
    run(studio.open("portraits"))
    model = studio._model
    model.renderer.milliseconds = 5000.0
    behind = studio.prepare_previews()  # waits for its turn behind other jobs, then is stopped
    next(behind)
    behind.close()
    steps = list(heads_of(model))
    assert 0 < len(steps) < 10
    assert model.renderer.coarse.pictures in (4, preparing.FIRST)
    run(studio.prepare_previews())
    assert model.renderer.coarse.pictures == preparing.FIRST
    assert list(heads_of(model)) == []


def test_until_heads_are_fitted_the_image_is_shown_as_far_as_it_has_grown(portraits):
    renderer = Renderer(portraits)
    times = preparing.times_of(renderer)
    grown = renderer.coarse = preparing.as_grown(portraits, times)
    assert grown.pictures == 0
    assert [one.head.tap for one in grown.heads] == ["b32.conv1"]
    assert grown.of_size(32) is None  # strips are whole until then
    seen = renderer.coarse_pixels(Picture(Seed(5))).astype(float)
    whole = Renderer(portraits).pixels(Picture(Seed(5))).astype(float)
    assert np.corrcoef(seen.ravel(), whole.ravel())[0, 1] > 0.85
    preview_heads.keep(portraits, grown)
    assert preview_heads.kept(portraits) is None
    run(preparing.prepare(portraits, renderer, 8, times))
    assert renderer.coarse.pictures == 8
