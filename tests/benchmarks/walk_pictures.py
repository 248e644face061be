"""Makes walks on a model and keeps what is known of every picture, for `broken_pictures`.

    python -m tests.benchmarks.walk_pictures --model portraits --walks 200 --folder F

Each walk has a start of its own, one direction (SeFa, GANSpace, DP-LaSE, random; in turn), one
sign, and goes straight, on the shell and along the great circle: to the same amounts (deviations
of the model's codes along the direction) and to the same changes of the picture. Every fourth
walk of a model with layers changes only the first or the second half of them. Beside them stand
the model's own samples, others to be held out, and pictures to train judges on: straight and on
the shell along random directions, with nothing to do with the methods'. It is written in parts,
so a run may end at any time and a later one goes on.
"""

import argparse
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from latentstudio.core.progress import run
from latentstudio.core.walk import WALKS, Walk
from latentstudio.density.picture_judge import pooled
from latentstudio.density.walks import walk_codes
from latentstudio.discovery.sampling import code_moments
from latentstudio.document.direction import Direction
from latentstudio.engine.generator import Generator, HasTaps
from latentstudio.engine.priors import draw_z
from latentstudio.evaluate.contestants import Contestant, Terms, find_all
from latentstudio.evaluate.predictor import Predictor, as_colour
from latentstudio.inversion.features import features
from latentstudio.render.moves import Move
from latentstudio.render.pipeline import Latents, Pipeline
from latentstudio.session.models import PLUGINS, open_model
from latentstudio.session.predictors import choose_predictor
from latentstudio.store.densities import reference

METHODS = ("sefa", "ganspace", "dp-lase", "random")
EACH = 8
"""Directions of each method."""
AMOUNTS = (1.5, 3.0, 6.0, 9.0)
"""Deviations of the model's codes along the direction."""
CHANGES = (0.4, 0.7)
"""Parts of the mean difference of two samples (root mean square over pixels)."""
PART, BATCH = 25, 20
FIRST = 1_000_000
"""Seed of the first walk's start."""
FOLLOWED = 3
"""Inner layers, from the first on, whose features are kept."""
Arrays = dict[str, NDArray[np.float32]]


@dataclass(frozen=True)
class Model:
    """An open model and what is measured on its pictures."""

    pipeline: Pipeline
    predictor: Predictor | None
    spread: Tensor

    @property
    def generator(self) -> Generator:
        return self.pipeline.generator

    def placed(self, codes: Tensor) -> dict[str, Tensor]:
        """Codes (N, dim) as they are, and where the density is round."""
        density = self.pipeline.density
        assert density is not None
        return {"code": codes, "round": density.to_round(codes)}

    @torch.no_grad()
    def seen(self, latents: Latents) -> tuple[Tensor, Arrays]:
        """Pictures (N, C, H, W) and what is known of them, all made in one pass each."""
        tapped: dict[str, Tensor] = {}
        generator = self.generator
        if isinstance(generator, HasTaps):
            edit = {tap: _keep(tapped, tap) for tap in generator.info.taps[:FOLLOWED]}
            images = generator.synthesize_with(latents.codes, edit, latents.classes)
        else:
            images = generator.synthesize(latents.codes, latents.classes)
        images = images.clamp(-1, 1)
        looks = features(images.device).pooled(images)
        found = {"looks": looks, **self.placed(latents.codes[:, 0])}
        found |= {f"tap {tap}": x for tap, x in tapped.items()}
        found["tap picture"] = torch.nn.functional.adaptive_avg_pool2d(images, 8).flatten(1)
        if self.predictor is not None:
            pictures = as_colour(images)
            found["values"] = self.predictor.read(pictures)
            if self.predictor.embed is not None:
                found["embedded"] = self.predictor.embed(pictures)
        return images, {name: x.float().numpy() for name, x in found.items()}


def _keep(tapped: dict[str, Tensor], tap: str) -> Callable[[Tensor], Tensor]:
    def keep(x: Tensor) -> Tensor:
        tapped[tap] = torch.from_numpy(pooled(x))
        return x

    return keep


def opened(ref: str) -> Model:
    """A model by name or file, its density measured."""
    run(PLUGINS.load_allowed())
    generator = run(open_model(ref, "cpu", lambda *_: None))
    density = run(reference(generator))
    spread = run(code_moments(generator, 0, 10_000)).covariance()
    own = ref == "portraits"
    predictor = run(choose_predictor("portraits", None)) if own else None  # type: ignore[arg-type]
    return Model(Pipeline(generator, density), predictor, spread)


def directions(model: Model, keep: Path) -> list[Direction]:
    """Of every method, with the deviation of the model's codes along them as their unit."""
    terms = Terms(count=EACH, steps=300)
    given = {"ganspace": ("samples=10000",)}
    contestants = [Contestant(name, given.get(name, ())) for name in METHODS]
    keep.mkdir(parents=True, exist_ok=True)
    sets, missing = run(find_all(model.generator, contestants, terms, keep, model.predictor))  # type: ignore[arg-type]
    assert not missing, missing
    found = []
    for index in range(EACH):
        for _, some in sets:
            vector = torch.from_numpy(some[index].vector.copy()).double()
            unit = float((vector @ model.spread @ vector).sqrt())
            found.append(replace(some[index], unit=unit, layers=None))
    return found


@torch.no_grad()
def samples(model: Model, seed: int, count: int) -> Iterator[Arrays]:
    """The model's own pictures, some at a time."""
    rng = np.random.default_rng(seed)
    for _ in range(0, count, BATCH):
        code = model.generator.map(draw_z(model.generator, BATCH, rng))
        yield model.seen(Latents(None, model.generator.broadcast(code)))[1]


@torch.no_grad()
def denser(model: Model, seed: int, count: int) -> Iterator[Arrays]:
    """Samples pulled toward the middle where the density is round, to 0.4 to 0.8 of the way."""
    rng, generator, density = np.random.default_rng(seed), model.generator, model.pipeline.density
    assert density is not None
    for _ in range(0, count, BATCH):
        v = density.to_round(generator.map(draw_z(generator, BATCH, rng)))
        pulled = density.from_round(v * torch.from_numpy(rng.uniform(0.4, 0.8, (BATCH, 1))))
        yield model.seen(Latents(None, generator.broadcast(pulled.float())))[1]


@torch.no_grad()
def training(model: Model, seed: int, count: int) -> Iterator[Arrays]:
    """Pictures of random walks, from short to far, on the shell and off it."""
    rng, generator = np.random.default_rng(seed), model.generator
    values, basis = torch.linalg.eigh(model.spread)
    deviations = values.clamp_min(0).sqrt()
    for part in range(0, count, BATCH):
        code = generator.map(draw_z(generator, BATCH, rng))
        white = torch.from_numpy(rng.standard_normal((BATCH, len(values))))
        power = torch.from_numpy(rng.integers(0, 4, (BATCH, 1))).double()  # even, or few axes
        step = (white * deviations**power) @ basis.T
        step = step / step.norm(dim=1, keepdim=True)
        unit = ((step @ model.spread) * step).sum(1, keepdim=True).sqrt()
        step = step * unit * torch.from_numpy(rng.uniform(0, 10, (BATCH, 1)))
        walk: Walk = "preserve" if part // BATCH % 2 else "straight"
        start = generator.broadcast(code)
        moved = walk_codes(start, generator.broadcast(step.float()), walk, model.pipeline.density)
        yield model.seen(Latents(None, moved))[1]


@dataclass(frozen=True)
class Course:
    """What one walk changes: a direction to one side, in all layers or some."""

    index: int
    direction: Direction
    sign: int
    layers: tuple[int, int] | None

    def to(self, model: Model, start: Latents, walk: Walk, amounts: Sequence[float]) -> Latents:
        """The codes at some amounts; `start` is one picture's."""
        move = Move(self.direction, [self.sign * amount for amount in amounts], self.layers)
        return model.pipeline.apply(start.take([0] * len(amounts)), [move], walk)


def course(model: Model, ways: Sequence[Direction], index: int) -> Course:
    """The walk of a number: the same whenever it is asked for."""
    rng = np.random.default_rng((19, index))
    sign = 1 if rng.random() < 0.5 else -1
    layers, count = None, model.generator.info.code_layers
    if count > 1 and index // len(ways) % 4 == 3:
        half = count // 2
        layers = (0, half - 1) if rng.random() < 0.5 else (half, count - 1)
    return Course(index, ways[index % len(ways)], sign, layers)


@torch.no_grad()
def walked(
    model: Model, ways: Sequence[Direction], indices: Sequence[int], scale: float
) -> list[Arrays]:
    """Walks of each kind: rows of each are the start, then amounts and changes of each kind."""
    courses = [course(model, ways, index) for index in indices]
    starts = [model.pipeline.from_seeds([FIRST + index]) for index in indices]
    images, own = model.seen(_together(starts))
    known = [[_Known(-1, 0.0, 0.0, 0.0)] for _ in courses]
    parts = [[{name: x[i : i + 1] for name, x in own.items()}] for i in range(len(courses))]
    for kind, walk in enumerate(WALKS):
        curves = [[0.0] for _ in courses]
        for aims in (AMOUNTS, CHANGES):
            asked = [_amounts(curve, aims) for curve in curves]
            codes = [
                one.to(model, start, walk, amounts)
                for one, start, amounts in zip(courses, starts, asked, strict=True)
            ]
            pictures, found = _seen_in_parts(model, codes)
            for i, one in enumerate(courses):
                rows = slice(i * len(aims), (i + 1) * len(aims))
                apart = pictures[rows] - images[i]
                change = (apart.square().mean((1, 2, 3)).sqrt() / scale).tolist()
                curves[i] += change
                part = {name: x[rows] for name, x in found.items()}
                places = model.placed(codes[i].codes[:, one.layers[0] if one.layers else 0])
                parts[i].append(part | {name: x.float().numpy() for name, x in places.items()})
                known[i] += map(_Known, [kind] * len(aims), asked[i], change, aims)
    return [
        _joined(part, rows, one, len(ways))
        for part, rows, one in zip(parts, known, courses, strict=True)
    ]


@dataclass(frozen=True)
class _Known:
    """One picture of a walk: which kind, how far, how much it changed, what was aimed at."""

    kind: int
    amount: float
    change: float
    aim: float


def _joined(
    parts: Sequence[Arrays], known: Sequence[_Known], one: Course, directions: int
) -> Arrays:
    joined = {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}
    by_change = [False] + ([False] * len(AMOUNTS) + [True] * len(CHANGES)) * len(WALKS)
    facts = {
        "kind": [row.kind for row in known],
        "amount": [row.amount for row in known],
        "change": [row.change for row in known],
        "aim": [row.aim for row in known],
        "by change": by_change,
        "walk": [one.index] * len(known),
        "direction": [one.index % directions] * len(known),
        "layers": [one.layers is not None] * len(known),
    }
    return joined | {name: np.array(x, np.float32) for name, x in facts.items()}


def _amounts(curve: Sequence[float], aims: Sequence[float]) -> list[float]:
    """The amounts themselves, or where a curve over `AMOUNTS` first reaches changes."""
    if aims is AMOUNTS:
        return list(aims)
    rising = np.maximum.accumulate(curve)
    found: list[float] = np.interp(aims, rising, (0.0, *AMOUNTS)).tolist()
    return found


def _together(some: Sequence[Latents]) -> Latents:
    return Latents(None, torch.cat([one.codes for one in some]))


def _seen_in_parts(model: Model, some: Sequence[Latents]) -> tuple[Tensor, Arrays]:
    codes = _together(some).codes
    seen = [model.seen(Latents(None, part)) for part in codes.split(BATCH)]
    joined = {name: np.concatenate([found[name] for _, found in seen]) for name in seen[0][1]}
    return torch.cat([images for images, _ in seen]), joined


def difference(model: Model) -> float:
    """Mean difference of two samples (root mean square over pixels)."""
    images = model.seen(model.pipeline.from_seeds(range(200, 264)))[0]
    return float((images - images.roll(1, 0)).square().mean((1, 2, 3)).sqrt().mean())


def write(path: Path, parts: Sequence[Arrays]) -> None:
    """Join parts row by row and keep them; whole or not at all."""
    joined = {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}
    kept = {
        n: x.astype(np.float16) if x.ndim == 2 and n not in ("code", "round") else x
        for n, x in joined.items()
    }
    fresh = path.with_suffix(".part")
    with fresh.open("wb") as file:
        np.savez(file, **kept)
    fresh.rename(path)


def make(ref: str, walks: int, count: int, folder: Path) -> None:
    """All that lacks in the folder."""
    model = opened(ref)
    pools = {"samples": (samples, 1, count), "fresh": (samples, 2, 1000)}
    pools |= {"training": (training, 3, 2000), "denser": (denser, 4, 200)}
    folder.mkdir(parents=True, exist_ok=True)
    for name, (job, seed, wanted) in pools.items():
        for part in range(0, wanted, 1000):
            path = folder / f"{name}-{part:05d}.npz"
            if not path.exists():
                write(path, list(job(model, 1000 * seed + part // 1000, min(1000, wanted))))
    ways = directions(model, folder / "directions")
    scale = difference(model)
    for first in range(0, walks, PART):
        path = folder / f"walks-{first:05d}.npz"
        if not path.exists():
            write(path, walked(model, ways, range(first, first + PART), scale))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", default="portraits")
    parser.add_argument("--walks", type=int, default=200)
    parser.add_argument("--samples", type=int, default=4000)
    parser.add_argument("--folder", type=Path, required=True)
    args = parser.parse_args()
    torch.set_num_threads(1)
    make(args.model, args.walks, args.samples, args.folder)


if __name__ == "__main__":
    main()
