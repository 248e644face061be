"""A search for a photo's code goes on after the window has gone, however it went."""

import itertools

import numpy as np
import pytest
import torch

from latentstudio.core.progress import run
from latentstudio.density.reference import measure
from latentstudio.inversion.crop import Crop
from latentstudio.inversion.features import features
from latentstudio.inversion.options import InversionOptions
from latentstudio.inversion.pictures import Photo
from latentstudio.inversion.pool import draw_pool
from latentstudio.inversion.search import search
from latentstudio.inversion.starts import SearchTools
from latentstudio.session import kept_search
from latentstudio.session.kept_search import keeper, waiting
from tests.toys.planted import PlantedGenerator

CPU = torch.device("cpu")
STEPS = InversionOptions(steps=6)
PHOTO = Photo(np.arange(300, dtype=np.uint8).reshape(10, 10, 3), "me.png", ("A note.",))
CROP = Crop(5, 5, 9, 12, mirror=True)


@pytest.fixture(scope="module")
def toy():
    generator = PlantedGenerator(mapped=True)
    density = run(measure(generator))
    pool = run(draw_pool(generator, features(CPU), count=64))
    target = generator.synthesize(generator.broadcast(generator.map(generator.sample_z([70]))))
    tools = SearchTools(features(CPU), answered(density), answered(pool))
    return lambda since=None: search(
        generator, target.detach(), tools, STEPS, None, since, "key", itertools.count().__next__
    )


def answered(value):
    def job(label):
        return value
        yield

    return job


def kept(job, clock):
    return keeper("ab" * 32, PHOTO, CROP, STEPS.steps, clock).kept(job)


def under_way(job):
    """Run until the last stage has begun."""
    for step in job:
        if getattr(step.preview, "stage", "") == "refine" and step.preview.step == 3:
            return


def test_a_search_whose_window_went_goes_on_to_the_same_end(toy, private_home):
    whole = run(toy())
    job = kept(toy(), lambda: 0.0)
    under_way(job)
    assert waiting("ab" * 32) is None  # at work: no other window is offered it
    job.close()
    found = waiting("ab" * 32)
    assert (found.photo.name, found.photo.notes) == ("me.png", ("A note.",))
    np.testing.assert_array_equal(found.photo.pixels, PHOTO.pixels)
    assert (found.crop, found.steps, found.step, found.stage) == (CROP, 6, 3, "refine")
    assert kept_search.state("ab" * 32, "another") is None
    again = run(kept(toy(kept_search.state("ab" * 32, "key")), lambda: 0.0))
    torch.testing.assert_close(again.faithful, whole.faithful)
    assert waiting("ab" * 32) is None  # it has ended


def test_one_that_was_killed_is_kept_from_its_first_second_on(toy, private_home):
    job = kept(toy(), itertools.count().__next__)
    under_way(job)
    folder = kept_search.folder("ab" * 32)
    assert {path.name for path in folder.iterdir()} == {"photo.npy", "search.json", "search.state"}
    job.close()


def test_what_is_damaged_is_not_offered(toy, private_home):
    job = kept(toy(), lambda: 0.0)
    under_way(job)
    job.close()
    (kept_search.folder("ab" * 32) / "photo.npy").write_bytes(b"nothing")
    assert waiting("ab" * 32) is None
    kept_search.forget("ab" * 32)
    assert not list(kept_search.folder("ab" * 32).iterdir())
