"""The first local directions of a model whose pictures take long: before any head is fitted."""

import numpy as np
import pytest
import torch

from latentstudio.core.progress import run
from latentstudio.document.start import Seed
from latentstudio.document.state import MaskUse, Picture
from latentstudio.engine.jacobian import jacobian
from latentstudio.region.leak import measure
from latentstudio.region.masks import box_mask
from latentstudio.render.renderer import Renderer
from latentstudio.session import local_search, preparing
from latentstudio.session.early_readout import reading_at_once
from latentstudio.session.opening import OpenModel, Origin
from latentstudio.session.painting import Painting
from latentstudio.session.region_messages import LocalNews, LocalRequest
from latentstudio.store.assets import DiskAssets
from tests.toys.even_times import even_times
from tests.toys.planted import PlantedGenerator

MOUTH = box_mask(64, 24, 41, 16, 10)
PICTURE = Picture(Seed(3))


@pytest.fixture
def painting(portraits, private_home, monkeypatch):
    """Painting on the built-in model as if its pictures took five seconds."""
    monkeypatch.setattr(preparing, "SMALLEST", 32)
    monkeypatch.setattr(preparing, "measure_layers", even_times)
    assets = DiskAssets()
    renderer = Renderer(portraits, assets)
    renderer.milliseconds = 5000.0
    model = OpenModel(Origin("portraits", "", "", portraits), portraits, renderer)
    return Painting(lambda: model, assets)


@pytest.fixture
def request_(painting):
    return LocalRequest(PICTURE, MaskUse(painting.assets.put(MOUTH)), count=5)


def told(job):
    return [step.preview for step in job if isinstance(step.preview, LocalNews)]


def test_the_colours_that_have_grown_are_read_where_most_layers_are_seen(portraits):
    codes = portraits.broadcast(portraits.map(portraits.sample_z([3])))
    assert reading_at_once(portraits, (4, 7), codes).tap == "b32.conv1"
    assert reading_at_once(portraits, (0, 3), codes).tap == "b32.conv1"
    assert reading_at_once(portraits, (7, 9), codes).tap == "b64.conv1"
    assert reading_at_once(PlantedGenerator(), None, codes) is None


def test_they_come_without_heads_and_leak_little(painting, request_, portraits):
    news = told(painting.first_sliders(request_))
    assert [round(128 * one.known) for one in news] == [16, 32]
    assert painting.opened().renderer.coarse is None
    codes = painting.opened().renderer.latents(PICTURE).codes
    exact = run(jacobian(portraits, codes, layers=(4, 7)))

    def leak(vector):
        change = (exact.values @ torch.from_numpy(vector).float()).permute(2, 0, 1)
        return measure(change.numpy(), MOUTH).ratio

    found = [leak(d.vector) for d in news[-1].found.directions[:5]]
    rows = np.random.default_rng(0).normal(size=(5, 128))
    assert min(found) < 0.5 * min(map(leak, rows))


def test_further_answers_rest_on_no_less(painting, request_):
    first = told(painting.first_sliders(request_))[-1]
    second = told(painting.sliders(request_))
    assert second[0].known >= first.known
    assert second[-1].exact
    assert painting.opened().renderer.coarse.pictures >= 4


def test_a_quick_models_first_answer_is_the_usual_one(painting, request_):
    painting.opened().renderer.milliseconds = 10.0
    assert list(painting.first_sliders(request_)) == []


def test_a_settled_answer_lets_others_have_their_turn_and_goes_on_later(
    painting, request_, monkeypatch
):
    monkeypatch.setattr(local_search, "_PATIENCE", 0.0)
    told(painting.first_sliders(request_))
    ended = []

    def settling():
        ended.append((yield from painting.sliders(request_, settled=64)))

    news = told(settling())
    assert ended == [None]
    assert [round(128 * one.known) for one in news] == [32, 64]
    later = told(painting.sliders(request_))
    assert [one.known for one in later] == [1.0]
