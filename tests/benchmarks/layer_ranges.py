"""Are directions purer on a part of the layers, and can that be told without labels?

    python -m tests.benchmarks.layer_ranges [MODEL] [--starts 6] [--samples 4096]

Picture ICA's directions are walked to ±2 on all layers, on each third of them and on two thirds.
Selectivity is read by the model's predictor. The rule sees no labels: it takes the range whose
change is most concentrated in one independent component of the pictures (the largest score's share
in all), of those that keep 0.8 of that score's change.
"""

import argparse
from dataclasses import replace

import numpy as np
import torch
import torch.nn.functional as nnf

from latentstudio.cli.printing import say
from latentstudio.core.progress import run
from latentstudio.discovery import by_example, picture_ica
from latentstudio.discovery.picture_ica import PictureIcaOptions
from latentstudio.document.direction import ModelKey
from latentstudio.evaluate.pools import seed_pool
from latentstudio.evaluate.predictor import as_colour
from latentstudio.evaluate.ranking import rank
from latentstudio.evaluate.traversing import traverser
from latentstudio.session.models import open_model
from latentstudio.session.predictors import choose_predictor

COUNT, FIRST_SEED, REACH = 64, 500, 2.0
KEEP = 0.8
LEAST = 0.2
"""Correlation from which a direction changes an attribute at all."""


def ranges(layers):
    """Layer ranges by name; None is all."""
    a, b = layers // 3, 2 * layers // 3
    return {
        "all": None,
        "early": (0, a - 1),
        "middle": (a, b - 1),
        "late": (b, layers - 1),
        "early and middle": (0, b - 1),
        "middle and late": (a, layers - 1),
    }


@torch.no_grad()
def walked(guide, directions, layers, basis, predictor):
    """Mean change of the scores (K, C), and what the predictor says of the walks."""
    many = len(guide.pool)
    scores = np.zeros((len(directions), COUNT))
    read = np.zeros((len(directions), many, 3, len(predictor.attributes)))
    for start in range(many):
        own = guide.images(directions[0], start, [0.0]).clamp(-1, 1)
        for row, one in enumerate(directions):
            held = replace(one, layers=layers)
            ends = guide.images(held, start, [-REACH, REACH]).clamp(-1, 1)
            side = min(picture_ica.SIDE, ends.shape[-1])
            low, high = basis.scores(nnf.adaptive_avg_pool2d(ends, side).flatten(1).numpy())
            scores[row] += (high - low) / 2 / many
            three = torch.cat([ends[:1], own, ends[1:]])
            read[row, start] = predictor.read(as_colour(three)).numpy()
    return scores, rank(read, predictor.attributes)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("model", nargs="?", default="portraits")
    parser.add_argument("--starts", type=int, default=6)
    parser.add_argument("--samples", type=int, default=4096)
    args = parser.parse_args()
    model = run(open_model(args.model, "cpu"))
    predictor = run(choose_predictor(None, ModelKey.of(model.info)))
    wish = PictureIcaOptions(count=COUNT, samples=args.samples)
    seen = run(picture_ica.sample(model, wish, 0))
    directions = run(picture_ica.from_samples(model.info, wish, 0, seen)).directions
    basis = run(by_example.basis_of(seen, 0))
    pool = seed_pool(model, range(FIRST_SEED, FIRST_SEED + args.starts))
    guide = run(traverser(model, pool, "straight"))
    report(
        {
            name: walked(guide, directions, held, basis, predictor)
            for name, held in ranges(model.info.code_layers).items()
        }
    )


def report(found):
    scores, whole = found["all"]
    rows = np.arange(len(scores))
    main_score, main_attribute = np.abs(scores).argmax(1), np.abs(whole.correlation).argmax(1)
    counts = np.abs(whole.correlation[rows, main_attribute]) > LEAST
    names = list(found)
    size = {n: np.abs(found[n][0])[rows, main_score] for n in names}
    share = {n: size[n] / np.abs(found[n][0]).sum(1) for n in names}
    correlation = {n: np.abs(found[n][1].correlation[rows, main_attribute]) for n in names}
    selectivity = {n: found[n][1].selectivity[rows, main_attribute] for n in names}
    by_rule = [
        max(
            (n for n in names if size[n][k] >= KEEP * size["all"][k]),
            key=lambda n, k=k: share[n][k],
        )
        for k in rows
    ]
    by_label = [
        max(
            (n for n in names if correlation[n][k] >= KEEP * correlation["all"][k]),
            key=lambda n, k=k: selectivity[n][k],
        )
        for k in rows
    ]
    say(f"{counts.sum()} of {len(rows)} directions change an attribute")
    say("| layers | correlation | selectivity |")
    say("|---|---|---|")
    chosen = {name: [name] * len(rows) for name in names}
    for name, picks in {**chosen, "by the rule": by_rule, "by the labels": by_label}.items():
        values = [
            np.mean([table[picks[k]][k] for k in rows[counts]])
            for table in (correlation, selectivity)
        ]
        say(f"| {name} | {values[0]:.2f} | {values[1]:.2f} |")


if __name__ == "__main__":
    main()
