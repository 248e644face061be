"""Do the names that directions are given by themselves hold on pictures they were not made from?

    python -m tests.benchmarks.found_names PRESET [MODEL] [--starts 16]

Names are made from six pictures, as the search and idle time make them, and looked at on others
(seeds from 1,000). Of an attribute in a name: the share of pictures in which it goes the way the
name says, or not at all (less than a twentieth of its range), and whether it is the first or second
of all that the direction changes there. Of ``lighter`` and its like: the share of pictures in which
the part goes that way; of ``wider`` and its like, without a predictor, in which the figure does.
"""

import argparse
from pathlib import Path

import numpy as np

from latentstudio.cli.printing import say
from latentstudio.core.progress import run
from latentstudio.document.direction import ModelKey
from latentstudio.evaluate import effect_words, shape_words
from latentstudio.evaluate.change_maps import change_maps
from latentstudio.evaluate.effect_names import SEEDS
from latentstudio.evaluate.pools import seed_pool
from latentstudio.evaluate.ranking import rank
from latentstudio.evaluate.traversing import traverser
from latentstudio.exchange.presets import read_preset
from latentstudio.session.models import open_model
from latentstudio.session.predictors import choose_predictor

FIRST_SEED, STILL, HOLDS = 1000, 0.05, 2 / 3


def attribute_holds(readings, attributes, name, sign):
    """Share of pictures that don't go the other way, and the place among all attributes."""
    place = [one.name for one in attributes].index(name)
    each = np.array([rank(one[None, None], attributes).correlation[0, place] for one in readings])
    order = rank(readings[None], attributes).strongest(0)
    return float((sign * each > -STILL).mean()), order.index(place)


def way_holds(maps, others, way, face):
    """Share of other pictures in which the part that the name tells goes the same way."""
    size = np.sqrt(np.square(maps).mean((0, 1)))
    where, inside = effect_words._place(size, face)
    if where in effect_words._SPREAD:
        where, inside = effect_words._apart(maps, size) or (where, inside)
    for (more, less), values in effect_words._views(others).items():
        if way in (more, less):
            sign = 1 if way == more else -1
            return float((sign * values[:, inside].mean(1) > 0).mean())
    return None


def shape_holds(others, word):
    """Share of other pictures in which a figure that a word is said of goes the same way."""
    ends = shape_words.Shape(*np.moveaxis(others, -1, 0))
    logs = [np.log(one) for one in ends[:3]]
    values = dict(zip(("thickness", "width", "height"), logs, strict=True))
    values |= {"size": logs[1] + logs[2], "across": ends.x, "down": ends.y}
    values |= {"x": ends.x, "y": ends.y, "slant": ends.slant}
    for name, (more, less) in shape_words.SHAPE_WORDS.items():
        if word in (more, less):
            sign = 1 if word == more else -1
            return float((sign * np.diff(values[name])[:, 0] > 0).mean())
    return None


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("preset", type=Path)
    parser.add_argument("model", nargs="?", default="portraits")
    parser.add_argument("--starts", type=int, default=16)
    args = parser.parse_args()
    model = run(open_model(args.model, "cpu"))
    key = ModelKey.of(model.info)
    predictor = run(choose_predictor(None, key))
    predictor = predictor if predictor.suits(key) else None
    directions = read_preset(args.preset).directions
    own, other = (
        run(change_maps(run(traverser(model, seed_pool(model, seeds), "straight")), directions, p))
        for seeds, p in (
            (SEEDS, predictor),
            (range(FIRST_SEED, FIRST_SEED + args.starts), predictor),
        )
    )
    attributes = predictor.attributes if predictor else ()
    led, ways, unsure = [], [], 0
    for row, one in enumerate(directions):
        readings = own.readings[row] if predictor else None
        shapes = None if predictor else own.shapes[row]
        found = effect_words.effect_name(
            own.maps[row], readings, attributes, predictor is not None, shapes
        )
        unsure += not (found.attributes or found.ways)
        if found.attributes:
            held = [attribute_holds(other.readings[row], attributes, *a) for a in found.attributes]
            led += held
            say(f"{one.id}: {effect_words.english(found)}: {held}")
            continue
        held = [
            way_holds(own.maps[row], other.maps[row], w, predictor is not None)
            if found.where
            else shape_holds(other.shapes[row], w)
            for w in found.ways
        ]
        ways += [share for share in held if share is not None]
        say(f"{one.id}: {effect_words.english(found)}: {held}")
    report(len(directions), led, ways, unsure)


def report(many, led, ways, unsure):
    say(f"{many} directions: {len(led)} attributes, {len(ways)} ways, {unsure} without either")
    if led:
        right = sum(share >= HOLDS and place < 2 for share, place in led)
        against = sum(share < HOLDS for share, _ in led)
        say(f"attributes: {right} among the first two and so in two thirds; {against} against it")
    if ways:
        say(f"ways: {sum(share >= HOLDS for share in ways)} so in two thirds of the pictures")


if __name__ == "__main__":
    main()
