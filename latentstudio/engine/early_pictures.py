"""Small pictures of a large model, read in the middle of it: for judges and for statistics.

A network that judges pictures, or statistics over thousands of them, need few pixels, and most of
a large model's work lies behind the layer where those are decided. So pictures are brought down
inside the network, through a preview head (`preview_heads`), and not after it. The head is fitted
on fixed pictures of the model's own at a layer chosen by its size alone, so that the same model
gives the same small pictures whatever the machine's pace. Derivatives pass through them.
"""

from dataclasses import dataclass

import torch
from torch import Tensor

from latentstudio.core.marked import marked
from latentstudio.core.progress import Job, Step, changed
from latentstudio.core.spaces import Ability, GeneratorInfo
from latentstudio.engine.generator import Edits, Generator, HasHalfway, HasTaps, Noise
from latentstudio.engine.head_fitting import fit_heads
from latentstudio.engine.layer_times import Layer, measure_layers
from latentstudio.engine.preview_heads import PreviewHead, read, read_halfway
from latentstudio.engine.pushforward import SIDE, reduced

WORDS = marked("Preparing small pictures")
LARGE = 128
"""Pixels of the largest pictures that are looked at whole, unless somebody asks for early ones."""
PICTURES = 16
"""On which a head is fitted."""
_FACTOR = 2
"""Pixels of a small picture for each place of the features, in a row."""

Layers = tuple[int, int] | None
"""First and last layer of the code that walks change; None for all."""


@dataclass(frozen=True, slots=True, eq=False)
class EarlyPictures:
    """Makes pictures of a working size.

    Attributes:
        generator: The model.
        side: Pixels a side; models of smaller pictures keep theirs.
        head: Reads them early; None brings the finished picture down.
    """

    generator: Generator
    side: int
    head: PreviewHead | None = None

    def __call__(
        self,
        codes: Tensor,
        classes: Tensor | None = None,
        noise: Noise = "const",
        edit: Edits | None = None,
    ) -> Tensor:
        """Small pictures of codes, (N, layers, dim) -> (N, C, s, s).

        Args:
            codes: (N, layers, dim).
            classes: Class of each, (N,).
            noise: Noise inputs.
            edit: Of the features at some layers, none of them behind the head's.
        """
        head, network = self.head, self.generator
        if head is None:
            return reduced(self._whole(codes, classes, noise, edit), self.side)
        if not edit:
            return reduced(head.apply(*read(network, head.tap, codes, classes, noise)), self.side)
        assert isinstance(network, HasHalfway)  # `early_pictures` gives no head otherwise
        stop = network.halfway(codes, head.tap, edit, classes, noise)
        seen = read_halfway(network, stop, codes, edit, classes, noise)
        return reduced(head.apply(*seen), self.side)

    def _whole(
        self, codes: Tensor, classes: Tensor | None, noise: Noise, edit: Edits | None
    ) -> Tensor:
        if not edit:
            return self.generator.synthesize(codes, classes, noise)
        assert isinstance(self.generator, HasTaps)  # else nobody has features to edit
        return self.generator.synthesize_with(codes, edit, classes, noise)


def is_large(info: GeneratorInfo) -> bool:
    """Whether a model's pictures are better looked at small."""
    return info.resolution > LARGE


@torch.no_grad()
def early_pictures(
    generator: Generator, side: int = SIDE, layers: Layers = None, behind: str | None = None
) -> Job[EarlyPictures]:
    """Fit the head that small pictures are read with.

    Args:
        generator: The model in full precision.
        side: Pixels of the small pictures.
        layers: What walks change: a range is seen to its last layer, all of them as far as the
            small picture needs.
        behind: A tap whose features are edited; the head reads a later one.
    """
    layer = layer_for(generator, side, layers, behind)
    if layer is None:
        return EarlyPictures(generator, side)
    yield Step(0.0, WORDS)
    job = fit_heads(generator, [layer], _FACTOR, pictures=PICTURES)
    (head,) = yield from changed(job, lambda step: Step(step.fraction, WORDS))
    return EarlyPictures(generator, side, head)


def with_head(
    generator: Generator,
    layers: Layers,
    weight: Tensor | None,
    bias: Tensor | None,
    side: int = SIDE,
) -> EarlyPictures:
    """The same from what an earlier run has kept of a head.

    Args:
        generator: The model.
        layers: What walks change.
        weight: Of the `PreviewHead`, (4 C, channels, k, k); None where there was no head.
        bias: Likewise, (4 C,).
        side: Pixels of the small pictures.
    """
    layer = layer_for(generator, side, layers)
    if layer is None or weight is None or bias is None:
        return EarlyPictures(generator, side)
    # Copied: they become a part of what goes on.
    weight, bias = (one.detach().clone().to(generator.device) for one in (weight, bias))
    grown = weight.ndim == 4 and weight.shape[1] > layer.channels
    head = PreviewHead(layer.tap, weight, bias, _FACTOR, layer.margin, grown, PICTURES)
    return EarlyPictures(generator, side, head)


def layer_for(
    generator: Generator, side: int, layers: Layers = None, behind: str | None = None
) -> Layer | None:
    """The layer to read small pictures at, whatever the machine's pace.

    Of the coarsest that have half of the wanted pixels and see all they should, the last one: the
    colours of an image that grows are known there. See `early_pictures`.

    Returns:
        None where no layer saves anything: its features are nearly as large as the picture.
    """
    info = generator.info
    if not info.taps or Ability.TAPS not in info.abilities:
        return None
    classes = torch.zeros(1, dtype=torch.int64, device=generator.device)
    times = measure_layers(generator, classes if info.classes else None, rounds=1)
    able = [
        one
        for one in times.layers
        if side <= _FACTOR * one.side <= info.resolution
        and _sees(generator, one.tap, layers, behind)
    ]
    least = min((one.side for one in able), default=0)
    return next((one for one in reversed(able) if one.side == least), None)


def _sees(generator: Generator, tap: str, layers: Layers, behind: str | None) -> bool:
    """Whether a head at a tap is behind all that is changed."""
    taps = generator.info.taps
    if behind is not None:
        later = taps.index(tap) > taps.index(behind)
        return later and isinstance(generator, HasHalfway)
    if layers is None or generator.info.code_layers == 1:
        return True
    return isinstance(generator, HasHalfway) and generator.layers_before(tap) > layers[1]
