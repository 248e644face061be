"""Local directions: the first stroke against pulling every pixel back, and what later ones cost.

    python -m tests.benchmarks.regions [--rounds 5] [--threads 2] [--model portraits]
    python -m tests.benchmarks.regions --random 1024 [--rounds 1]

The second kind of run takes a StyleGAN2 of that size with random weights (config-f channels, 512
dimensions): tangents are timed a few at a time and the rest is counted, read from the finished
picture by automatic forward mode, by the network's own derivative, and early at 64-pixel features.

In one process, in turns: the Jacobian by forward mode; and what the publications do, a reverse
pass for each value of the picture, of which 24 are timed and the rest is counted. A stroke is a dab
of 7 pixels across moved by a few pixels, its products and ReSeFa's leading six directions.
"""

import argparse
import json
import statistics
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from latentstudio.core.progress import run
from latentstudio.engine.generator import Generator
from latentstudio.engine.jacobian import Jacobian, jacobian
from latentstudio.engine.pushforward import Readout, forward, pusher, reduced, small_pictures
from latentstudio.engine.warmup import warm_up_derivatives
from latentstudio.generators.builtin import find_model
from latentstudio.generators.registry import open_generator
from latentstudio.region import resefa
from latentstudio.region.grams import MaskedGrams
from latentstudio.region.masks import Mask, box_mask
from latentstudio.region.pool_metric import PoolMetric
from latentstudio.region.progressive_jacobian import PartialJacobian, first_answer
from latentstudio.region.solving import LocalSolver
from latentstudio.region.tangent_order import usual_basis
from latentstudio.session.regions import chosen_layers
from tests.benchmarks.random_model import random_stylegan2

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


def solved(solver: LocalSolver, mask: Mask) -> None:
    run(solver.solve(mask, resefa.ResefaOptions(), 6))


class Early:
    """Stands for a preview head: the image that has grown to 64 pixels, as it is."""

    grown = True

    def __init__(self, generator: Generator) -> None:
        last = min(generator.info.resolution, 64)
        self.tap = f"b{last}.conv1"

    def apply(self, features: Tensor, image: Tensor | None = None) -> Tensor:
        assert image is not None
        return image


@torch.no_grad()
def large(resolution: int, rounds: int) -> dict[str, object]:
    """Seconds for all tangents of a large random model, and what an answer costs after each."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "random.safetensors"
        random_stylegan2(path, resolution, base=32768)
        generator = run(open_generator(path))
    codes = generator.broadcast(generator.map(generator.sample_z([16]))).contiguous()
    layers, dim = (4, 7), generator.info.code_dim
    axes = usual_basis(generator, layers)
    warm_up_derivatives()
    whole, early = Readout(64), Readout(64, Early(generator))
    picture = min(seconds(lambda: generator.synthesize(codes)) for _ in range(rounds + 1))
    small = small_pictures(generator, codes, None, "const", layers, whole)
    automatic = seconds(lambda: forward(small, axes[:1]))
    rows: dict[str, object] = {
        "picture, s": round(picture, 2),
        "forward mode, all tangents, s": round(automatic * dim),
    }
    for name, reading, count in (("own", whole, 2), ("own, early", early, 8)):
        began = time.perf_counter()
        push = pusher(generator, codes, None, "const", layers, reading)
        start = time.perf_counter() - began
        each = min(seconds(partial(push, axes[:count])) for _ in range(rounds)) / count
        rows |= {
            f"{name}: start, s": round(start, 2),
            f"{name}: a tangent, s": round(each, 3),
            f"{name}: 48 tangents, s": round(start + 48 * each, 1),
            f"{name}: all tangents, s": round(start + dim * each),
        }
    values = np.random.default_rng(0).normal(size=(64, 64, 3, dim)).astype(np.float32)
    known = PartialJacobian(values, dim, axes.numpy(), None, codes.numpy(), layers)
    for led in (96, 160, None):
        solver = LocalSolver([known], led)
        mask = box_mask(64, 20, 40, 20, 12)
        solved(solver, mask)
        taken = []
        for shift in range(1, 6):
            dab = np.maximum(mask, box_mask(64, 20 + shift, 36, 7, 7))
            taken.append(1e3 * seconds(partial(solved, solver, dab)))
        rows[f"later stroke, {led or dim} tangents, ms"] = round(statistics.median(taken), 1)
    cells = np.random.default_rng(1).normal(size=(1024, 96, 12)).astype(np.float32)
    grams = (cells @ cells.transpose(0, 2, 1)).astype(np.float16)
    tail = np.full((1024, dim - 96), 0.1, np.float16)
    metric = PoolMetric(axes.numpy(), np.ones(dim, np.float32), grams, tail, 1.0, layers, 8)
    nothing = first_answer(metric, codes, 64, layers)
    mask = box_mask(64, 20, 40, 20, 12)
    first = seconds(lambda: solved(LocalSolver([nothing]), mask))
    rows["answer of a known pool, no tangent, s"] = round(first, 2)
    return rows


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--model", default="portraits")
    parser.add_argument("--random", type=int, default=0, metavar="PIXELS")
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    if args.random:
        print(json.dumps(large(args.random, args.rounds), indent=1))  # noqa: T201
        return
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
