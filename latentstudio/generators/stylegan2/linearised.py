"""StyleGAN2's derivative at one picture, as a network of its own.

At a fixed picture every layer is linear in what changes before it, so what does not depend on
the tangent is made once: modulated weights, features, the slopes of the activations. A tangent
then costs one convolution a layer; automatic forward mode makes the products of all factors anew
each time. With style s, demodulation c and input x of a layer (Karras et al. 2020, section 2.2),
y = c conv(s x), and

    dy = c conv(s dx + x ds) + dc conv(s x),    dc = -c^3 E (s ds),

E the energy of the weights; where the style stays, dy = conv(dx) with s and c in the weight.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torch.nn.functional as F
from torch import Tensor

from latentstudio.core.progress import stop_point
from latentstudio.engine.generator import Noise
from latentstudio.engine.pushforward import Through
from latentstudio.generators.stylegan2.network import Synthesis
from latentstudio.generators.stylegan2.wavelet import of_bands

Layer = Callable[[Tensor | None, Tensor], Tensor | None]
"""Tangents of a layer's input (None: nothing changes) and of the code, to those of its output."""


@dataclass(slots=True)
class _Path:
    """Where the picture is, and the layers passed, while it is made once."""

    first: int
    last: int
    noise: Noise
    codes: Tensor

    def reaches(self, layer: int) -> bool:
        return self.first <= layer <= self.last


def linearise(
    synthesis: Synthesis, codes: Tensor, noise: Noise, layers: tuple[int, int], tap: str | None
) -> Through:
    """The derivative of one picture by a step that is added to its code in some layers.

    Args:
        synthesis: The network.
        codes: (1, layers, dim).
        noise: As for the picture.
        layers: First and last layer that the step reaches.
        tap: Where to stop; None goes to the picture.
    """
    path = _Path(*layers, noise, codes)
    parts: list[Callable[..., tuple[Tensor | None, Tensor | None]]] = []
    blocks: list[Any] = list(synthesis.blocks)
    x, image, layer = blocks[0].const[None], None, 0
    for block in blocks:
        stop_point()
        x, image, layer, part, done = _block(block, x, image, layer, path, tap)
        parts.append(part)
        if done:
            break

    def push(steps: Tensor) -> tuple[Tensor, Tensor | None]:
        changed: Tensor | None = None
        coloured: Tensor | None = None
        for part in parts:
            stop_point()
            changed, coloured = part(changed, coloured, steps)
        features = _there(changed, x, steps)
        if image is None:
            return features, None
        picture = _there(coloured, image, steps)
        return features, of_bands(picture) if synthesis.wavelet else picture

    return push


def _there(changed: Tensor | None, like: Tensor, steps: Tensor) -> Tensor:
    """A change, also where there is none."""
    return steps.new_zeros(len(steps), *like.shape[1:]) if changed is None else changed


def _block(
    block: Any, x: Tensor, image: Tensor | None, layer: int, path: _Path, tap: str | None
) -> tuple[Tensor, Tensor | None, int, Any, bool]:
    """The picture through one block, and how a change goes through it."""
    convs: list[Layer] = []
    residual, entered = None, layer > 0
    if entered:
        if block.resnet:
            residual = block.shortcut(x)
        x, conv = _conv(block.conv0, x, layer, path, 1.0)
        convs.append(conv)
        layer += 1
        if tap == f"b{block.name}.conv0":
            return x, image, layer, _features(convs, None), True
    gain = 1.0 if residual is None else 0.5**0.5
    made, conv = _conv(block.conv1, x, layer, path, gain)
    x = made if residual is None else residual + made
    convs.append(conv)
    layer += 1
    shortcut = block.shortcut if residual is not None else None
    colours = None
    if block.colours is not None:
        image = block.coloured(image, x, path.codes[:, layer])
        colours = _colours(block.colours, x, layer, path)
    done = tap == f"b{block.name}.conv1"
    return x, image, layer, _features(convs, shortcut, colours, block), done


def _features(
    convs: list[Layer],
    shortcut: Callable[[Tensor], Tensor] | None,
    colours: Layer | None = None,
    block: Any = None,
) -> Callable[[Tensor | None, Tensor | None, Tensor], tuple[Tensor | None, Tensor | None]]:
    """A change of features and image through a block's layers."""

    def part(
        changed: Tensor | None, image: Tensor | None, steps: Tensor
    ) -> tuple[Tensor | None, Tensor | None]:
        beside = None if shortcut is None or changed is None else shortcut(changed)
        for conv in convs:
            changed = conv(changed, steps)
        changed = _sum(changed, beside)
        if colours is not None:
            before = None if image is None else block.enlarged(image)
            image = _sum(before, colours(changed, steps))
        return changed, image

    return part


def _conv(layer: Any, x: Tensor, index: int, path: _Path, gain: float) -> tuple[Tensor, Layer]:
    """A convolution's output, and how a change goes through it."""
    style = layer.affine(path.codes[:, index])  # (1, inputs)
    gain = layer.gain * gain
    scale = (F.linear(style.square(), layer.energy) + 1e-8).rsqrt() * gain  # (1, outputs)
    plain = layer._convolve(x * style[:, :, None, None], layer.weight) * scale[..., None, None]
    noise = layer._noise(path.noise)
    before = plain + (layer.bias * gain)[:, None, None] + (0 if noise is None else noise * gain)
    limit = None if layer.clamp is None else layer.clamp * gain / layer.gain
    active = F.leaky_relu(before, layer.slope)
    slopes = (before > 0).to(before) * (1 - layer.slope) + layer.slope
    if limit is not None:
        slopes = slopes * (active.abs() < limit)
        active = active.clamp(-limit, limit)
    inputs, outputs = style[0, :, None], scale[0, None, :]
    shape = (inputs, outputs) if layer.up else (outputs.T, inputs.T)
    demodulated = layer.weight * shape[1 if layer.up else 0][..., None, None]
    modulated = demodulated * shape[0 if layer.up else 1][..., None, None]
    if not path.reaches(index):

        def passed(changed: Tensor | None, steps: Tensor) -> Tensor | None:
            return None if changed is None else layer._convolve(changed, modulated).mul_(slopes)

        return active, passed
    relative = plain / gain**2 * scale[..., None, None].square()  # dc conv(s x) over -E (s ds)

    def restyled(changed: Tensor | None, steps: Tensor) -> Tensor:
        turned = _linear(layer.affine, steps)  # ds, (n, inputs)
        enters = x * turned[:, :, None, None]
        if changed is not None:
            enters.addcmul_(changed, style[:, :, None, None])
        made: Tensor = layer._convolve(enters, demodulated)
        weaker = F.linear(turned * style, layer.energy)[:, :, None, None]
        return made.addcmul_(weaker, relative, value=-1).mul_(slopes)

    return active, restyled


def _colours(layer: Any, x: Tensor, index: int, path: _Path) -> Layer:
    """How a change goes through a colour layer."""
    style = layer.affine(path.codes[:, index]) * layer.gain
    weight = layer.weight * style[0, :, None, None]
    inside: Tensor | None = None
    if layer.clamp is not None:
        inside = F.conv2d(x, weight, layer.bias).abs() < layer.clamp

    def colours(changed: Tensor | None, steps: Tensor) -> Tensor | None:
        found = None if changed is None else F.conv2d(changed, weight)
        if path.reaches(index):
            turned = _linear(layer.affine, steps) * layer.gain
            # One product of (n outputs, inputs) with the pixels, no picture for each tangent.
            weights = layer.weight[None, :, :, 0, 0] * turned[:, None, :]
            restyled = (weights.flatten(0, 1) @ x[0].flatten(1)).unflatten(0, weights.shape[:2])
            found = _sum(found, restyled.unflatten(-1, x.shape[-2:]))
        return found if inside is None or found is None else found * inside

    return colours


def _linear(affine: Any, steps: Tensor) -> Tensor:
    return F.linear(steps * affine.gain, affine.weight)


def _sum(one: Tensor | None, other: Tensor | None) -> Tensor | None:
    if one is None or other is None:
        return other if one is None else one
    return one + other
