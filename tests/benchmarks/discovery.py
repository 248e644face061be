"""Steps per second of our loops against plain transcriptions of the published ones.

    python -m tests.benchmarks.discovery [--rounds 6] [--threads 1]

Both sides run in one process on the same generator, batch and reconstructor, in turns, and the
medians of the ratios of processor time within a turn are what counts, so that other work on the
machine matters little. The plain loops do what the publications' loops do: every picture is made
in full with a graph behind it, masks are filled in sample by sample, nothing is reused. In the
published WarpedGANSpace loop the generator's weights are not frozen, so they collect gradients
that nobody uses; both forms are timed. The judge's precision is `auto` by default, which is half
where the processor has it; `full` is what other processors take. Memory is what three steps add
to the peak of opening the model and getting to know its space, in a process of their own.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import time
from operator import truediv
from pathlib import Path

import torch

from latentstudio.benchmark.plain_methods import (
    COUNT,
    DIPOLES,
    LASE_BATCH,
    WARPED_BATCH,
    Once,
    ours,
    plain_dp_lase,
    plain_warped,
)
from latentstudio.core.progress import run
from latentstudio.discovery import dp_lase, warpedganspace
from latentstudio.discovery.dp_lase import DpLaseOptions
from latentstudio.discovery.latents import LatentSpace, survey
from latentstudio.discovery.warpedganspace import WarpedOptions
from latentstudio.generators.builtin import find_model
from latentstudio.generators.registry import open_generator


def compare(sides: dict[str, Once], rounds: int) -> dict[str, list[float]]:
    """Processor seconds of a step of each side, taken in turns after one step to warm up."""
    times: dict[str, list[float]] = {name: [] for name in sides}
    for turn in range(rounds + 1):
        for name, once in sides.items():
            begin = time.process_time()
            once(turn)
            if turn:
                times[name].append(time.process_time() - begin)
    return times


def unfrozen(generator, once: Once) -> Once:
    """The same step while the generator's weights collect gradients."""

    def slow(step: int) -> None:
        generator.network.requires_grad_(True)
        once(step)
        generator.network.requires_grad_(False)
        generator.network.zero_grad(set_to_none=True)

    return slow


def all_sides(latents: LatentSpace) -> dict[str, dict[str, Once]]:
    """Steps by method and by who makes them; the first of each is what the others must beat."""
    generator, info = latents.generator, latents.generator.info
    warped = plain_warped(latents)
    sides = {"published": unfrozen(generator, warped), "published, weights frozen": warped}
    for judge, reuse in (("full", 1), ("full", 4), ("auto", 1), ("auto", 4)):
        options = WarpedOptions(
            count=COUNT, dipoles=DIPOLES, batch=WARPED_BATCH, reuse=reuse, judge_precision=judge
        )
        task = warpedganspace.build(latents, options, 0)
        side = f"ours, judge {judge}, reuse {reuse}"
        sides[side] = ours(task, "warpedganspace", options, latents)
    tap = info.taps[(len(info.taps) - 1) // 2]
    lase = plain_dp_lase(latents, tap)
    others = {"published": unfrozen(generator, lase), "published, weights frozen": lase}
    for layer in (tap, dp_lase.STYLES):
        options = DpLaseOptions(count=COUNT, batch=LASE_BATCH, layer=layer)
        task = dp_lase.DpLase(latents, options, 0)
        others[f"ours, {layer}"] = ours(task, "dp-lase", options, latents)
    return {"warpedganspace": sides, "dp-lase": others}


def memory(method: str, side: str) -> float:
    """Peak memory in MB that steps of one side take in a process of their own."""
    argv = [sys.executable, "-m", "tests.benchmarks.discovery", "--alone", method, side]
    done = subprocess.run(argv, capture_output=True, text=True, check=True, env=os.environ)
    return float(done.stdout)


def alone(latents: LatentSpace, method: str, side: str) -> int:
    """What three steps add to the peak, in MB."""
    once, before = all_sides(latents)[method][side], peak()
    for step in range(3):
        once(step)
    return peak() - before


def peak() -> int:
    """Most memory this process has had, in MB; what `getrusage` says is its parent's too."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) // 1024


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=6)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--alone", nargs=2, metavar=("METHOD", "SIDE"), help=argparse.SUPPRESS)
    given = parser.parse_args()
    torch.set_num_threads(given.threads)
    latents = run(survey(run(open_generator(find_model("portraits"))), "auto", "all"))
    if given.alone:
        print(alone(latents, *given.alone))  # noqa: T201
        return
    report: dict[str, object] = {"model": "portraits", "threads": given.threads}
    for method, sides in all_sides(latents).items():
        seconds = compare(sides, given.rounds)
        report[method] = {
            side: {
                "seconds": round(statistics.median(taken), 4),
                "times as fast": round(
                    statistics.median(map(truediv, seconds["published"], taken)), 2
                ),
                "memory, MB": memory(method, side),
            }
            for side, taken in seconds.items()
        }
    print(json.dumps(report, indent=1))  # noqa: T201


if __name__ == "__main__":
    main()
