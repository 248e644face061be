"""What makes WarpedGANSpace and Voynov–Babenko learn: the judge's accuracy against seconds.

    python -m tests.benchmarks.guessing_games MODEL METHOD [--seconds 90] [--seed 0] [KEY=VALUE]...

One row of a table for one setting of a method's options, given as ``discover`` takes them: the
share of walks that the judge tells apart, mean of the last quarter of the steps so far, after 5,
10, 20 … seconds of processor time on one thread; steps made; and how different the directions'
changes are from each other (1 less the mean size of the cosines, no labels). With a predictor that
was made for the model it reads, too, the mean over attributes of the best direction's correlation.
"""

import argparse
import time

import numpy as np
import torch

from latentstudio.cli.printing import say
from latentstudio.core.progress import run
from latentstudio.discovery.deformator import judged_pictures
from latentstudio.discovery.latents import survey
from latentstudio.discovery.registry import METHODS
from latentstudio.discovery.start import options_for
from latentstudio.discovery.training import Run, Trainer
from latentstudio.discovery.voynov_babenko import build as straight
from latentstudio.discovery.warpedganspace import build as curved
from latentstudio.evaluate.change_maps import change_maps
from latentstudio.evaluate.pools import seed_pool
from latentstudio.evaluate.traversing import traverser
from latentstudio.session.models import open_model
from tests.benchmarks.readings import Reading

FIRST_MARK, STARTS = 5.0, 8
BUILD = {"voynov-babenko": straight, "warpedganspace": curved}


def learned(model, method, pairs, seconds, seed):
    """A trainer after so many seconds of processor time, and its accuracy at each mark."""
    options = options_for(method, model.info, pairs)
    latents = run(survey(model, options.space, options.layers))
    trainer = Trainer(
        BUILD[method](latents, options, seed, run(judged_pictures(latents, options, None))),
        Run(method, model.info, options, seed, 10**6, options.batch, model.device),
        None,
    )
    trainer._shown = float("inf")  # provisional directions are not what is timed
    right, at, mark, begun = [], {}, FIRST_MARK, time.process_time()
    while (spent := time.process_time() - begun) < seconds:
        if spent >= mark:
            at[mark] = lately(right)
            mark *= 2
        trainer.advance()
        right.append(trainer.losses["accuracy"])
    at[seconds] = lately(right)
    return trainer, at


def lately(right):
    """Mean of the last quarter."""
    return float(np.mean(right[-max(1, len(right) // 4) :])) if right else 0.0


def apart(model, directions):
    """How different the changes are: 1 where no two are alike."""
    guide = run(traverser(model, seed_pool(model, range(500, 504)), "straight"))
    return apart_of(run(change_maps(guide, directions)))


def apart_of(maps):
    """How different changes are: 1 less the mean size of two directions' cosine."""
    alike = np.abs(maps.alike())
    many = len(alike)
    return float(1.0 - (alike.sum() - many) / (many * (many - 1)))


def read(model, directions):
    """Mean over attributes of the best direction's correlation; None without a predictor."""
    reading = Reading(model, STARTS)
    return float(reading.tables(directions)[0].max(0).mean()) if reading.suits else None


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("model")
    parser.add_argument("method", choices=sorted(BUILD))
    parser.add_argument("pairs", nargs="*")
    parser.add_argument("--seconds", type=float, default=90.0)
    parser.add_argument("--seed", type=int, default=0)
    args = parser.parse_args()
    torch.set_num_threads(1)
    model = run(open_model(args.model, "cpu"))
    trainer, at = learned(model, args.method, args.pairs, args.seconds, args.seed)
    found = list(trainer.task.found(trainer.losses, trainer.step).directions)
    correlation = read(model, found)
    cells = [
        METHODS[args.method].title,
        " ".join(args.pairs) or "defaults",
        *(f"{seconds:g} s: {accuracy:.2f}" for seconds, accuracy in at.items()),
        f"{trainer.step} steps",
        f"apart {apart(model, found):.2f}",
        "" if correlation is None else f"correlation {correlation:.2f}",
    ]
    say(f"| {' | '.join(cells)} |")


if __name__ == "__main__":
    main()
