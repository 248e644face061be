"""Name directions of the portraits model by what the attribute predictor sees them change.

    python name_directions.py MODEL PREDICTOR OUT.lpreset [--picture strips.png] [--keep A=NAME …]

Runs the discovery methods, and finds what is local in the mouth and the eyes of many portraits;
walks every direction straight from the same random portraits, reads
every attribute at both ends, and keeps for each attribute the direction that changes it most for
what else it changes. A direction is kept only if it changes its attribute clearly. The picture
shows every kept one on 20 seeds; look at it, then name what ships with ``--keep``, for example
``--keep glasses=Glasses "angry=Skin tone"`` where the eye saw more than the predictor.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from PIL import Image
from torch import Tensor

from latentstudio.core.progress import run
from latentstudio.discovery import start
from latentstudio.document.direction import Direction, DirectionSet, Linear
from latentstudio.engine.generator import Generator
from latentstudio.engine.images import to_pixels
from latentstudio.exchange.presets import write_preset
from latentstudio.region.masks import box_mask
from latentstudio.region.resefa import ResefaOptions
from latentstudio.render.pipeline import Move, Pipeline
from latentstudio.session.local_discovery import find_and_measure
from latentstudio.session.models import open_model

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "plugins")]
from portraits_attributes import Reader, read_network  # noqa: E402

ENDS = (-2.0, 2.0)
LEAST_CHANGE = 0.12
"""Least change of an attribute, from one end of the walk to the other, in its own range 0..1."""
SHOWN = range(20)
METHODS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("sefa", ("count=40",)),
    ("sefa", ("count=20", "layers=0-3")),
    ("sefa", ("count=20", "layers=4-9")),
    ("ganspace", ("count=40",)),
    ("dp-lase", ("count=40", "steps=1000", "rate=0.003")),
)
RANGES = ((0, 3), (0, 4), (3, 9))
"""Layers in which the strongest directions of the whole image are tried too: shape, colour."""
STRONGEST = 12
REGIONS = ((22, 40, 20, 12), (12, 22, 40, 12))
"""Mouth and eyes: x, y, width, height in pixels."""
REGION_LAYERS = ("2-7", "4-7")
REGION_SEEDS = range(100, 132)
REACH = 4.0
NAMES = {
    "glasses": "Glasses",
    "dark glasses": "Sunglasses",
    "beard": "Beard",
    "moustache": "Moustache",
    "hat": "Hat",
    "long hair": "Long hair",
    "bald": "Bald",
    "smile": "Smile",
    "open mouth": "Open mouth",
    "closed eyes": "Closed eyes",
    "surprised": "Surprised eyes",
    "angry": "Angry brows",
    "light skin": "Light skin",
    "light hair": "Light hair",
    "light clothes": "Light clothes",
    "light background": "Light background",
}


@dataclass(frozen=True, slots=True)
class Effect:
    """What a direction does: the change of every attribute from -2 to +2, mean over portraits."""

    direction: Direction
    change: dict[str, float]

    def score(self, attribute: str) -> float:
        """Its change, weighed by its share of all changes."""
        mine = abs(self.change[attribute])
        others = sum(abs(v) for v in self.change.values())
        return mine * mine / max(others, 1e-9)


def measures(reader: Reader, images: Tensor) -> dict[str, Tensor]:
    """Images (N, 3, H, W) in -1..1 to one number for each picture and attribute."""
    values = reader.read(images.clamp(-1, 1))
    return dict(zip(reader.names, values.unbind(1), strict=True))


def effects(
    generator: Generator, found: Sequence[Direction], reader: Reader, seeds: int
) -> Iterator[Effect]:
    """Walk every direction from the same portraits."""
    pipeline = Pipeline(generator)
    start = pipeline.from_seeds(range(1000, 1000 + seeds))
    for direction in found:
        ends = []
        for amount in ENDS:
            moved = pipeline.apply(start, [Move(direction, amount)])
            ends.append(measures(reader, pipeline.images(moved)))
        change = {k: float((ends[1][k] - ends[0][k]).mean()) for k in ends[0]}
        yield Effect(direction, change)


def in_layers(found: DirectionSet) -> list[Direction]:
    """A method's strongest directions, held to some layers."""
    whole = [d for d in found.directions[:STRONGEST] if d.layers is None]
    return [
        replace(d, id=f"{d.id}-{low}-{high}", layers=(low, high))
        for d in whole
        for low, high in RANGES
    ]


def local(generator: Generator, count: int = 6) -> Iterator[Direction]:
    """What changes the mouth or the eyes of many portraits alone."""
    latents = Pipeline(generator).from_seeds(REGION_SEEDS)
    for box in REGIONS:
        mask = box_mask(generator.info.resolution, *box)
        for layers in REGION_LAYERS:
            options = ResefaOptions(layers=layers)
            found = run(find_and_measure(generator, latents, "const", mask, options, count))
            for one in found.directions.directions:
                identity = f"{one.id}-{'-'.join(map(str, box))}-{layers}"
                yield replace(one, id=identity)


def choose(measured: Sequence[Effect], names: dict[str, str]) -> list[Direction]:
    """For each attribute the best direction, turned so that more is to the right."""
    kept: list[Direction] = []
    for attribute, title in names.items():
        known = [e for e in measured if attribute in e.change]
        if not known:
            continue
        best = max(known, key=lambda e: e.score(attribute))
        change = best.change[attribute]
        share = abs(change) / sum(abs(v) for v in best.change.values())
        print(f"{title:18} {best.direction.id:14} change {change:+.2f} share {share:.2f}")
        if abs(change) < LEAST_CHANGE:
            continue
        vector = best.direction.vector * np.float32(np.sign(change))
        measured = {"found as": best.direction.name, "change": round(abs(change), 3)}
        identity = f"named-{title.casefold().replace(' ', '-')}"
        kept.append(
            replace(
                best.direction,
                id=identity,
                name=title,
                payload=Linear(vector),
                low=-REACH,
                high=REACH,
                group="Named",
                measured=measured,
            )
        )
    return kept


def strips(generator: Generator, kept: Sequence[Direction], path: Path) -> None:
    """One block a direction: a row for each amount, a column for each of 20 seeds."""
    pipeline = Pipeline(generator)
    start = pipeline.from_seeds(SHOWN)
    rows = []
    for direction in kept:
        for amount in (-2.0, 0.0, 2.0):
            moved = pipeline.apply(start, [Move(direction, amount)])
            rows.append(np.concatenate(list(to_pixels(pipeline.images(moved))), axis=1))
        rows.append(np.zeros((6, rows[0].shape[1], 3), np.uint8))
    Image.fromarray(np.concatenate(rows)).save(path)


def main() -> None:
    """Find, measure, choose, write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("model")
    parser.add_argument("predictor", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--seeds", type=int, default=96)
    parser.add_argument("--picture", type=Path)
    parser.add_argument("--keep", nargs="*", metavar="ATTRIBUTE=NAME")
    args = parser.parse_args()
    generator = run(open_model(args.model, "cpu"))
    sets = [run(start.discover(generator, method, list(o))) for method, o in METHODS]
    everything = [d for one in sets for d in [*one.directions, *in_layers(one)]]
    everything += local(generator)
    reader = Reader(*read_network(args.predictor))
    measured = list(effects(generator, everything, reader, args.seeds))
    names = dict(pair.split("=", 1) for pair in args.keep) if args.keep else NAMES
    kept = choose(measured, names)
    found: DirectionSet = replace(
        sets[0], directions=tuple(kept), name="Portraits", author="The LatentStudio authors",
        licence="MIT",
    )  # fmt: skip
    write_preset(found, args.out)
    if args.picture:
        strips(generator, kept, args.picture)
    print(json.dumps([d.name for d in kept]))


if __name__ == "__main__":
    main()
