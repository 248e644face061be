"""Continues walks of the built-in model until the wanted attribute has changed by so much.

    python -m tests.benchmarks.wanted_change FOLDER [--walks 400] [--frames HELD.rgb]

For `broken_pictures`, from what `walk_pictures` made: a direction's attribute is the one that its
walks change most, as the portraits' predictor reads it. Each walk of all layers goes on, of each
kind, until that has changed by `WANTED` deviations of samples. With `--frames` (8-bit RGB pictures
of 64 pixels that the model was not trained on, see packaging/portraits) it also looks at these.
"""

import argparse
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from latentstudio.core.walk import WALKS
from latentstudio.evaluate.predictor import Predictor, as_colour
from latentstudio.inversion.features import features
from tests.benchmarks.broken_pictures import WANTED, Arrays, changed_most, read
from tests.benchmarks.walk_pictures import (
    BATCH,
    FIRST,
    Course,
    Model,
    course,
    difference,
    directions,
    opened,
    write,
)

GRID = tuple(np.arange(0.75, 12.1, 0.75).tolist())
"""Amounts at which the attribute is read."""
PART, SIDE, DRAWN = 25, 64, 3000


@torch.no_grad()
def continued(model: Model, one: Course, wanted: int, spread: float, scale: float) -> Arrays:
    """One walk: rows are the start, then `WANTED` of each kind that gets there."""
    assert model.predictor is not None
    start = model.pipeline.from_seeds([FIRST + one.index])
    image, own = model.seen(start)
    parts, facts = [own], [(-1.0, 0.0, 0.0, 0.0, 0.0)]
    first = own["values"][0, wanted]
    for kind, walk in enumerate(WALKS):
        values = [_values(model, part)[:, wanted]
                  for part in one.to(model, start, walk, GRID).codes.split(BATCH)]  # fmt: skip
        moved = np.abs(torch.cat(values).numpy() - first) / spread
        rising = np.maximum.accumulate([0.0, *moved])
        aims = [aim for aim in WANTED if aim <= rising[-1]]
        if not aims:
            continue
        amounts = np.interp(aims, rising, (0.0, *GRID)).tolist()
        images, found = model.seen(one.to(model, start, walk, amounts))
        change = ((images - image).square().mean((1, 2, 3)).sqrt() / scale).tolist()
        got = (np.abs(found["values"][:, wanted] - first) / spread).tolist()
        parts.append(found)
        facts += [(kind, *row) for row in zip(amounts, change, aims, got, strict=True)]
    joined = {name: np.concatenate([part[name] for part in parts]) for name in own}
    names = ("kind", "amount", "picture", "aim", "change")
    joined |= dict(zip(names, np.array(facts, np.float32).T, strict=True))
    return joined | {
        name: np.full(len(facts), value, np.float32)
        for name, value in (("walk", one.index), ("attribute", wanted), ("layers", 0))
    }


def _values(model: Model, codes: Tensor) -> Tensor:
    assert model.predictor is not None
    return model.predictor.read(as_colour(model.generator.synthesize(codes)))


@torch.no_grad()
def drawn(predictor: Predictor, frames: NDArray[np.uint8]) -> Arrays:
    """What is seen in pictures (N, H, W, 3)."""
    assert predictor.embed is not None
    pictures = torch.from_numpy(frames.copy()).permute(0, 3, 1, 2).float() / 127.5 - 1
    net = features(torch.device("cpu"))
    parts = pictures.split(BATCH)
    return {
        "looks": torch.cat([net.pooled(part) for part in parts]).numpy(),
        "embedded": torch.cat([predictor.embed(part) for part in parts]).numpy(),
    }


def make(folder: Path, walks: int, frames: Path | None) -> None:
    """All that lacks in the folder."""
    model = opened("portraits")
    assert model.predictor is not None
    if frames is not None and not any(folder.glob("drawn-*.npz")):
        pictures = np.memmap(frames, np.uint8, "r").reshape(-1, SIDE, SIDE, 3)[:DRAWN]
        write(folder / "drawn-00000.npz", [drawn(model.predictor, pictures)])
    ways = directions(model, folder / "directions")
    samples, known, scale = read(folder, "samples"), read(folder, "walks"), difference(model)
    spread = samples["values"].astype(float).std(0)
    wanted = changed_most(known, spread)
    for first in range(0, walks, PART):
        path = folder / f"wanted-{first:05d}.npz"
        if path.exists():
            continue
        made = []
        for index in range(first, first + PART):
            one, attribute = course(model, ways, index), wanted[index % len(ways)]
            if one.layers is None:
                made.append(continued(model, one, attribute, float(spread[attribute]), scale))
        if made:
            write(path, made)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--walks", type=int, default=400)
    parser.add_argument("--frames", type=Path)
    args = parser.parse_args()
    torch.set_num_threads(1)
    make(args.folder, args.walks, args.frames)


if __name__ == "__main__":
    main()
