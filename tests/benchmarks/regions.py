"""Local directions: the first stroke against pulling every pixel back, and what later ones cost.

    python -m tests.benchmarks.regions [--rounds 5] [--threads 2] [--model portraits]

In one process, in turns: the Jacobian by forward mode; and what the publications do, a reverse
pass for each value of the picture, of which 24 are timed and the rest is counted. A stroke is a dab
of 7 pixels across moved by a few pixels, its products and ReSeFa's leading six directions.
"""

import argparse
import json
import statistics
import time
from collections.abc import Callable

import numpy as np
import torch
from torch import Tensor

from latentstudio.core.progress import run
from latentstudio.engine.generator import Generator
from latentstudio.engine.jacobian import Jacobian, jacobian
from latentstudio.engine.pushing import reduced
from latentstudio.generators.builtin import find_model
from latentstudio.generators.registry import open_generator
from latentstudio.region import resefa
from latentstudio.region.grams import MaskedGrams
from latentstudio.session.regions import chosen_layers

PULLED = 24
STROKES = 40
GOALS = {"times sooner": 50, "stroke, ms": 30}


def seconds(act: Callable[[], object]) -> float:
    began = time.perf_counter()
    act()
    return time.perf_counter() - began


def pull(generator: Generator, codes: Tensor, layers: tuple[int, int] | None) -> float:
    """Seconds that one reverse pass for every value of the reduced picture would take."""
    first, last = layers or (0, codes.shape[1] - 1)
    index = torch.arange(codes.shape[1])[:, None]
    step = torch.zeros(codes.shape[2], requires_grad=True)
    moved = codes + ((index >= first) & (index <= last)) * step
    values = reduced(generator.synthesize(moved), 64).flatten()
    chosen = torch.linspace(0, len(values) - 1, PULLED).long().tolist()

    def all_chosen() -> None:
        for value in chosen:
            torch.autograd.grad(values[value], step, retain_graph=True)

    return seconds(all_chosen) / PULLED * len(values)


def strokes(found: Jacobian) -> tuple[float, list[float]]:
    """Seconds of the products for the first mask, and milliseconds of each later stroke."""
    began = time.perf_counter()
    grams = MaskedGrams(found.values)
    mask = np.zeros((found.side, found.side), np.float32)
    rng, taken = np.random.default_rng(0), []
    grid = np.mgrid[: found.side, : found.side]
    row = column = found.side / 2
    for stroke in range(STROKES + 1):
        dab = np.hypot(grid[0] - row, grid[1] - column) < 3.5
        mask = np.maximum(mask, dab.astype(np.float32))
        here = seconds(lambda: (grams.paint(mask), directions(grams)))  # noqa: B023
        if stroke:
            taken.append(1e3 * here)
        else:
            first = time.perf_counter() - began
        row, column = np.clip(
            np.add([row, column], rng.normal(0, 3, 2)), 8, found.side - 8
        ).tolist()
    return first, taken


def directions(grams: MaskedGrams) -> None:
    resefa.solve(grams.inside().numpy(), grams.outside().numpy(), 1e-3, 6)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--model", default="portraits")
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    generator = run(open_generator(find_model(args.model)))
    codes = generator.broadcast(generator.map(generator.sample_z([16]))).contiguous()
    layers = chosen_layers("auto", generator.info)
    found = run(jacobian(generator, codes, layers=layers))  # and warms up
    pushed, pulled = [], []
    for _ in range(args.rounds):
        pushed.append(seconds(lambda: run(jacobian(generator, codes, layers=layers))))
        pulled.append(pull(generator, codes, layers))
    products, later = strokes(found)
    sooner = [back / (ahead + products) for ahead, back in zip(pushed, pulled, strict=True)]
    report = {
        "model": args.model,
        "jacobian, s": round(statistics.median(pushed), 3),
        "every value pulled back, s": round(statistics.median(pulled), 1),
        "products and first solution, s": round(products, 3),
        "times sooner": round(statistics.median(sooner), 1),
        "stroke, ms": round(statistics.median(later), 2),
        "stroke, ms, slowest of 40": round(max(later), 2),
        "goals": GOALS,
    }
    print(json.dumps(report, indent=1))  # noqa: T201


if __name__ == "__main__":
    main()
