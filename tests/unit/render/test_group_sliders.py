"""A group slider runs the network once: counted layer by layer, and equal to the last bit."""

from collections import Counter
from dataclasses import replace

import pytest
import torch

from latentstudio.core.progress import run
from latentstudio.document.direction import Linear
from latentstudio.document.start import Seed
from latentstudio.document.state import Edit, Picture
from latentstudio.engine.channels import ChannelMix, synthesize_channels
from latentstudio.engine.generator import Halfway
from latentstudio.generators.registry import open_generator
from latentstudio.render.pipeline import Pipeline
from latentstudio.render.renderer import Renderer
from latentstudio.render.value_cache import ValueCache
from tests.contract.generators import GOLDEN
from tests.toys.curved import TAP, grouped

LATER = "b32.conv0"
BEFORE = 4
"""Convolutions up to `TAP`, of nine; `LATER` comes two after it."""


@pytest.fixture
def renderer(portraits):
    made = Renderer(portraits)
    groups = (grouped(portraits, "g0"), grouped(portraits, "g1", 5, tap=LATER))
    plain = grouped(portraits, "plain", 9)
    plain = replace(plain, payload=Linear(plain.vector))
    detail = replace(plain, id="detail", layers=(BEFORE, 9))
    made.directions = {one.id: one for one in (*groups, plain, detail)}
    return made


@pytest.fixture
def ran(portraits):
    """Counts convolutions by name."""
    counts = Counter()
    found = [(n, m) for n, m in portraits.network.named_modules() if n.endswith(("conv0", "conv1"))]
    hooks = [
        module.register_forward_hook(lambda *_, name=name: counts.update([name]))
        for name, module in found
    ]
    yield counts
    for hook in hooks:
        hook.remove()


def picture(**amounts):
    off = {"g0": frozenset({1}), "g1": frozenset({0})}
    edits = (Edit(id, amount, off=off.get(id)) for id, amount in amounts.items())
    return Picture(Seed(3), edits=tuple(edits))


def alone(renderer, shown):
    """The picture as the command line makes it: nothing is remembered."""
    pipeline = Pipeline(renderer.generator)
    start = pipeline.from_seeds([shown.seed])
    return pipeline.images(pipeline.apply(start, renderer.moves(shown.active())))


def shown(renderer, one):
    pictures = renderer.pipeline(one).images(renderer.latents(one), one.noise)
    assert torch.equal(pictures, alone(renderer, one))
    return pictures


def cost(ran, renderer, one):
    """Convolutions that a picture took."""
    ran.clear()
    renderer.pixels(one)
    return ran.total()


def test_a_moving_group_runs_each_layer_once(renderer, ran):
    first = cost(ran, renderer, picture(g0=0.5))
    assert first == 9 + BEFORE
    assert cost(ran, renderer, picture(g0=0.6)) == 9
    assert set(ran.values()) == {1}
    assert cost(ran, renderer, picture(g0=-2.0)) == 9


def test_a_group_moves_at_the_same_cost_beside_other_edits(renderer, ran):
    for amount in (0.1, 0.2, 0.3):
        early = cost(ran, renderer, picture(plain=1.0, g0=amount, g1=0.5))
    for amount in (0.1, 0.2, 0.3):
        late = cost(ran, renderer, picture(plain=1.0, g0=0.3, g1=amount))
    assert (early, late) == (9, 9)


def test_a_plain_slider_beside_a_group_runs_what_its_layers_change(renderer, ran):
    cost(ran, renderer, picture(plain=0.1, g0=0.5))
    assert cost(ran, renderer, picture(plain=0.2, g0=0.5)) == 9 + BEFORE
    cost(ran, renderer, picture(detail=0.1, g0=0.5))
    assert cost(ran, renderer, picture(detail=0.2, g0=0.5)) == 9 - BEFORE


def test_pictures_are_those_of_a_renderer_that_remembers_nothing(renderer):
    walk = [
        picture(g0=1.0),
        picture(g0=1.5),
        picture(g0=1.5, g1=-1.0),
        picture(g0=0.4, g1=-1.0),
        picture(g0=1.5, g1=-2.0, plain=0.5),
        picture(g0=1.5, g1=-2.0, plain=0.7),
        picture(g0=0.5, g1=-2.0, detail=0.7),
        replace(picture(g0=0.5), start=Seed(4)),
        replace(picture(g0=0.5), start=Seed(3, truncation=0.5)),
    ]
    made = [renderer.pixels(one).tobytes() for one in walk]
    assert len(set(made)) == len(walk)
    for one, pixels in zip(walk, made, strict=True):
        fresh = Renderer(renderer.generator)
        fresh.directions = renderer.directions
        assert fresh.pixels(one).tobytes() == pixels


def test_other_noise_is_another_picture():
    generator = run(open_generator(GOLDEN / "stylegan2-ada-64.pkl"))
    codes = generator.broadcast(generator.map(generator.sample_z([1, 2])))
    tap = generator.info.taps[3]
    channels = torch.arange(generator.features(codes[:1], tap).shape[1])
    mixes = [ChannelMix(tap, codes[1:], channels % 2 == 0)]
    stage = ValueCache(100)
    for noise in ("const", "none", 7, "const"):
        made = synthesize_channels(generator, codes[:1], mixes, noise=noise, remember=stage.get)
        assert torch.equal(made, synthesize_channels(generator, codes[:1], mixes, noise=noise))
    assert stage.made == 6  # two for each of three noises


def test_there_and_back_is_the_identical_picture(renderer, portraits):
    plain = portraits_image(portraits, renderer)
    there = shown(renderer, picture(g0=2.0))
    renderer.moved.clear()
    assert not torch.equal(there, plain)
    assert torch.equal(shown(renderer, picture(g0=0.0)), plain)
    assert torch.equal(shown(renderer, picture(g0=2.0)), there)


def portraits_image(portraits, renderer):
    with torch.inference_mode():
        return portraits.synthesize(renderer.start(Picture(Seed(3))).codes)


def test_what_is_kept_is_bounded(renderer, ran):
    one = Halfway(TAP, torch.zeros(4, 8), {"image": torch.zeros(2, 8)})
    assert one.nbytes == 6 * 8 * 4
    renderer.halfway = ValueCache(3 * 128 * 16 * 16 * 4, lambda kept: kept.nbytes)
    for amount in range(8):
        renderer.pixels(picture(g0=1 + amount / 10))
        assert renderer.halfway.weight <= 3 * 128 * 16 * 16 * 4
    assert 0 < len(renderer.halfway._kept) < 4
    assert cost(ran, renderer, picture(g0=3.0)) == 9  # the picture's own features stay


def test_a_stage_weighs_what_it_keeps():
    stage = ValueCache(10, len)
    for word in ("four", "fives", "two"):
        stage.get(word, lambda word=word: word)
    assert stage.weight == 8
    assert stage.get("fives", lambda: "made anew") == "fives"
    assert stage.get("four", lambda: "4") == "4"  # it had to go
    assert stage.get("long", lambda: "longer than ten") == "longer than ten"
    assert stage.weight == 0
    stage.get("x", lambda: "x")
    stage.clear()
    assert stage.weight == 0
