"""Own pictures: against published projectors, and what each stage keeps.

    python -m tests.benchmarks.inversion portraits [--pictures 8] [--held HELD]
    python -m tests.benchmarks.inversion random [--seconds 180] [--pictures 2]
    python -m tests.benchmarks.inversion stages --pictures 12 --held HELD

`portraits` is the built-in model, with its own samples and, where HELD.rgb and HELD.jsonl are
given (see packaging/portraits/README.md), with drawn portraits that no training saw; `random` is
a StyleGAN2 of 256 px with random weights and its own samples. Pictures are the same for all, times
are of one process in turns, and errors are one network's distances. With `--processor` they are
seconds of the processor on one thread, which other work on the machine does not change.
"""

import argparse
import json
import statistics
import tempfile
import time
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import numpy as np
import torch

from latentstudio.core.progress import run
from latentstudio.engine.images import to_pixels
from latentstudio.engine.jacobian import jacobian
from latentstudio.generators.builtin import find_model
from latentstudio.generators.registry import open_generator
from latentstudio.inversion.crop import whole
from latentstudio.inversion.features import features
from latentstudio.inversion.options import InversionOptions
from latentstudio.inversion.pictures import Photo
from latentstudio.inversion.problem import psnr
from latentstudio.inversion.search import Progress, search
from latentstudio.session import inverting
from latentstudio.session.inverting import InversionRequest, invert, tools_of
from tests.benchmarks.inversion_stages import stages
from tests.benchmarks.projectors import project
from tests.benchmarks.random_model import random_stylegan2

SCHEDULES = {"NVlabs": (1000, 0.1), "PTI": (450, 0.005)}


def own_samples(generator, count):
    with torch.no_grad():
        w = generator.map(generator.sample_z(range(7000, 7000 + count)))
        return [to_pixels(generator.synthesize(generator.broadcast(one[None])))[0] for one in w], w


class Watch:
    """Seconds, without those in which something was measured."""

    def __init__(self, clock=time.perf_counter):
        self._clock, self._out = clock, 0.0

    def __call__(self):
        return self._clock() - self._out

    @contextmanager
    def paused(self):
        began = self._clock()
        yield
        self._out += self._clock() - began


def ours(generator, pixels, steps=40, clock=time.perf_counter):
    """Our search, its seconds and its trail: (seconds, error, PSNR) of every picture it showed."""
    now = Watch(clock)
    inverting.search = partial(search, clock=now)
    photo = Photo(pixels, "picture")
    job = invert(
        generator,
        InversionRequest(photo, whole(*pixels.shape[1::-1]), InversionOptions(steps=steps)),
    )
    network, wanted, trail = features(generator.device), picture(pixels), []
    began = now()
    while True:
        try:
            step = next(job)
        except StopIteration as stop:
            return stop.value, now() - began, trail
        if isinstance(step.preview, Progress):
            with now.paused():
                image = picture(step.preview.pixels)
                error, like = float(network.distance(image, wanted)), psnr(image, wanted)
            trail.append((now() - began, error, like))


def picture(pixels):
    return torch.from_numpy(pixels.copy()).permute(2, 0, 1)[None].float() / 127.5 - 1


def theirs(found, name, seconds, share=1.0, clock=time.perf_counter):
    """A published schedule on the same problem, and its trail."""
    problem, trail = found.problem, []
    steps, rate = SCHEDULES[name]
    steps = round(share * steps)

    def see(elapsed, w):
        with torch.no_grad():
            image = problem.generator.synthesize(problem.generator.broadcast(w), problem.classes(1))
            trail.append((elapsed, float(problem.feature_loss(image)), psnr(image, problem.target)))

    project(problem, steps, rate, seconds, see, clock=clock)
    return trail


def compared(generator, pictures, seconds, share, by_us, clock=time.perf_counter):
    """Each picture by ours and by the published schedules."""
    rows, results = [], []
    for pixels in pictures:
        found, took, trail = by_us(pixels)
        results.append(found)
        w, wplus = found.place(1.0), found.place(0.0)
        code_took = found.found.seconds["start"] + found.found.seconds["code"]
        row = {"ours, W": [code_took, w.error, w.psnr], "ours, W+": [took, wplus.error, wplus.psnr]}
        trail += [(code_took, w.error, w.psnr), (took, wplus.error, wplus.psnr)]
        row["ours: seconds to 24 dB"] = next((t for t, _, like in trail if like >= 24), None)
        for name in SCHEDULES:
            other = theirs(found, name, seconds, share, clock)
            row[name] = list(other[-1])
            at = [one for one in other if one[0] <= code_took] or other[:1]
            row[f"{name}, after our time in W"] = list(at[-1])
            target = other[-1][1]
            sooner = [t for t, error, _ in trail if error <= target]
            row[f"{name}: times sooner to its last error"] = (
                other[-1][0] / min(sooner) if sooner else None
            )
            reached = [t for t, error, _ in other if error <= w.error]
            row[f"{name}: times sooner to our error in W"] = (
                reached[0] if reached else other[-1][0]
            ) / code_took
            row[f"{name} reached our error in W"] = bool(reached)
            row[f"{name}: trail"] = [[round(v, 3) for v in one] for one in other[::10]]
        rows.append(row)
        print(json.dumps(row), flush=True)  # noqa: T201
    return rows, results


def recovered(results, w):
    """Cosines of round coordinates with those of the code that drew the picture.

    The second weighs coordinates by how much of the picture they change (by JᵀJ there).
    """
    found = []
    for one, true in zip(results, w, strict=True):
        problem = one.problem
        true, mine = problem.chart.round(true[None]), one.found.editable
        derived = run(jacobian(problem.generator, problem.codes(true), problem.classes(1)))
        columns = derived.values.flatten(0, 2) @ problem.chart.slope(true[0])
        a, b = columns @ true[0], columns @ mine[0]
        found.append([float(torch.cosine_similarity(true, mine)),
                      float(torch.cosine_similarity(a, b, dim=0))])  # fmt: skip
    return found


def summary(rows):
    found = {}
    for name in rows[0]:
        if name.endswith("trail"):
            continue
        values = [row[name] for row in rows if row[name] is not None]
        if not values:
            found[name] = None
        elif isinstance(values[0], list):
            found[name] = [round(statistics.median(v[i] for v in values), 3) for i in range(3)]
        else:
            found[name] = round(statistics.median(map(float, values)), 2)
    return found


def held_frames(held):
    """Portraits that no training saw, (N, 64, 64, 3)."""
    return np.fromfile(f"{held}.rgb", np.uint8).reshape(-1, 64, 64, 3)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", choices=("portraits", "random", "stages"))
    parser.add_argument("--pictures", type=int, default=4)
    parser.add_argument("--held", type=Path, help="without its ending, .rgb and .jsonl")
    parser.add_argument("--first", type=int, default=0, help="of the held-out portraits")
    parser.add_argument("--steps", type=int, default=40, help="of ours")
    parser.add_argument("--theirs", type=float, default=1.0, help="share of their steps, ramps too")
    parser.add_argument("--processor", action="store_true", help="seconds of one processor")
    parser.add_argument("--seconds", type=float, default=1e9, help="most, for a projector")
    parser.add_argument("--threads", type=int, default=2)
    args = parser.parse_args()
    torch.set_num_threads(1 if args.processor else args.threads)
    clock = time.process_time if args.processor else time.perf_counter
    with tempfile.TemporaryDirectory() as folder:
        if args.what == "random":
            path = Path(folder) / "random-256.safetensors"
            random_stylegan2(path, 256)
        else:
            path = find_model("portraits")
        generator = run(open_generator(path))
    began = clock()
    tools = tools_of(generator)
    run(tools.density(None))
    run(tools.pool(None))
    report = {"once for a model, s": round(clock() - began, 1)}
    rows = slice(args.first, args.first + args.pictures)
    held = [frame.copy() for frame in held_frames(args.held)[rows]] if args.held else []
    by_us = partial(ours, generator, steps=args.steps, clock=clock)
    if args.what == "stages":
        report["held-out portraits, by stage"] = stages(generator, held, args.held, rows, by_us)
    else:
        pictures, w = own_samples(generator, args.pictures)
        rows, results = compared(generator, pictures, args.seconds, args.theirs, by_us, clock)
        report["own samples, medians of [s, distance, PSNR]"] = summary(rows)
        report["own samples, cosine with the code"] = recovered(results, w)
        if held:
            rows, _ = compared(generator, held, args.seconds, args.theirs, by_us, clock)
            report["held-out portraits, medians of [s, distance, PSNR]"] = summary(rows)
    print(json.dumps(report, indent=1))  # noqa: T201


if __name__ == "__main__":
    main()
