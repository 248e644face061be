"""What the window asks of painted regions: answers that sharpen, paths that take places."""

import dataclasses
from dataclasses import replace

import numpy as np
import pytest

from latentstudio.core.errors import OptionError, ResourceError
from latentstudio.core.progress import Step, run
from latentstudio.core.spaces import Ability, Space
from latentstudio.document.direction import Direction, DirectionSet, Linear, Local, ModelKey
from latentstudio.document.start import Latent
from latentstudio.document.state import MaskUse, Picture
from latentstudio.engine.pushforward import Readout
from latentstudio.region.masks import box_mask
from latentstudio.render import tuned
from latentstudio.render.pipeline import Pipeline
from latentstudio.render.renderer import Renderer
from latentstudio.session import local_search
from latentstudio.session.early_readout import in_memory
from latentstudio.session.local_leaks import real_leaks
from latentstudio.session.opening import OpenModel, Origin
from latentstudio.session.painting import Painting
from latentstudio.session.region_messages import LocalNews, LocalRequest, PathRequest
from latentstudio.store.assets import DiskAssets
from tests.toys.planted import DIM, SIDE, PlantedGenerator

PICTURE = Picture()
BOX = box_mask(SIDE, 1, 1, 3, 3)


@pytest.fixture
def toy():
    found = PlantedGenerator()
    abilities = found.info.abilities | {Ability.FORWARD_GRADIENT}
    found._info = dataclasses.replace(found.info, abilities=abilities)
    return found


@pytest.fixture
def painting(toy, private_home):
    assets = DiskAssets()
    model = opened(toy, assets)
    return Painting(lambda: model, assets)


def opened(model, assets):
    renderer = Renderer(model, assets)
    renderer.directions = {}
    return OpenModel(Origin("toy", "", "", model), model, renderer)


@pytest.fixture
def use(painting):
    return MaskUse(painting.assets.put(BOX), 0.02)


def answers(painting, request):
    """Provisional ones, and the last."""
    job, found = painting.sliders(request), []
    while True:
        try:
            step = next(job)
        except StopIteration as stop:
            return [*found, stop.value]
        if isinstance(step.preview, LocalNews):
            found.append(step.preview)


@pytest.fixture
def news(painting, use):
    return answers(painting, LocalRequest(PICTURE, use, count=3))[-1]


def known(painting, id):
    return painting.opened().renderer.directions[id]


def test_sliders_are_local_named_and_listed_first(painting, news):
    assert news.exact
    assert news.named
    assert [d.id for d in news.found.directions] == list(news.ids)
    for id in news.ids:
        one = known(painting, id)
        assert isinstance(one.payload, Local)
        assert one.name.startswith("Top left: ")


def test_an_id_is_one_direction_for_ever(painting, use, news):
    again = answers(painting, LocalRequest(PICTURE, use, count=3))[-1]
    assert not set(news.ids) & set(again.ids)


def test_no_two_sliders_have_one_name(painting, use, news):
    """What is in use stays, and another region at the same place is looked at."""
    other = MaskUse(painting.assets.put(box_mask(SIDE, 0, 0, 3, 3)), 0.02)
    keep = frozenset(news.ids)
    for told in answers(painting, LocalRequest(PICTURE, other, count=3, keep=keep)):
        assert len(told.found.directions) > len(keep)  # not the same ones again
        names = [one.name for one in told.found.directions]
        assert len(set(names)) == len(names)


def test_a_region_gives_its_name(painting, use):
    told = answers(painting, LocalRequest(PICTURE, use, count=3, name="Beak"))[-1]
    names = [known(painting, id).name for id in told.ids]
    assert all(name.startswith("Beak: ") for name in names)
    assert len(set(names)) == len(names)


def test_a_pool_that_is_known_answers_before_any_tangent(painting, use):
    request = LocalRequest(PICTURE, use, count=3)
    run(painting.know_model(request))
    first, *_, last = answers(painting, request)
    assert (first.known, last.known) == (0, 1)
    one, other = (painting_vectors(news)[0] for news in (first, last))
    assert abs(one @ other) > 0.5  # useful already


def painting_vectors(news):
    by_id = {d.id: d for d in news.found.directions}
    return [by_id[id].vector for id in news.ids]


def test_what_was_taken_in_hand_at_the_last_moment_stays(painting, use, news):
    old = news.ids[0]
    answers(painting, LocalRequest(PICTURE, use, count=2))
    assert old not in painting.opened().renderer.directions
    run(painting.keep([old]))
    assert known(painting, old).id == old


def test_a_path_takes_the_place_of_its_slider(painting, news):
    id = news.ids[0]
    before = known(painting, id)
    path = run(painting.path(PathRequest(PICTURE, id, used=(0.5,))))
    assert known(painting, id) is before  # nobody's place yet
    run(painting.adopt(path))
    bent = known(painting, id)
    assert not bent.straight
    assert bent.name == before.name
    assert 0.5 in bent.payload.amounts.tolist()
    assert bent.provenance.options["path"] == "refined"
    assert run(painting.path(PathRequest(PICTURE, id))) is None  # it bends already


def test_a_path_of_another_vector_takes_no_place(painting, news):
    id = news.ids[0]
    path = run(painting.path(PathRequest(PICTURE, id)))
    turned = dataclasses.replace(known(painting, id), payload=Local(-known(painting, id).vector))
    painting.opened().renderer.directions = {id: turned}
    run(painting.adopt(path))
    assert known(painting, id) is turned


def add(painting, toy, one):
    painting.opened().found = DirectionSet(ModelKey.of(toy.info), (one,))
    painting.opened().renderer.directions = {one.id: one}


def test_any_direction_is_held_to_a_region(painting, toy, use):
    rng = np.random.default_rng(0)
    vector = rng.normal(size=16).astype(np.float32)
    vector /= np.linalg.norm(vector)
    add(painting, toy, Direction("x", "Smile", toy.info.code_space, Linear(vector)))
    request = PathRequest(PICTURE, "x", use=use, name="Corner")
    made, found = run(painting.hold(request))
    held = made.direction
    assert (held.name, held.group) == ("Smile, corner only", "Corner, held")
    assert held.provenance.of == "x"
    assert [d.id for d in found.directions] == [held.id, "x"]
    pipeline = Pipeline(toy)
    shown = real_leaks(pipeline, pipeline.from_seeds([0]), "const", BOX, painting.opened().found)
    assert held.measured["leak"] == pytest.approx(run(shown)[0].ratio)
    assert not held.straight
    assert known(painting, held.id) is held


def test_what_bends_already_is_not_held(painting, toy, use):
    points, amounts = np.zeros((2, 16), np.float32), np.array([0, 1], np.float32)
    vector = np.eye(16, dtype=np.float32)[0]
    local = Local(vector, use.digest, points, amounts)
    add(painting, toy, Direction("x", "Bent", toy.info.code_space, local))
    with pytest.raises(OptionError, match="Bent can't be held"):
        run(painting.hold(PathRequest(PICTURE, "x", use=use)))


def test_directions_that_are_local_in_several_pictures(painting, use):
    one = answers(painting, LocalRequest(PICTURE, use, count=3))[-1]
    four = answers(painting, LocalRequest(PICTURE, use, count=3, pictures=4))[-1]
    assert four.exact
    cosines = [abs(a @ b) for a, b in zip(*map(painting_vectors, (one, four)), strict=True)]
    assert min(cosines) < 0.9999  # the others count


def test_pictures_that_were_looked_at_are_let_go_by_bytes(painting, use, monkeypatch):
    monkeypatch.setattr(local_search, "KEPT_BYTES", 2 * SIDE * SIDE * 3 * 16 * 4)
    for _ in range(4):
        answers(painting, LocalRequest(PICTURE, use, pictures=4))
    assert len(painting._search._pictures) == 2


def test_too_little_memory_means_smaller_pictures_and_is_said():
    told, sizes = [], []

    def make(reading):
        sizes.append(reading.side)
        yield Step(0.0)
        if reading.side > 16:
            raise ResourceError("no room")
        return reading.side

    assert run(in_memory(make, Readout(64), told.append)) == 16
    assert sizes == [64, 32, 16]
    assert [text.split(";")[0] for text in told] == [
        "Not enough memory to look at 64 pixels",
        "Not enough memory to look at 32 pixels",
    ]


def test_the_last_failure_for_memory_is_told():
    def make(_reading):
        yield Step(0.0)
        raise MemoryError

    with pytest.raises(ResourceError, match="Finding local directions needs more memory"):
        run(in_memory(make, Readout(16), lambda _: None))


def test_sliders_of_a_picture_drawn_by_a_fitted_model_are_those_of_the_fit(
    painting, toy, use, monkeypatch
):
    fitted = PlantedGenerator()
    fitted._info, fitted.weight = toy.info, toy.weight.flip(1)  # other pixels follow each axis
    monkeypatch.setattr(tuned, "tuned_network", lambda *_: fitted)
    codes = painting.assets.put(np.full(DIM, 0.1, np.float32))
    fit = painting.assets.put(np.zeros(1, np.uint8))
    plain = Latent(codes, Space.Z)
    model = opened(fitted, painting.assets)
    other = Painting(lambda: model, painting.assets)
    asked = [(painting, replace(plain, tuning=fit)), (painting, plain), (other, plain)]
    found = []
    for of, start in asked:
        news = answers(of, LocalRequest(Picture(start), use, count=1))[-1]
        found.append(known(of, news.ids[0]))
    with_fit, without, as_its_own = found
    np.testing.assert_allclose(with_fit.vector, as_its_own.vector, atol=1e-5)
    assert with_fit.measured == pytest.approx(as_its_own.measured)
    assert abs(with_fit.vector @ without.vector) < 0.9
