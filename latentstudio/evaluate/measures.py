"""Measures of any picture: colour, light, symmetry, and where what is shown stands."""

import torch
import torch.nn.functional as nnf
from torch import Tensor

from latentstudio.evaluate.predictor import Attribute, Predictor

_LUMA = (0.2126, 0.7152, 0.0722)
"""ITU-R BT.709, applied to sRGB values as they are."""
_FLAT = 1e-4
"""Below this deviation a picture has no contrast to measure by."""
_THUMBNAIL = 16

ATTRIBUTES = (
    Attribute("brightness", 0.0, 1.0),
    Attribute("contrast", 0.0, 0.5),
    Attribute("saturation", 0.0, 1.0),
    Attribute("warmth", -0.5, 0.5),
    Attribute("greenness", -0.5, 0.5),
    Attribute("detail", 0.0, 0.2),
    Attribute("symmetry", -1.0, 1.0),
    Attribute("to the right", -0.5, 0.5),
    Attribute("further down", -0.5, 0.5),
    Attribute("size", 0.3, 0.9),
)


@torch.no_grad()
def read(images: Tensor) -> Tensor:
    """Measure pictures.

    Args:
        images: (N, 3, H, W) in [-1, 1].

    Returns:
        (N, 10): brightness (mean luma), contrast (its deviation), saturation (mean of largest
        minus smallest channel), warmth (red minus blue), greenness (green minus the mean of
        red and blue), detail (mean difference of neighbours), symmetry (correlation of the
        luma with its mirror image), and where what differs from the border's colour stands:
        its centre, −1 left or top to 1 right or bottom, and its size, the root mean square
        distance from that centre.
    """
    colours = (images + 1.0) / 2.0
    red, green, blue = colours.unbind(1)
    luma = torch.einsum("nchw,c->nhw", colours, colours.new_tensor(_LUMA))
    return torch.stack(
        [
            luma.mean((1, 2)),
            luma.std((1, 2), correction=0),
            (colours.amax(1) - colours.amin(1)).mean((1, 2)),
            (red - blue).mean((1, 2)),
            (green - (red + blue) / 2).mean((1, 2)),
            _detail(luma),
            _symmetry(luma),
            *_position(colours),
        ],
        dim=1,
    )


@torch.no_grad()
def embed(images: Tensor) -> Tensor:
    """A thumbnail's deviations from its own mean colour, (N, 768)."""
    small = nnf.adaptive_avg_pool2d(images, _THUMBNAIL)
    return (small - small.mean((2, 3), keepdim=True)).flatten(1)


def _detail(luma: Tensor) -> Tensor:
    down, across = luma.diff(dim=1).abs(), luma.diff(dim=2).abs()
    return (down.mean((1, 2)) + across.mean((1, 2))) / 2


def _symmetry(luma: Tensor) -> Tensor:
    """Correlation with the mirror image; a flat picture is its own mirror image."""
    centred = luma - luma.mean((1, 2), keepdim=True)
    variance = centred.square().mean((1, 2))
    product = (centred * centred.flip(2)).mean((1, 2))
    return torch.where(variance > _FLAT**2, product / variance.clamp_min(_FLAT**2), 1.0)


def _position(colours: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Centre (x, y) and size of what differs from the border, each (N,)."""
    height, width = colours.shape[-2:]
    edge = torch.cat([colours[..., 0, :], colours[..., :, 0], colours[..., :, -1]], dim=2)
    background = edge.median(dim=2).values[..., None, None]  # heads touch the lower edge
    weight = (colours - background).abs().mean(1) + 1e-6
    weight = weight / weight.sum((1, 2), keepdim=True)
    y = torch.linspace(-1, 1, height, device=colours.device)[:, None]
    x = torch.linspace(-1, 1, width, device=colours.device)[None, :]
    right, down = (weight * x).sum((1, 2)), (weight * y).sum((1, 2))
    squares = (x - right[:, None, None]) ** 2 + (y - down[:, None, None]) ** 2
    return right, down, (weight * squares).sum((1, 2)).sqrt()


MEASURES = Predictor(
    "measures",
    "Colour, light and position",
    ATTRIBUTES,
    read,
    embed,
    help="Measured on the pixels, so it works on every model and names nothing.",
)
