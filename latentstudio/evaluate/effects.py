"""How strong and how local directions are: measured on pictures, and kept for the model."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

import msgspec
import torch
import torch.nn.functional as nnf
from torch import Tensor

from latentstudio.core import files
from latentstudio.core.errors import LatentStudioError
from latentstudio.core.progress import Job, Step
from latentstudio.document.digest import digest_of
from latentstudio.document.direction import Direction
from latentstudio.engine.generator import Generator
from latentstudio.engine.preview_heads import preview
from latentstudio.evaluate.messages import Measure, Measures
from latentstudio.render.coarse import CoarsePreviews, TimedHead
from latentstudio.render.pipeline import Latents, Move, Pipeline
from latentstudio.store import cache

SEEDS = (0, 1, 2)
"""Pictures that directions are measured on."""
ENOUGH = 128
"""Pixels that tell strength and locality where whole pictures take long."""
_VERSION = 1
_LARGEST = 20_000_000
_MOST = 20_000
"""Directions remembered of one model; those measured first are forgotten first."""
_TELL_EVERY = 25
_WORDS = "Measuring directions"

Known = dict[str, Measure]


class _Kept(msgspec.Struct, frozen=True):
    version: int
    measures: Known


@torch.no_grad()
def measure(
    generator: Generator, directions: Sequence[Direction], coarse: CoarsePreviews | None = None
) -> Job[Measures]:
    """Strength and locality of directions; what is known of the model is not made again.

    Args:
        generator: The model.
        directions: Some of its.
        coarse: Preview heads of a model whose pictures take long: theirs will do.

    Yields:
        A step for each direction; every few of them carry all measures so far, by id.
    """
    path = cache.folder(generator.info.fingerprint) / "measures.json"
    known = _load(path)
    keys = {one.id: digest_of(one) for one in directions}
    missing = [one for one in directions if keys[one.id] not in known]
    pipeline = Pipeline(generator)
    images = images_of(pipeline, coarse.of_size(ENOUGH) if coarse else None)
    starts = list(starts_of(pipeline, images, SEEDS)) if missing else []
    made = 0
    try:
        for one in missing:
            done = made / len(missing)
            news = None if made % _TELL_EVERY else _by_id(keys, known)
            yield Step(done, _WORDS, news)
            try:
                known[keys[one.id]] = yield from _measured(pipeline, images, starts, one, done)
            except LatentStudioError:
                continue  # one that doesn't fit is shown unmeasured; using it tells why
            made += 1
    finally:
        if made:
            _save(path, known)
    return _by_id(keys, known)


def change(before: Tensor, after: Tensor) -> Measure:
    """How much pictures change, and how local that is, on average: (N, C, H, W) each.

    Strength: mean absolute change of a pixel over the range from black to white. Locality: 1 less
    the share of the picture that an evenly spread change of the same kind would cover,
    (sum c)^2 / (P sum c^2) for the change c of each of P pixels (the participation ratio):
    0 where every pixel changes alike, nearly 1 where a single one does.
    """
    range_ = 2.0
    moved = (after.clamp(-1, 1) - before.clamp(-1, 1)).abs().mean(1).flatten(1).double()  # (N, P)
    squares = moved.square().sum(1) * moved.shape[1]
    spread = torch.where(squares > 0, moved.sum(1).square() / squares.clamp_min(1e-30), 1.0)
    return Measure(float(moved.mean()) / range_, float((1 - spread).mean()))


def images_of(pipeline: Pipeline, one: TimedHead | None) -> Callable[[Latents], Tensor]:
    """Gives pictures (N, C, H, W) of latents: whole ones, or as a head sees them.

    Where channels are off a head sees nothing, and the whole picture is brought to its size.
    """
    generator = pipeline.generator

    @torch.inference_mode()
    def images(latents: Latents) -> Tensor:
        if one is None:
            return pipeline.images(latents)
        if latents.base is not None:  # a head shows nothing of channels behind its layer
            return nnf.adaptive_avg_pool2d(pipeline.images(latents), one.side)
        return preview(generator, one.head, latents.codes, latents.classes)

    return images


def starts_of(
    pipeline: Pipeline, images: Callable[[Latents], Tensor], seeds: Sequence[int]
) -> Iterator[tuple[Latents, Tensor]]:
    """Latents of seeds, each twice, to be moved to both sides, and their pictures (1, C, H, W)."""
    for seed in seeds:
        start = pipeline.from_seeds([seed])
        yield start.take([0, 0]), images(start)


def _measured(
    pipeline: Pipeline,
    images: Callable[[Latents], Tensor],
    starts: Sequence[tuple[Latents, Tensor]],
    direction: Direction,
    fraction: float,
) -> Job[Measure]:
    """One unit to either side of each start."""
    before, after = [], []
    for start, picture in starts:
        moved = pipeline.apply(start, [Move(direction, [-1.0, 1.0])])
        before.append(picture.expand(2, -1, -1, -1))
        after.append(images(moved))
        yield Step(fraction, _WORDS)
    return change(torch.cat(before), torch.cat(after))


def _by_id(keys: Mapping[str, str], known: Known) -> Measures:
    return Measures({id: known[key] for id, key in keys.items() if key in known})


def _load(path: Path) -> Known:
    try:
        if path.stat().st_size > _LARGEST:
            return {}
        kept = msgspec.json.decode(files.read_file(path), type=_Kept)
    except (OSError, msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return {}
    return dict(kept.measures) if kept.version == _VERSION else {}


def _save(path: Path, known: Known) -> None:
    kept = dict(list(known.items())[-_MOST:])
    try:
        files.write_bytes(path, msgspec.json.encode(_Kept(_VERSION, kept)))
    except LatentStudioError:
        return  # measured again next time; nothing the artist must act on
