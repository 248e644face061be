"""A model fitted to a photo: nearer, the same pixels in another home, and stopped cleanly."""

import dataclasses

import numpy as np
import pytest
import torch
from safetensors.torch import load

from latentstudio.core.errors import AbilityError, LatentStudioError
from latentstudio.core.progress import run
from latentstudio.core.spaces import Space
from latentstudio.document.assets import MemoryAssets
from latentstudio.document.direction import ModelKey
from latentstudio.document.history import Steps
from latentstudio.document.start import Latent, PhotoUse
from latentstudio.document.state import Document, Picture
from latentstudio.engine.images import to_pixels
from latentstudio.exchange.projects import ModelRef, read_project, write_project
from latentstudio.exchange.projects.project import gathered
from latentstudio.inversion import tuning
from latentstudio.inversion.crop import Crop
from latentstudio.inversion.options import TuningOptions
from latentstudio.inversion.pictures import Photo
from latentstudio.inversion.tuning import check_tunable
from latentstudio.render.renderer import Renderer
from latentstudio.session import kept_fit, photo_tuning
from latentstudio.session.photo_messages import KeptFit, PhotoNews, UsedPhoto
from latentstudio.session.remaking import renderer_for
from latentstudio.store import densities
from tests.toys.planted import PlantedGenerator

FRAME = (32.0, 32.0, 64.0, 0.0)


@pytest.fixture
def place(portraits, portraits_density, monkeypatch):
    """A photo, and a start that draws something near it."""

    def known(*_):
        return portraits_density
        yield

    monkeypatch.setattr(densities, "reference", known)
    assets = MemoryAssets()
    with torch.no_grad():
        a, b = portraits.map(portraits.sample_z([11, 12]))
        square = to_pixels(portraits.synthesize(portraits.broadcast((0.7 * a + 0.3 * b)[None])))[0]
    used = UsedPhoto(Photo(square, "me.png"), Crop(32, 32, 64), square)
    return used, Latent(assets.put(a.numpy()), Space.W, tuning="0" * 64), assets


def fitted(portraits, place, enough=lambda: False, go_on=False, **options):
    used, start, assets = place
    chosen = TuningOptions(**options)
    return photo_tuning.fit(portraits, used, start, assets, chosen, enough, print, go_on=go_on)


def test_a_fit_is_nearer_and_gives_the_same_pixels_elsewhere(portraits, place):
    found = run(fitted(portraits, place, steps=8))
    assert found.after.error < 0.8 * found.before.error
    _, start, assets = place
    assert found.start == dataclasses.replace(start, tuning="")
    shown = []
    for _ in range(2):
        home = MemoryAssets([assets.get(start.codes)])
        picture = Picture(dataclasses.replace(found.start, tuning=home.put(found.packed)))
        shown.append(Renderer(portraits, home).pixels(picture))
    assert np.array_equal(shown[0], shown[1])
    assert np.abs(shown[0].astype(int) - found.after.pixels).max() <= 1
    plain = Renderer(portraits, assets).pixels(Picture(found.start))
    assert np.abs(plain.astype(int) - found.before.pixels).max() <= 1


def test_a_project_in_another_home_gives_the_same_pixels(portraits, place, tmp_path):
    found = run(fitted(portraits, place, steps=2))
    _, start, assets = place
    photo = PhotoUse("me.png", "a" * 64, assets.put(np.arange(99, dtype=np.uint8)), FRAME)
    start = dataclasses.replace(found.start, tuning=assets.put(found.packed), photo=photo)
    picture = Picture(start)
    doc = Document("portraits", portraits.info.fingerprint, picture)
    ref = ModelRef("portraits", "portraits", ModelKey.of(portraits.info))
    write_project(gathered(Steps(doc), ref, (), assets), tmp_path / "me.lstudio")
    came = read_project(tmp_path / "me.lstudio")
    assert came.document.picture == picture
    there = run(renderer_for(portraits, came, [picture], print))
    assert np.array_equal(there.pixels(picture), Renderer(portraits, assets).pixels(picture))
    assert photo.kept in came.arrays


def driven(job, seen):
    """Run a job and keep what its steps show."""
    while True:
        try:
            seen.append(next(job))
        except StopIteration as stop:
            return stop.value


def test_stopping_keeps_the_best_so_far(portraits, place):
    steps = []
    enough = lambda: any(isinstance(s.preview, PhotoNews) for s in steps)  # noqa: E731
    found = driven(fitted(portraits, place, enough, steps=50), steps)
    (news,) = (s.preview for s in steps if s.preview is not None)
    assert (news.stage, news.step, news.steps) == ("tune", 1, 50)
    assert found.after.error < found.before.error


def test_a_loss_that_is_no_number_keeps_the_best_before(portraits, place, monkeypatch):
    near, steps = tuning._away, []

    def broken(*given):
        taken = sum(s.message == "Tuning the model" for s in steps)
        return near(*given) * (float("nan") if taken > 2 else 1)

    monkeypatch.setattr(tuning, "_away", broken)
    found = driven(fitted(portraits, place, steps=6), steps)
    assert found.notes == (tuning.STOPPED,)
    assert found.after.error < found.before.error


def test_a_loss_that_is_none_from_the_start_leaves_the_model(portraits, place, monkeypatch):
    nan = lambda *_: torch.tensor(float("nan"), requires_grad=True)  # noqa: E731
    monkeypatch.setattr(tuning.Problem, "pixel_loss", nan)
    with pytest.raises(LatentStudioError, match=tuning.NO_NUMBERS):
        run(fitted(portraits, place, steps=3))


def test_what_can_t_be_fitted_is_one_sentence(portraits, monkeypatch):
    with pytest.raises(AbilityError, match="can't be tuned"):
        check_tunable(PlantedGenerator(mapped=True))
    monkeypatch.setattr(tuning, "LARGEST", 1000)
    with pytest.raises(AbilityError, match="1 million weights, too many"):
        check_tunable(portraits)


def test_a_fit_whose_window_went_goes_on_to_the_same_end(portraits, place, monkeypatch):
    monkeypatch.setattr(tuning, "EVERY", 0.0)
    mark, (_, start, _) = portraits.info.fingerprint, place
    whole = run(fitted(portraits, place, steps=4, noise=False))
    job = fitted(portraits, place, steps=4)
    for step in job:
        if isinstance(step.preview, PhotoNews) and step.preview.step == 2:
            break
    assert kept_fit.waiting(mark) is None  # at work: no other window is offered it
    job.close()
    assert kept_fit.waiting(mark) == KeptFit(dataclasses.replace(start, tuning=""), False, 2)
    seen = []
    ended = driven(fitted(portraits, place, steps=4, go_on=True), seen)
    assert [s.preview.step for s in seen if s.preview is not None] == [3, 4]
    first, second = (load(one.packed.tobytes()) for one in (ended, whole))
    torch.testing.assert_close(first, second, rtol=0, atol=0)
    assert kept_fit.waiting(mark) is None  # it has ended
    job = fitted(portraits, place, steps=4)
    next(s for s in job if isinstance(s.preview, PhotoNews))
    job.close()
    (kept_fit.folder(mark) / "fit.json").write_text("{}")
    assert kept_fit.waiting(mark) is None
    kept_fit.forget(mark)
    assert not list(kept_fit.folder(mark).iterdir())
