"""Are directions purer on some of their groups of channels (DP-LaSE subspaces)?

    python -m tests.benchmarks.channel_purity [--steps 300] [--directions 8] [--layer TAP]

Picture ICA's directions on the built-in model that change an attribute most, one for each
attribute; channels of each are grouped, and the direction is walked to three deviations from eight
pictures with all groups, and with each set of groups. Correlation and selectivity of its attribute
with all, with the set that a person who sees the labels would choose, with the set that the program
leaves on (`purest_groups`), and with the set whose change is the most local. The labels' choice and
the last keep half of the change that all groups make.
"""

import argparse
import itertools
import time
from dataclasses import replace

import numpy as np

from latentstudio.cli.printing import say
from latentstudio.core.progress import run
from latentstudio.discovery import picture_ica
from latentstudio.discovery.picture_ica import PictureIcaOptions
from latentstudio.discovery.start import discover
from latentstudio.document.direction import ModelKey
from latentstudio.evaluate.attributes import AttributeReader
from latentstudio.evaluate.change_maps import change_maps
from latentstudio.evaluate.pools import seed_pool
from latentstudio.evaluate.predictor import IDENTITY
from latentstudio.evaluate.tables import rank_values
from latentstudio.evaluate.traversing import plan, traverser
from latentstudio.session.models import open_model
from latentstudio.session.predictors import choose_predictor

FIRST_SEED, STARTS, REACH, KEEP, METHOD = 1000, 8, 3.0, 0.5, "dp-lase-subspace"


def walked(guide, predictor, directions):
    """Correlation and selectivity (K, A) of walks to three deviations."""
    wanted = plan(guide.generator, guide.pool, directions, steps=3, reach=REACH)
    reading = AttributeReader(wanted, predictor)
    for start in range(len(guide.pool)):
        for row, one in enumerate(directions):
            reading.add(row, start, guide.images(one, start, wanted.amounts(row)))
    return rank_values(reading.result())


def best_ones(found, directions, many):
    """Attributes with the direction that changes each most, the strongest first."""
    size = np.abs(found.correlation)
    named = [place for place, name in enumerate(found.attributes) if name != IDENTITY]
    order = sorted(named, key=lambda place: -size[:, place].max())[:many]
    return [(place, directions[int(size[:, place].argmax())]) for place in order]


def sets_of(one):
    """A grouped direction with every set of its groups but none, all of them first."""
    groups = range(int(one.payload.labels.max()) + 1)
    for count in range(len(groups), 0, -1):
        for kept in itertools.combinations(groups, count):
            off = frozenset(groups) - set(kept)
            yield replace(one, id=f"{one.id}-{kept}", payload=replace(one.payload, off=off))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--steps", type=int, default=300)
    parser.add_argument("--directions", type=int, default=8)
    parser.add_argument("--layer", default="auto")
    parser.add_argument("--seed", type=int, default=0)
    args = parser.parse_args()
    model = run(open_model("portraits", "cpu"))
    predictor = run(choose_predictor(None, ModelKey.of(model.info)))
    guide = run(
        traverser(model, seed_pool(model, range(FIRST_SEED, FIRST_SEED + STARTS)), "straight")
    )
    every = run(picture_ica.discover(model, PictureIcaOptions(), args.seed)).directions
    chosen = best_ones(walked(guide, predictor, every), every, args.directions)
    say("| attribute | seconds | all | best set by labels | on at first | most local set |")
    say("|---|---|---|---|---|---|")
    rows = []
    for place, one in chosen:
        begun = time.process_time()
        pairs = [f"steps={args.steps}", f"layer={args.layer}"]
        grouped = run(discover(model, METHOD, pairs, args.seed, direction=one)).directions[0]
        seconds = time.process_time() - begun
        rows.append(report(guide, predictor, place, grouped, seconds))
    means = np.mean(rows, axis=0)
    say(f"| mean | | {' | '.join(f'{a:.2f}, {b:.2f}' for a, b in means)} |")


def report(guide, predictor, place, grouped, seconds):
    """Correlation and selectivity (4, 2) with the sets of the four columns."""
    sets = list(sets_of(grouped))
    found, maps = walked(guide, predictor, sets), run(change_maps(guide, sets))
    correlation, selectivity = np.abs(found.correlation[:, place]), found.selectivity[:, place]
    strong = correlation >= KEEP * correlation[0]
    by_labels = int(np.argmax(np.where(strong, selectivity, -1.0)))
    seen = maps.strength() >= KEEP * maps.strength()[0]
    by_place = int(np.argmax(np.where(seen, maps.locality(), -1.0)))
    on = [one.payload.off for one in sets].index(grouped.payload.off)
    pairs = [(correlation[row], selectivity[row]) for row in (0, by_labels, on, by_place)]
    cells = " | ".join(f"{a:.2f}, {b:.2f}" for a, b in pairs)
    say(f"| {found.attributes[place]} | {seconds:.0f} | {cells} |")
    return pairs


if __name__ == "__main__":
    main()
