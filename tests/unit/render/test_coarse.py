"""Coarse pictures while a hand moves, whole ones from the same features, nothing made twice."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from latentstudio.core.progress import run
from latentstudio.core.spaces import Space
from latentstudio.document.assets import MemoryAssets
from latentstudio.document.direction import Direction, Linear
from latentstudio.document.start import Seed
from latentstudio.document.state import Edit, MaskUse, Picture
from latentstudio.engine.preview_heads import GrownImage, PreviewHead
from latentstudio.generators import layer_steps
from latentstudio.generators.stylegan2.network import StyledConv
from latentstudio.render import coarse
from latentstudio.render.coarse import CoarsePreviews, TimedHead
from latentstudio.render.frames import frame
from latentstudio.render.renderer import Renderer
from latentstudio.session.preparing import prepare
from tests.toys.curved import grouped
from tests.toys.even_times import even_times


@pytest.fixture(scope="module")
def heads(portraits):
    renderer = Renderer(portraits)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("latentstudio.store.preview_heads.keep", lambda *_: None)
        patched.setattr("latentstudio.session.preparing.measure_layers", even_times)
        run(prepare(portraits, renderer, 32))
    return renderer.coarse.heads


@pytest.fixture
def renderer(portraits, heads, monkeypatch):
    """As if every picture of the model took a second."""
    made = Renderer(portraits)
    rng = np.random.default_rng(0)
    for name, layers in (("all", None), ("late", (6, 9)), ("last", (9, 9))):
        vector = rng.standard_normal(128).astype(np.float32)
        vector /= np.linalg.norm(vector)
        one = Direction(name, name, Space.W, Linear(vector), 1.0, low=-8, high=8, layers=layers)
        made.directions = {**made.directions, name: one}
    shares = np.linspace(0.02, 0.08, len(heads))
    slow = [replace(one, seconds=share) for one, share in zip(heads, shares, strict=True)]
    made.coarse = CoarsePreviews(slow, 1.0, 8)
    monkeypatch.setattr(made.coarse, "took", lambda *_: None)
    return made


def with_edit(name: str, amount: float) -> Picture:
    return Picture(Seed(3), edits=(Edit(name, amount),))


def whole(portraits, renderer, picture: Picture) -> np.ndarray:
    plain = Renderer(portraits)
    plain.directions = renderer.directions
    return plain.pixels(picture)


def layers_run(monkeypatch):
    """Names of the layers that are computed from now on."""
    made = []
    step = layer_steps.LayerStepper._made

    def counted(self, name, make):
        def run():
            made.append(name)
            return make()

        return step(self, name, run if callable(make) else make)

    monkeypatch.setattr(layer_steps.LayerStepper, "_made", counted)
    return made


def test_a_moving_picture_is_coarse_and_the_resting_one_whole(portraits, renderer):
    picture = with_edit("all", 2.0)
    moving = run(frame(renderer, picture, moving=True))
    resting = run(frame(renderer, picture))
    assert moving.coarse
    assert not resting.coarse
    assert moving.pixels.shape == resting.pixels.shape
    assert np.array_equal(resting.pixels, whole(portraits, renderer, picture))
    both = [one.pixels.astype(float).ravel() for one in (moving, resting)]
    assert 0.9 < np.corrcoef(both)[0, 1] < 1


def test_the_whole_picture_goes_on_where_the_coarse_one_stopped(renderer, monkeypatch):
    picture = with_edit("all", 2.0)
    renderer.coarse_pixels(picture)
    made = layers_run(monkeypatch)
    renderer.pixels(picture)
    tap = renderer.coarse.moving(0, [10] * len(renderer.coarse.heads)).head.tap
    taps = renderer.generator.info.taps
    assert [one for one in made if one in taps] == list(taps[taps.index(tap) + 1 :])


def test_a_picture_that_is_known_is_shown_whole_while_it_moves(renderer):
    picture = with_edit("all", 2.0)
    renderer.pixels(picture)
    assert renderer.coarse_pixels(picture) is None
    assert not run(frame(renderer, picture, moving=True)).coarse


def test_late_edits_start_from_the_features_before_them(portraits, renderer, monkeypatch):
    renderer.pixels(with_edit("late", 1.0))
    renderer.pixels(with_edit("late", 1.5))  # from here on it is known where they differ
    made = layers_run(monkeypatch)
    picture = with_edit("late", 2.0)
    found = renderer.pixels(picture)
    assert [one for one in made if one.startswith("b")] == ["b32.conv1", "b64.conv0", "b64.conv1"]
    assert np.array_equal(found, whole(portraits, renderer, picture))


def test_other_noise_or_truncation_are_other_features(portraits, renderer):
    for change in ({"noise": 3}, {"truncation": 0.5}, {"noise": "none"}):
        for amount in (1.0, 1.5):
            picture = with_edit("late", amount)
            if "truncation" in change:
                picture = replace(picture, start=picture.start.with_truncation(0.5))
            else:
                picture = replace(picture, **change)
            assert np.array_equal(renderer.pixels(picture), whole(portraits, renderer, picture))


def test_what_no_head_can_show_is_made_whole(renderer):
    renderer.pixels(with_edit("last", 1.0))
    moved = run(frame(renderer, with_edit("last", 2.0), moving=True))
    assert not moved.coarse


def test_strips_are_made_with_no_more_resolution_than_they_show(renderer, monkeypatch):
    made = layers_run(monkeypatch)
    (thumb,) = renderer.small([with_edit("all", 1.0)], 32)
    assert thumb.shape == (32, 32, 3)
    first = renderer.coarse.heads[0].head.tap
    taps = renderer.generator.info.taps
    assert [one for one in made if one in taps] == list(taps[: taps.index(first) + 1])


def test_a_strip_of_a_known_picture_is_that_picture_brought_down(renderer, monkeypatch):
    pixels = renderer.pixels(with_edit("all", 1.0))
    made = layers_run(monkeypatch)
    (thumb,) = renderer.small([with_edit("all", 1.0)], 32)
    assert made == []
    mean = pixels.reshape(32, 2, 32, 2, 3).mean((1, 3))
    assert np.abs(thumb - mean).max() <= 1


@pytest.fixture
def mouth(renderer):
    """An edit in a corner of the picture, and the mask as pixels."""
    mask = np.zeros((64, 64), np.float32)
    mask[40:56, 20:44] = 1.0
    renderer.assets = MemoryAssets()
    use = MaskUse(renderer.assets.put(mask), feather=0.02)
    return Picture(Seed(3), edits=(Edit("late", 1.0), Edit("all", 3.0, mask=use)))


def test_a_masked_edit_makes_no_more_than_its_mask_needs(portraits, renderer, mouth, monkeypatch):
    plain = Renderer(portraits, renderer.assets)
    plain.directions = renderer.directions
    expected = plain.pixels(mouth).astype(int)
    without = plain.pixels(mouth.without("all"))
    renderer.pixels(mouth.without("all"))
    places = []
    real = StyledConv.forward

    def counted(self, x, *given):
        made = real(self, x, *given)
        places.append(made.shape[2] * made.shape[3] / (self.size[0] * self.size[1]))
        return made

    monkeypatch.setattr(StyledConv, "forward", counted)
    found = renderer.pixels(mouth)
    assert places[-1] < 0.5  # with the soft edge
    apart = np.abs(found - expected)
    assert apart.max() <= 1
    assert (apart > 0).mean() < 0.01
    outside = (without == found).all(axis=2)
    assert outside[:30].all()
    assert not outside[44:52, 26:40].all()


def test_a_masked_edit_that_moves_is_coarse_and_stays_in_its_mask(renderer, mouth):
    moved = run(frame(renderer, mouth, moving=True))
    assert moved.coarse
    still = renderer.coarse_pixels(mouth.without("all"))
    changed = np.abs(moved.pixels.astype(int) - still).max(axis=2) > 1
    assert changed[44:52, 26:40].any()
    assert not changed[:28].any()


def test_without_heads_everything_is_as_ever(portraits, renderer):
    renderer.coarse = None
    picture = with_edit("all", 2.0)
    moving = run(frame(renderer, picture, moving=True))
    assert not moving.coarse
    assert np.array_equal(moving.pixels, whole(portraits, renderer, picture))
    assert renderer.halfway.weight == 0


def test_heads_that_do_not_fit_are_given_up(portraits, renderer):
    head = renderer.coarse.heads[0].head
    narrow = replace(head, weight=head.weight[:, :5])
    one = replace(renderer.coarse.heads[0], head=narrow)
    renderer.coarse = CoarsePreviews([one], 1.0, 8)
    picture = with_edit("all", 2.0)
    assert np.array_equal(
        run(frame(renderer, picture, moving=True)).pixels, whole(portraits, renderer, picture)
    )
    assert renderer.coarse is None


def bank(whole: float = 1.0, *seconds: float) -> CoarsePreviews:
    head = PreviewHead("tap", torch.zeros(3, 4, 1, 1), torch.zeros(3))
    return CoarsePreviews([TimedHead(head, 32 * 2**i, s) for i, s in enumerate(seconds)], whole, 64)


def test_the_latest_head_in_time_is_taken():
    made = bank(1.0, 0.01, 0.05, 0.2)
    assert made.moving(0, [3, 5, 7]).side == 64
    assert made.moving(5, [3, 5, 7]).side == 128  # the others show nothing of such an edit
    assert made.moving(7, [3, 5, 7]) is None
    assert made.of_size(72).side == 64  # nearly as large
    assert made.of_size(96).side == 128
    assert made.of_size(300) is None
    assert bank(0.9 * coarse.SLOW, 0.001).moving(0, [3]) is None  # whole pictures come in time


def test_a_busy_machine_takes_an_earlier_head():
    made = bank(1.0, 0.01, 0.05, 0.2)
    for _ in range(8):
        made.took(made.heads[1], 0.25)
    assert made.moving(0, [3, 5, 7]).side == 32
    assert made.whole == pytest.approx(5.0, rel=0.1)
    for _ in range(12):
        made.took(made.heads[0], 0.004)
    assert made.moving(0, [3, 5, 7]).side == 128


def test_groups_of_channels_are_seen_by_heads_behind_their_layer(portraits, renderer):
    groups = {
        "early": grouped(portraits, "early"),
        "late": grouped(portraits, "late", 5, tap="b64.conv1"),
    }
    renderer.directions = {**renderer.directions, **groups}
    picture = Picture(Seed(3), edits=(Edit("early", 8.0, off=frozenset({0})),))
    seen = renderer.coarse_pixels(picture).astype(float)
    edited = whole(portraits, renderer, picture).astype(float)
    others = [
        whole(portraits, renderer, Picture(Seed(3))).astype(float),
        whole(portraits, renderer, with_edit("early", 8.0)).astype(float),
    ]
    assert all(np.abs(seen - edited).mean() < np.abs(seen - other).mean() for other in others)
    late = Picture(Seed(3), edits=(Edit("late", 8.0, off=frozenset({0})),))
    assert renderer.coarse_pixels(late) is None  # no head sees what is mixed there


def test_a_better_head_takes_the_place_of_the_grown_image_while_a_mask_is_in_use(
    portraits, renderer
):
    assets = MemoryAssets()
    mask = np.zeros((64, 64), np.float32)
    mask[20:40, 20:40] = 1
    use = MaskUse(assets.put(mask), 0.02)
    renderer.assets = assets
    fitted = renderer.coarse
    # Which layers have heads depends on what they take here; colours are known at a conv1.
    last = next(one for one in reversed(fitted.heads) if one.head.tap.endswith("conv1"))
    grown = TimedHead(GrownImage(last.head.tap), last.side // last.head.factor, last.seconds)
    renderer.coarse = CoarsePreviews([grown], 1.0, 0)
    edits = [(Edit("all", amount, mask=use),) for amount in (2.0, 3.0)]
    assert renderer.coarse_pixels(Picture(Seed(3), edits=edits[0])) is not None
    renderer.coarse = fitted
    assert renderer.coarse_pixels(Picture(Seed(3), edits=edits[1])) is not None
