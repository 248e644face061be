"""Walking every direction from every latent of a pool, into a folder of strips."""

import contextlib
import shutil
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
from msgspec import structs
from torch import Tensor

from latentstudio.core.errors import FileError, LatentStudioError, OptionError
from latentstudio.core.files import atomic_folder
from latentstudio.core.progress import Job, Step, part
from latentstudio.core.walk import Walk
from latentstudio.density.reference import Density
from latentstudio.document.digest import digest_of
from latentstudio.document.direction import Direction, ModelKey
from latentstudio.engine.early_pictures import EarlyPictures
from latentstudio.engine.generator import Generator
from latentstudio.engine.images import to_pixels
from latentstudio.evaluate import traversals
from latentstudio.evaluate.pool import Pool
from latentstudio.evaluate.pools import noise_of, starts
from latentstudio.evaluate.records import read_record, write_record
from latentstudio.evaluate.traversals import Traversals, Walked
from latentstudio.export.animation import save_animation
from latentstudio.export.images import save_pixels
from latentstudio.export.sheet import GAP, strip
from latentstudio.render.pipeline import Latents, Move, Pipeline
from latentstudio.store.densities import reference


@dataclass(frozen=True)
class Traverser:
    """Makes the pictures of walks from a pool's latents, one walk at a time.

    Attributes:
        generator: The model.
        pool: Where to start.
        walk: How to go.
        densities: Of each class, or of None; empty for straight walks.
        small: Makes small pictures instead, where they will do.
    """

    generator: Generator
    pool: Pool
    walk: Walk
    densities: Mapping[int | None, Density]
    small: EarlyPictures | None = None

    @torch.no_grad()
    def codes(self, direction: Direction, start: int, amounts: Sequence[float]) -> Tensor:
        """Style codes (K, layers, dim) at K amounts from one latent of the pool."""
        return self._moved(self._pipeline(start), direction, start, amounts).codes

    @torch.no_grad()
    def images(self, direction: Direction, start: int, amounts: Sequence[float]) -> Tensor:
        """Pictures (K, C, H, W) at K amounts from one latent of the pool."""
        pipeline = self._pipeline(start)
        moved = self._moved(pipeline, direction, start, amounts)
        noise = noise_of(self.pool.record)
        if self.small is not None and moved.base is None:
            return self.small(moved.codes, moved.classes, noise)
        return pipeline.images(moved, noise)

    def _pipeline(self, start: int) -> Pipeline:
        classes = self.pool.record.classes
        return Pipeline(self.generator, self.densities.get(classes[start] if classes else None))

    def _moved(
        self, pipeline: Pipeline, direction: Direction, start: int, amounts: Sequence[float]
    ) -> Latents:
        many = starts(pipeline, self.pool, [start] * len(amounts))
        return pipeline.apply(many, [Move(direction, list(amounts))], self.walk)


def traverser(generator: Generator, pool: Pool, walk: Walk) -> Job[Traverser]:
    """A traverser, with the densities that its walk needs."""
    labels: list[int | None] = [*sorted(set(pool.record.classes))] or [None]
    densities: dict[int | None, Density] = {}
    for index, label in enumerate(labels if walk != "straight" else ()):
        share = index / len(labels), (index + 1) / len(labels)
        densities[label] = yield from part(reference(generator, label), *share)
    return Traverser(generator, pool, walk, densities)


def plan(
    generator: Generator,
    pool: Pool,
    directions: Sequence[Direction],
    *,
    walk: Walk = "straight",
    steps: int = 9,
    reach: float | None = None,
    animation: str = "",
) -> Traversals:
    """What a folder of traversals will hold.

    Args:
        generator: The model.
        pool: Where to start.
        directions: What to walk.
        walk: How to go.
        steps: Pictures in a walk, odd.
        reach: Amount at both ends; None takes each direction's own range.
        animation: ``.webp``, ``.gif`` or empty.

    Raises:
        OptionError: An even number of steps or too many, no directions, or no reach.
    """
    traversals.check_steps(steps, generator.info.size)
    if not directions:
        raise OptionError("The preset holds no directions. Choose another one.")
    if reach is not None and reach <= 0:
        raise OptionError(f"{reach:g} isn't a reach: it goes to both sides, so it is above 0.")
    walked = [
        Walked(
            id=one.id,
            name=one.name,
            method=one.method,
            folder=traversals.folder_name(index, one),
            reach=reach or max(abs(one.low), abs(one.high)),
            digest=digest_of(one),
        )
        for index, one in enumerate(directions)
    ]
    info = generator.info
    return Traversals(
        format=traversals.FORMAT,
        model=ModelKey.of(info),
        name=info.name,
        pool=pool.record.digest,
        starts=pool.record.names,
        walk=walk,
        steps=steps,
        side=info.size[1],
        gap=GAP,
        animation=animation,
        directions=tuple(walked),
        height=0 if info.sides is None else info.size[0],
    )


def with_reaches(found: Traversals, reaches: Sequence[float]) -> Traversals:
    """The same with a reach of its own for each direction."""
    pairs = zip(found.directions, reaches, strict=True)
    directions = tuple(structs.replace(one, reach=reach) for one, reach in pairs)
    return structs.replace(found, directions=directions)


def traverse(
    generator: Generator,
    pool: Pool,
    directions: Sequence[Direction],
    wanted: Traversals,
    folder: Path,
) -> Job[int]:
    """Write traversals: strips and animations, a folder for each direction.

    A direction's folder appears when it is complete. In a folder where the same was begun
    before, only what is missing is made.

    Returns:
        How many directions were there already.

    Raises:
        FileError: The folder holds something else, or can't be written to.
        OptionError: It holds traversals made in another way.
        ResourceError: The disk is full.
    """
    check_place(folder, wanted)
    guide = yield from part(traverser(generator, pool, wanted_walk(wanted)), 0.0, 0.05)
    with _begun(folder, wanted):
        return (yield from _write_missing(guide, directions, wanted, folder))


@contextlib.contextmanager
def _begun(folder: Path, wanted: Traversals) -> Iterator[None]:
    """The folder's record while it is filled; without a single direction it goes again."""
    made = not folder.exists()
    write_record(folder / traversals.RECORD, wanted)
    for left in folder.glob(".[0-9][0-9][0-9]-*"):  # of a run that was killed
        shutil.rmtree(left, ignore_errors=True)
    try:
        yield
    finally:
        if not any((folder / one.folder).is_dir() for one in wanted.directions):
            (folder / traversals.RECORD).unlink(missing_ok=True)
            if made:
                with contextlib.suppress(OSError):
                    folder.rmdir()


def _write_missing(
    guide: Traverser, directions: Sequence[Direction], wanted: Traversals, folder: Path
) -> Job[int]:
    known = 0
    for index, direction in enumerate(directions):
        share = tuple(0.05 + 0.95 * (index + i) / len(directions) for i in (0, 1))
        place = folder / wanted.directions[index].folder
        if place.is_dir():
            known += 1
            yield Step(share[1], f"{direction.name}: there already")
            continue
        yield from part(_write_walks(guide, direction, wanted, index, place), share[0], share[1])
    return known


def check_place(folder: Path, wanted: Traversals) -> None:
    """Make sure that a folder is empty, or holds the same traversals in part.

    Raises:
        FileError: It holds something else.
        OptionError: It holds traversals made in another way.
    """
    if not folder.is_dir() or not any(folder.iterdir()):
        return
    if not (folder / traversals.RECORD).is_file():
        raise FileError(f"{folder} holds other files, so it stays. Choose another folder.")
    try:
        there = read_record(
            folder / traversals.RECORD, Traversals, "folder of traversals", traversals.TRAVERSALS
        )
    except LatentStudioError as error:
        raise FileError(f"{error.sentence()} Or choose another folder.") from error
    if there != wanted:
        raise OptionError(
            f"{folder} holds traversals made in another way (model, preset, pool, walk, steps, "
            "reach or animation). Choose another folder."
        )


def wanted_walk(wanted: Traversals) -> Walk:
    """The walk of a record, as one of the known three."""
    walks: tuple[Walk, ...] = ("straight", "preserve", "geodesic")
    return next((walk for walk in walks if walk == wanted.walk), "straight")


def _write_walks(
    guide: Traverser, direction: Direction, wanted: Traversals, index: int, place: Path
) -> Job[None]:
    amounts = wanted.amounts(index)
    with atomic_folder(place) as fresh:
        for start in range(len(wanted.starts)):
            frames = list(to_pixels(guide.images(direction, start, amounts)))
            file = fresh / Path(wanted.strip(index, start)).name
            save_pixels(strip(frames), file)
            if wanted.animation:
                save_animation(frames, file.with_suffix(wanted.animation))
            yield Step((start + 1) / len(wanted.starts), f"Walking {direction.name}")
