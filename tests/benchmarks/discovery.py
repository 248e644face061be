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
from collections.abc import Callable
from operator import truediv
from pathlib import Path

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from latentstudio.core.progress import run
from latentstudio.discovery import dp_lase, warpedganspace
from latentstudio.discovery.dp_lase import DpLaseOptions
from latentstudio.discovery.latents import Latents, survey
from latentstudio.discovery.training import Run, Trainer
from latentstudio.discovery.warpedganspace import WarpedOptions
from latentstudio.generators.builtin import find_model
from latentstudio.generators.registry import open_generator

COUNT, DIPOLES = 20, 16
WARPED_BATCH, LASE_BATCH = 32, 16
"""What both methods take by default."""
Once = Callable[[int], None]


def ours(task, method, options, latents: Latents) -> Once:
    """One step of the product's own trainer."""
    info = latents.generator.info
    trainer = Trainer(
        task, Run(method, info, options, 0, 10**6, options.batch, latents.generator.device), None
    )
    trainer._shown = float("inf")  # provisional directions are not what is timed
    return lambda step: trainer.advance() and None


class PlainBlock(nn.Module):
    """A residual block of torch's own layers."""

    def __init__(self, inputs: int, outputs: int, stride: int) -> None:
        super().__init__()
        self.body = nn.Sequential(
            nn.Conv2d(inputs, outputs, 3, stride, 1, bias=False),
            nn.BatchNorm2d(outputs),
            nn.ReLU(inplace=True),
            nn.Conv2d(outputs, outputs, 3, 1, 1, bias=False),
            nn.BatchNorm2d(outputs),
        )
        self.shortcut = nn.Sequential()
        if stride > 1:
            project = nn.Conv2d(inputs, outputs, 1, stride, bias=False)
            self.shortcut = nn.Sequential(project, nn.BatchNorm2d(outputs))

    def forward(self, x: Tensor) -> Tensor:
        return F.relu(self.body(x) + self.shortcut(x))


class PlainJudge(nn.Module):
    """ResNet-18 of torch's own layers on the pair of pictures side by side in channels."""

    def __init__(self, channels: int, count: int) -> None:
        super().__init__()
        stem = nn.Conv2d(2 * channels, 64, 7, 2, 3, bias=False)
        layers = [stem, nn.BatchNorm2d(64), nn.ReLU(inplace=True), nn.MaxPool2d(3, 2, 1)]
        for inputs, width in ((64, 64), (64, 128), (128, 256), (256, 512)):
            layers += [
                PlainBlock(inputs, width, 1 + (inputs != width)),
                PlainBlock(width, width, 1),
            ]
        self.body = nn.Sequential(*layers)
        self.which, self.how_far = nn.Linear(512, count), nn.Linear(512, 1)

    def forward(self, before: Tensor, after: Tensor) -> tuple[Tensor, Tensor]:
        seen = self.body(torch.cat([before, after], dim=1)).mean((2, 3))
        return self.which(seen), self.how_far(seen)[:, 0]


def plain_warped(latents: Latents) -> Once:
    """Two pictures with graphs, a mask filled in a loop, all support sets multiplied by it."""
    generator, dim = latents.generator, latents.dim
    support = torch.randn(COUNT, 2 * DIPOLES * dim, requires_grad=True)
    alphas = torch.tensor([1.0, -1.0]).repeat(COUNT, DIPOLES)
    log_gamma = torch.full((COUNT, 1), 1 / dim).log().requires_grad_()
    judge = PlainJudge(generator.info.channels, COUNT)
    first = torch.optim.Adam([support, log_gamma], lr=1e-4)
    second = torch.optim.Adam(judge.parameters(), lr=1e-4)

    def once(step: int) -> None:
        first.zero_grad()
        second.zero_grad()
        start, _ = latents.start(0, step, WARPED_BATCH)
        which = torch.randint(0, COUNT, [WARPED_BATCH])
        size = (torch.rand(WARPED_BATCH) * 0.2 + 0.25) * torch.randn(WARPED_BATCH).sign()
        mask = torch.zeros(WARPED_BATCH, COUNT)
        for row, index in enumerate(which):
            mask[row][index] += 1.0
        rows = (mask @ support).view(WARPED_BATCH, 2 * DIPOLES, dim)
        weights, gammas = mask @ alphas, (mask @ log_gamma).exp()
        away = start[:, None] - rows
        bump = weights * gammas * torch.exp(-gammas * away.square().sum(2))
        gradient = -2 * (bump[..., None] * away).sum(1)
        moved = start + size[:, None] * gradient / gradient.norm(dim=1, keepdim=True)
        before = generator.synthesize(generator.broadcast(start))
        after = generator.synthesize(generator.broadcast(moved))
        scores, guess = judge(before, after)
        loss = F.cross_entropy(scores, which) + 0.25 * (guess - size).abs().mean()
        loss.backward()
        first.step()
        second.step()
        _ = (scores.argmax(1) == which).float().mean().item(), loss.item()

    return once


def plain_dp_lase(latents: Latents, tap: str) -> Once:
    """Three full passes, of which the features at one layer are kept."""
    generator = latents.generator
    d0 = torch.randn(COUNT, latents.dim, requires_grad=True)
    optimiser = torch.optim.Adam([d0], lr=1e-4)

    def features(latent: Tensor) -> Tensor:
        kept = []
        codes = generator.broadcast(latent)
        generator.synthesize_with(codes, {tap: lambda f: kept.append(f) or f})
        return kept[0]

    def once(step: int) -> None:
        optimiser.zero_grad()
        start, _ = latents.start(0, step, LASE_BATCH)
        directions = d0 / d0.norm(dim=1, keepdim=True)
        i, j = torch.randint(0, COUNT, [2, LASE_BATCH])
        t = (torch.rand(LASE_BATCH) * 2 - 1) * 6
        still = features(start)
        deltas = []
        for index in (i, j):
            mask = torch.zeros(LASE_BATCH, COUNT)
            for row, chosen in enumerate(index):
                mask[row][chosen] += 1.0
            shift = latents.displacement(t[:, None] * (mask @ directions))
            deltas.append(features(latents.on_shell(start, shift)) - still)
        change = deltas[0].square().mean() + deltas[1].square().mean()
        cosine = F.cosine_similarity(deltas[0].flatten(2), deltas[1].flatten(2), dim=2)
        loss = -change + 0.1 * cosine.square().mean()
        loss.backward()
        optimiser.step()
        with torch.no_grad():
            for k in range(COUNT):
                for above in range(k):
                    d0[k] -= (d0[k] @ d0[above]) / (d0[above] @ d0[above]) * d0[above]

    return once


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


def all_sides(latents: Latents) -> dict[str, dict[str, Once]]:
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


def alone(latents: Latents, method: str, side: str) -> int:
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
