"""A part of a picture made alone is that part of the whole picture."""

import numpy as np
import pytest
import torch

from latentstudio.core.errors import ShapeError
from latentstudio.core.progress import run
from latentstudio.engine.generator import HasWindows, Window
from latentstudio.engine.masked_synthesis import window_of
from latentstudio.generators.builtin import find_model
from latentstudio.generators.registry import open_generator
from tests.contract.generators import open_model

WINDOWS = (
    Window(0, 0, 64, 64),
    Window(0, 0, 7, 9),
    Window(57, 55, 64, 64),
    Window(30, 20, 31, 21),
    Window(20, 3, 45, 33),
)


@pytest.fixture(scope="module")
def exact():
    """In float64, so that a place from incomplete neighbours can't hide in rounding."""
    generator = run(open_generator(find_model("portraits")))
    generator.network.double()
    return generator


def code(generator, seeds=(0,)):
    z = generator.sample_z(list(seeds)).to(generator.network.mapping.w_avg)
    return generator.broadcast(generator.map(z))


@pytest.mark.parametrize("window", WINDOWS)
@torch.no_grad()
def test_a_window_is_that_part_of_the_picture(exact, window):
    codes = code(exact, [0, 1])
    whole = exact.synthesize(codes)
    part = exact.synthesize_window(codes, window)
    assert (part - window.of(whole)).abs().max() < 1e-9


@pytest.mark.parametrize("tap", ["b4.conv1", "b16.conv0", "b32.conv1", "b64.conv0", "b64.conv1"])
@torch.no_grad()
def test_it_goes_on_from_any_layer(exact, tap):
    codes, window = code(exact), Window(20, 3, 45, 33)
    since = exact.halfway(codes, tap, {}, noise=7)
    part = exact.synthesize_window(codes, window, 7, since)
    assert (part - window.of(exact.synthesize(codes, noise=7))).abs().max() < 1e-9


@torch.no_grad()
def test_nothing_outside_it_is_made(exact, monkeypatch):
    from latentstudio.generators.stylegan2.network import StyledConv

    places = []
    forward = StyledConv.forward

    def counted(self, x, *given):
        made = forward(self, x, *given)
        places.append(made.shape[2] * made.shape[3] / (self.size[0] * self.size[1]))
        return made

    monkeypatch.setattr(StyledConv, "forward", counted)
    exact.synthesize_window(code(exact), Window(28, 28, 36, 36))
    assert places[-1] < 0.06
    assert len(places) == 9


@pytest.mark.parametrize("name", ["stylegan2", "stylegan2-conditional"])
def test_other_files_of_the_family_can_too(name):
    model = open_model(name)
    assert isinstance(model, HasWindows)
    z, known = model.sample_z([4]), model.info.classes
    classes = torch.tensor([2]) if known else None
    with torch.inference_mode():  # as pictures for the screen are made
        codes = model.broadcast(model.map(z, classes))
        whole = model.synthesize(codes, classes)
        part = model.synthesize_window(codes, Window(5, 6, 20, 31))
    assert (part - whole[..., 5:20, 6:31]).abs().max() < 1e-4 * whole.abs().max()


def soft(side, top, left):
    """A feathered mask of 9 × 12 pixels."""
    mask = np.zeros((side, side), np.float32)
    mask[top : top + 9, left : left + 12] = 0.5
    mask[top + 2 : top + 7, left + 2 : left + 10] = 1.0
    return mask


def test_a_mask_needs_the_rectangle_around_it():
    assert window_of(np.zeros((3, 4))) is None
    assert window_of(soft(64, 30, 18)) == Window(30, 18, 39, 30)


@pytest.mark.parametrize("window", [Window(0, 0, 65, 3), Window(3, 3, 3, 9), Window(-1, 0, 3, 3)])
def test_what_is_no_part_of_the_picture_is_refused(portraits, window):
    with pytest.raises(ShapeError, match="part"):
        portraits.synthesize_window(code(portraits), window)
