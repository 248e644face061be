"""Directions of what changes by itself in a model's own pictures.

Glasses are there or not, whatever the hair does: of all that varies among pictures, such things
are the parts that are least like a normal distribution, and independent component analysis finds
them without labels. Each component is a score of every picture; the direction is the way the code
moves on average when the score does,

  a = cov(code, score),

the pattern of a linear score, not its weights, which would also hold whatever cancels noise
(Haufe et al., NeuroImage 2014). Pictures are brought down to a few thousand numbers, centred within
their class and divided by each number's deviation, so that small parts such as brows count too.
No gradient is needed, so black boxes can be searched.
"""

import itertools
import math
import time
from collections.abc import Callable
from dataclasses import dataclass

import torch
import torch.nn.functional as nnf
from torch import Tensor

from latentstudio.core.errors import OptionError
from latentstudio.core.layer_range import parse_layers
from latentstudio.core.options import check, option
from latentstudio.core.progress import Job, Step, part
from latentstudio.core.spaces import GeneratorInfo
from latentstudio.discovery import fitting, ica
from latentstudio.discovery.fitting import Fields, Setting
from latentstudio.discovery.result import check_count, linear_set
from latentstudio.discovery.sampling import draw
from latentstudio.document.direction import DirectionSet
from latentstudio.engine.early_pictures import EarlyPictures, early_pictures, is_large
from latentstudio.engine.generator import Generator

METHOD = ("picture-ica", "Picture ICA")
SIDE = 32
"""Pictures are averaged down to so many pixels a side."""
FLOOR = 0.05
"""Added to deviations (of a range of 2), so that pixels that never change are not blown up."""
AT_ONCE = 16
MOST_CLASSES = 16
"""Of a conditional model so many classes are looked at, so that each has enough pictures."""
_PART = 3 / 8
"""Side of a part of a picture, as a share of the picture's."""
_PER_DIRECTION = 8


@dataclass(frozen=True, slots=True)
class PictureIcaOptions:
    """What can be set."""

    count: int = option(64, "Directions", "How many to find.", low=2, high=512)
    samples: int = option(
        4096,
        "Pictures",
        "How many of the model’s own pictures are looked at. More finds rarer things.",
        low=64,
        high=1_000_000,
    )
    look: str = option(
        "pictures",
        "Look at",
        "‘pictures’ finds what changes by itself on the picture; ‘parts’ what does in each of nine "
        "parts of it; ‘codes’ what varies by itself in the code, without making a picture.",
        choices=("pictures", "parts", "codes"),
    )
    layers: str = option(
        "all", "Layers", "Layers the sliders will change: all, one, or a range such as 4-7."
    )


@dataclass(frozen=True, slots=True, eq=False)
class Samples:
    """A model's own pictures and codes, centred within their class.

    Attributes:
        codes: (N, dim), float64 on the CPU.
        pictures: (N, P), averaged down, float32 on the CPU.
        mean: Of the pictures before they were centred, (P,).
    """

    codes: Tensor
    pictures: Tensor
    mean: Tensor


def fit(fields: Fields, setting: Setting) -> Fields:
    """At most as many directions as dimensions."""
    return fitting.at_most_dim(fields, setting)


@torch.no_grad()
def discover(
    generator: Generator, options: PictureIcaOptions, seed: int = 0, state: object = None
) -> Job[DirectionSet]:
    """Find what changes by itself. `state` is not used.

    Raises:
        OptionError: An option out of its range, more directions than dimensions or an eighth of
            the samples, or layers that don't exist.
    """
    check_options(options, generator.info)
    seen = yield from part(sample(generator, options, seed), 0.0, 0.9)
    found = yield from part(from_samples(generator.info, options, seed, seen), 0.9, 1.0)
    return found


@torch.no_grad()
def from_samples(
    info: GeneratorInfo, options: PictureIcaOptions, seed: int, seen: Samples
) -> Job[DirectionSet]:
    """Find what changes by itself among samples that are there already."""
    scores = yield from _scores(info, options, seed, seen)
    vectors = nnf.normalize(patterns(seen.codes, scores), dim=1)
    covariance = seen.codes.T @ seen.codes / len(seen.codes)
    units = (vectors @ covariance * vectors).sum(1).clamp_min(0).sqrt()
    measured = [{"kurtosis": k} for k in ica.kurtosis(scores).tolist()]
    return linear_set(
        info,
        METHOD,
        options,
        seed,
        vectors,
        units=units.tolist(),
        layers=parse_layers(options.layers, info.code_layers),
        measured=measured,
    )


def _scores(
    info: GeneratorInfo, options: PictureIcaOptions, seed: int, seen: Samples
) -> Job[Tensor]:
    """Scores of the samples, (N, K): K independent components of what is looked at."""
    views = [seen.codes if options.look == "codes" else scaled(seen.pictures)]
    if options.look == "parts":
        views = parts(views[0], info.channels)
    each = -(-options.count // len(views))
    found = []
    for place, rows in enumerate(views):
        rng = torch.Generator().manual_seed(seed)
        share = place / len(views), (place + 1) / len(views)
        found.append(rows @ (yield from part(ica.unmix(rows, each, rng), *share)))
    scores = torch.cat(found, 1)
    best = ica.kurtosis(scores).argsort(descending=True, stable=True)
    return scores[:, best[: options.count]]


def parts(pictures: Tensor, channels: int) -> list[Tensor]:
    """Nine parts of pictures that overlap a little, each 3/8 of a side: (N, P) -> (N, p) each."""
    side = math.isqrt(pictures.shape[1] // channels)
    square = pictures.reshape(-1, channels, side, side)
    length = max(1, round(_PART * side))
    starts = [(side - length) * place // 2 for place in range(3)]
    return [
        square[:, :, top : top + length, left : left + length].flatten(1)
        for top, left in itertools.product(starts, starts)
    ]


def scaled(pictures: Tensor) -> Tensor:
    """Centred pictures (N, P) with each number divided by its deviation, so that all count."""
    return pictures / (pictures.std(0) + FLOOR)


def check_options(options: PictureIcaOptions, info: GeneratorInfo) -> None:
    """Refuse options that don't fit each other or the model."""
    check(options)
    parse_layers(options.layers, info.code_layers)
    check_count(options.count, info.code_dim)
    if options.samples < _PER_DIRECTION * options.count:
        raise OptionError(
            f"samples must be at least {_PER_DIRECTION * options.count}: {_PER_DIRECTION} for "
            "each direction."
        )


def patterns(codes: Tensor, scores: Tensor) -> Tensor:
    """cov(code, score) of each score: centred (N, dim) and (N, K) -> (K, dim)."""
    return scores.to(codes).T @ codes / len(codes)


def _never(done: int) -> bool:
    return False


@torch.no_grad()
def sample(
    generator: Generator,
    options: PictureIcaOptions,
    seed: int,
    look: EarlyPictures | None = None,
    enough: Callable[[int], bool] = _never,
) -> Job[Samples]:
    """Draw codes and, where they are looked at, make their pictures.

    Args:
        generator: The model.
        options: How many, and what is looked at.
        seed: Of the draws.
        look: Makes small pictures of a large model; None fits it where one is needed.
        enough: Told how many there are, says whether to go without the rest.
    """
    looked = options.look != "codes"
    if look is None and looked:
        layers = parse_layers(options.layers, generator.info.code_layers)
        look = yield from looking(generator, layers)
    codes, pictures, labels = [], [], []
    for index, first in enumerate(range(0, options.samples, AT_ONCE)):
        count = min(AT_ONCE, options.samples - first)
        z, classes = draw(generator, seed, index, count)
        if classes is not None:
            classes = classes % min(generator.info.classes, MOST_CLASSES)
            labels.append(classes.cpu())
        code = generator.map(z, classes)
        codes.append(code.double().cpu())
        pictures.append(small(generator, code, classes, look) if looked else _nothing(code))
        done = first + count
        yield Step(done / options.samples, f"Looked at {done:,} of {options.samples:,} pictures")
        if enough(done):
            break
    seen = torch.cat(pictures)
    label = torch.cat(labels) if labels else torch.zeros(len(seen), dtype=torch.int64)
    return Samples(_centred(torch.cat(codes), label), _centred(seen, label), seen.mean(0))


def looking(
    generator: Generator, layers: tuple[int, int] | None = None
) -> Job[EarlyPictures | None]:
    """What makes a large model's small pictures, read early; None where whole ones are made."""
    if not is_large(generator.info):
        return None
    return (yield from early_pictures(generator, SIDE, layers))


def small(
    generator: Generator,
    code: Tensor,
    classes: Tensor | None,
    look: EarlyPictures | None = None,
) -> Tensor:
    """Pictures of codes (N, dim), averaged down: (N, P)."""
    make = look or generator.synthesize
    return shrunk(make(generator.broadcast(code), classes))


def shrunk(images: Tensor) -> Tensor:
    """Pictures averaged down: (N, C, H, W) -> (N, P), on the CPU."""
    side = min(SIDE, images.shape[-1])
    rows: Tensor = nnf.adaptive_avg_pool2d(images.clamp(-1.0, 1.0).float(), side).flatten(1).cpu()
    return rows


@torch.no_grad()
def seconds_each(generator: Generator) -> float:
    """What one whole picture takes to be made and looked at, measured on four."""
    classes = torch.zeros(4, dtype=torch.int64, device=generator.device)
    chosen = classes if generator.info.classes else None
    code = generator.map(generator.sample_z(range(4)), chosen)
    small(generator, code, chosen)  # the first one takes longer
    began = time.monotonic()
    small(generator, code, chosen)
    return (time.monotonic() - began) / len(code)


def _nothing(code: Tensor) -> Tensor:
    return torch.zeros(len(code), 0)


def _centred(rows: Tensor, label: Tensor) -> Tensor:
    """Rows less the mean of their class: (N, D), (N,) -> (N, D)."""
    sums = torch.zeros(int(label.max()) + 1, rows.shape[1], dtype=rows.dtype)
    sums.index_add_(0, label, rows)
    counts = torch.bincount(label).clamp_min(1).to(rows)
    return rows - (sums / counts[:, None])[label]
