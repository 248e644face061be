"""How near directions from a few marks come to the oracle's, over many draws of marks.

    python -m tests.benchmarks.example_marks [MODEL] [--marks 10] [--draws 10] [--asked 0]

For each attribute that enough pictures clearly have and clearly lack (the upper and lower third of
its range) marks are drawn so many times, and the direction that they give is walked to three
deviations from eight pictures, as is the oracle's. Shares of the oracle's correlation and
selectivity: median and lower quartile over all attributes and draws, and the medians of each
attribute. ``--asked N`` answers N more questions, those the window would ask: the pictures of a
grid of 64 that lie nearest to the border.
"""

import argparse

import numpy as np
import torch

from latentstudio.cli.printing import say
from latentstudio.core.errors import OptionError
from latentstudio.core.progress import run
from latentstudio.discovery import by_example, picture_ica
from latentstudio.discovery.sampling import draw
from latentstudio.document.direction import ModelKey
from latentstudio.evaluate import examples, oracle
from latentstudio.evaluate.attributes import AttributeReader
from latentstudio.evaluate.pools import seed_pool
from latentstudio.evaluate.predictor import as_colour
from latentstudio.evaluate.tables import rank_values
from latentstudio.evaluate.traversing import plan, traverser
from latentstudio.session.exemplifying import CANDIDATES
from latentstudio.session.models import open_model
from latentstudio.session.predictors import choose_predictor

CLEAR = 1 / 3
"""Part of an attribute's range, from either end, that counts as clearly lacking or having it."""
SAMPLES, AT_ONCE, STARTS, FIRST_SEED, REACH = 4000, 16, 8, 1000, 3.0


@torch.no_grad()
def labelled(model, predictor, seed):
    """Codes, small pictures and attributes of draws that the basis has not seen."""
    rows = []
    for index in range(SAMPLES // AT_ONCE):
        z, classes = draw(model, seed + 1, index, AT_ONCE)
        code = model.map(z, classes)
        images = model.synthesize(model.broadcast(code), classes)
        small = picture_ica.small(model, code, classes)
        rows.append((code.double().cpu(), small, predictor.read(as_colour(images.cpu())).double()))
    return tuple(torch.cat(part) for part in zip(*rows, strict=True))


def answered(known, scores, has, lacks, pool, value, asked):
    """The marks with `asked` more: of a grid the pictures nearest to the border, by their truth."""
    has, lacks = list(has), list(lacks)
    for _ in range(asked):
        found = by_example.learn(known, scores[has], scores[lacks])
        left = [one for one in pool if one not in has and one not in lacks]
        next_one = left[int(np.abs(found.distance(scores[left])).argmin())]
        (has if value[next_one] > 0.5 else lacks).append(next_one)
    return has, lacks


def walked(model, predictor, directions, starts):
    """Correlation and selectivity (K, A) of walks to so many deviations."""
    pool = seed_pool(model, range(FIRST_SEED, FIRST_SEED + starts))
    guide = run(traverser(model, pool, "straight"))
    wanted = plan(model, pool, directions, steps=3, reach=REACH)
    reading = AttributeReader(wanted, predictor)
    for start in range(starts):
        for row, one in enumerate(directions):
            reading.add(row, start, guide.images(one, start, wanted.amounts(row)))
    found = rank_values(reading.result())
    return np.abs(found.correlation), found.selectivity


def drawn(model, known, values, scores, args):
    """Directions from marks, with the attribute that each is for."""
    rng = np.random.default_rng(args.seed)
    found = []
    for column in range(values.shape[1]):
        yes = np.flatnonzero(values[:, column] >= 1 - CLEAR)
        no = np.flatnonzero(values[:, column] <= CLEAR)
        if min(len(yes), len(no)) < 2 * args.marks:
            continue
        for number in range(args.draws):
            has = rng.choice(yes, args.marks, replace=False)
            lacks = rng.choice(no, args.marks, replace=False)
            grid = rng.choice(len(values), CANDIDATES, replace=False)
            more = answered(known, scores, has, lacks, grid, values[:, column], args.asked)
            try:
                made = by_example.learn(known, *(scores[rows] for rows in more))
            except OptionError:
                continue
            one = examples.direction(model.info, made, "marks", {}, number=number)
            found.append((column, one))
    return found


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("model", nargs="?", default="portraits")
    for flag, default in (("--marks", 10), ("--draws", 10), ("--asked", 0), ("--seed", 0)):
        parser.add_argument(flag, type=int, default=default)
    args = parser.parse_args()
    model = run(open_model(args.model, "cpu"))
    predictor = run(choose_predictor(None, ModelKey.of(model.info)))
    known = run(examples.basis(model, args.seed))
    codes, pictures, raw = labelled(model, predictor, args.seed)
    ranges = np.array([(one.low, one.high) for one in predictor.attributes])
    values = (raw.numpy() - ranges[:, 0]) / (ranges[:, 1] - ranges[:, 0])
    ceiling = oracle.from_readings(model, predictor, codes, raw, args.seed).directions
    found = drawn(model, known, values, known.scores(pictures.numpy()), args)
    names = [one.name for one in predictor.attributes]
    every = [*ceiling, *(one for _, one in found)]
    tables = walked(model, predictor, every, STARTS)
    report(names, [one.name for one in ceiling], [column for column, _ in found], tables)


def report(names, ceiling, columns, tables):
    shares = []
    for row, column in enumerate(columns):
        top = ceiling.index(names[column])
        shares.append([t[len(ceiling) + row, column] / t[top, column] for t in tables])
    shares, columns = np.array(shares), np.array(columns)
    quartile = np.quantile(shares, 0.25, axis=0)
    middle = np.median(shares, axis=0)
    say("| attribute | share of correlation | share of selectivity |")
    say("|---|---|---|")
    for column in dict.fromkeys(columns.tolist()):
        own = np.median(shares[columns == column], axis=0)
        say(f"| {names[column]} | {own[0]:.2f} | {own[1]:.2f} |")
    say(
        f"| all {len(shares)}: median (lower quartile) | {middle[0]:.2f} ({quartile[0]:.2f}) "
        f"| {middle[1]:.2f} ({quartile[1]:.2f}) |"
    )


if __name__ == "__main__":
    main()
