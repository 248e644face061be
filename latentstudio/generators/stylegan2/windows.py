"""A part of a StyleGAN2 picture without the rest of it.

Modulation depends on the style and not on the picture, so a layer's output at a place depends on
its input nearby and on nothing else: a rectangle of the picture needs a rectangle of each layer,
a few places larger. Those beyond the rectangle are made from incomplete neighbours and cut off;
at the border of the picture the padding with zeros is the same one.

The idea is that of spatially incremental inference (Li et al., NeurIPS 2022, "Efficient Spatially
Sparse Inference for Conditional GANs and Diffusion Models"), exact here.
"""

from dataclasses import dataclass
from typing import Any

from torch import Tensor

from latentstudio.engine.generator import GROWN, Halfway, Noise, Window
from latentstudio.generators.stylegan2.network import Block, Synthesis


@dataclass(frozen=True, slots=True)
class _Needs:
    """What one block has to make.

    Attributes:
        source: Of the features and the image of the block before.
        middle: Of the first convolution's output.
        out: Of the second one's, and of the image.
    """

    source: Window
    middle: Window
    out: Window


def synthesize_window(
    synthesis: Synthesis,
    ws: Tensor,
    noise: Noise,
    window: Window,
    since: Halfway | None = None,
) -> Tensor:
    """Pixels of a window: (N, C, h, w).

    Args:
        synthesis: The network.
        ws: (N, layers, w_dim).
        noise: Noise inputs.
        window: Of the picture, inside it and not empty.
        since: Where a synthesis of the same codes has stopped, whole.
    """
    blocks: list[Any] = list(synthesis.blocks)
    needs = _planned(blocks, window)
    first = 0 if since is None else _block_of(blocks, since.tap)
    image: Tensor | None = None
    x = ws.new_empty(0)
    layer = 0 if first == 0 else 2 * first - 1
    for index in range(first, len(blocks)):
        block, need = blocks[index], needs[index]
        given = since if index == first else None
        if given is not None:
            image, x = given.carried.get(GROWN), given.features
            image = None if image is None else need.source.of(image)
        x = _through(block, need, x, ws[:, layer:], noise, given)
        layer += 1 if index == 0 else 2
        if block.colours is not None:
            image = _coloured(block, need, image, x, ws[:, layer])
    assert image is not None  # the last block always has a colour layer
    return image


def _through(
    block: Any, need: _Needs, x: Tensor, ws: Tensor, noise: Noise, given: Halfway | None
) -> Tensor:
    """Features of a block's window, from those of the block before or from where it stopped."""
    if given is not None and given.tap.endswith("conv1"):
        return need.out.of(given.features)
    residual = None
    if hasattr(block, "conv0"):
        if given is None:
            residual = _shortcut(block, need, x) if block.resnet else None
            x = _doubled_by(block, need, x, ws[:, 0], noise)
        else:
            residual = need.out.of(given.carried["shortcut"]) if block.resnet else None
            x = need.middle.of(given.features)
        ws = ws[:, 1:]
    else:
        x = need.middle.of(block.const).expand(len(ws), -1, -1, -1)
    gain = 1.0 if residual is None else 0.5**0.5
    made = _cut(block.conv1(x, ws[:, 0], noise, gain, need.middle), need.middle, need.out)
    return made if residual is None else residual + made


def _doubled_by(block: Any, need: _Needs, x: Tensor, w: Tensor, noise: Noise) -> Tensor:
    """The first convolution, which doubles: all that comes of the source, then the middle."""
    whole = _doubled(need.source)
    return _cut(block.conv0(x, w, noise, 1.0, whole), whole, need.middle)


def _shortcut(block: Any, need: _Needs, x: Tensor) -> Tensor:
    return _cut(block.shortcut(x), _doubled(need.source), need.out)


def _coloured(block: Any, need: _Needs, image: Tensor | None, x: Tensor, w: Tensor) -> Tensor:
    colours: Tensor = block.colours(x, w)
    if image is None:
        return colours
    return _cut(block.doubled(image), _doubled(need.source), need.out) + colours


def _planned(blocks: list[Any], window: Window) -> list[_Needs]:
    """What each block has to make, from the last one back."""
    needs: list[_Needs] = []
    out = window
    for block in reversed(blocks):
        middle = _grown(out, 1, block.conv1.size)
        source = _source(block, middle)
        needs.append(_Needs(source, middle, out))
        out = source
    return needs[::-1]


def _source(block: Block, middle: Window) -> Window:
    """Places of half the size on which a window of a doubling layer depends.

    A place t of the transposed convolution reads places (t - 2) / 2 to t / 2, and the filter
    reads as many places of it as it has taps.
    """
    reach = block.filter.size // 2 + 1
    height, width = (side // 2 for side in block.conv1.size)
    return Window(
        max(0, (middle.top - reach) // 2),
        max(0, (middle.left - reach) // 2),
        min(height, (middle.bottom + reach) // 2 + 1),
        min(width, (middle.right + reach) // 2 + 1),
    )


def _grown(window: Window, by: int, size: tuple[int, int]) -> Window:
    return Window(
        max(0, window.top - by),
        max(0, window.left - by),
        min(size[0], window.bottom + by),
        min(size[1], window.right + by),
    )


def _doubled(window: Window) -> Window:
    return Window(2 * window.top, 2 * window.left, 2 * window.bottom, 2 * window.right)


def _cut(x: Tensor, made: Window, wanted: Window) -> Tensor:
    """The wanted part of what was made."""
    top, left = wanted.top - made.top, wanted.left - made.left
    height, width = wanted.bottom - wanted.top, wanted.right - wanted.left
    return x[..., top : top + height, left : left + width]


def _block_of(blocks: list[Any], tap: str) -> int:
    return next(i for i, block in enumerate(blocks) if tap.startswith(f"b{block.name}."))
