"""From opening a large model to its first local sliders: where the seconds go.

    python -m tests.benchmarks.first_stroke [--size 1024] [--threads 2] [--output F.json]

A StyleGAN2 with random weights is opened as the window opens it, without anything kept from an
earlier start; then comes a stroke over some 4 % of the picture. Jobs of the background thread run
one after the other.
"""

import argparse
import json
import os
import tempfile
import time
from pathlib import Path

import numpy as np
import torch

from latentstudio.benchmark.random_model import random_generator
from latentstudio.core.progress import run
from latentstudio.document.start import Seed
from latentstudio.document.state import MaskUse, Picture
from latentstudio.generators.save import save_generator
from latentstudio.region.pool_metric import CELLS, LEADING, PoolMetric
from latentstudio.region.tangent_order import usual_basis
from latentstudio.session.models import open_model
from latentstudio.session.region_messages import LocalNews, LocalRequest
from latentstudio.session.regions import USUAL_LAYERS
from latentstudio.session.studio import Studio
from latentstudio.store import cache, pool_metrics


class Clock:
    """Seconds of each part, and since the stroke."""

    def __init__(self):
        self.report = {}

    def timed(self, name, act):
        began = time.perf_counter()
        found = act()
        self.report[name] = round(time.perf_counter() - began, 2)
        print(name, self.report[name], flush=True)  # noqa: T201
        return found


def opened(size, base, clock):
    """The studio with the model open."""
    path = Path(os.environ["LATENTSTUDIO_HOME"]) / "random.safetensors"
    save_generator(random_generator(size, base=base), path)
    run(open_model("portraits", "cpu"))  # imports
    studio = Studio(lambda _: None)
    clock.timed("opening", lambda: run(studio.open(str(path))))
    return studio


def stroke(size):
    """A box of a fifth of the side: (size, size) bytes."""
    mask = np.zeros((size, size), np.uint8)
    low, high = round(0.45 * size), round(0.65 * size)
    mask[low:high, low:high] = 255
    return mask


def known_pool(studio):
    """As if the model's pool had been measured: what it says doesn't matter to the clock."""
    generator, rng = studio._model.generator, np.random.default_rng(0)
    dim, led, cells = generator.info.code_dim, LEADING, CELLS**2
    rows = rng.normal(size=(cells, led, 12)).astype(np.float32)
    grams = (rows @ rows.transpose(0, 2, 1)).astype(np.float16)
    tail = np.full((cells, dim - led), 0.1, np.float16)
    basis = usual_basis(generator, USUAL_LAYERS).numpy()
    made = PoolMetric(basis, np.ones(dim, np.float32), grams, tail, 1.0, USUAL_LAYERS, 8)
    path = pool_metrics._path(generator, USUAL_LAYERS, None)
    cache.store(path, made.arrays(), made.record())


def answers(studio, request, until=1.0):
    """Seconds to each answer: (share of tangents, seconds since the question, LocalNews)."""
    began, found = time.perf_counter(), []
    jobs = [studio.regions.first_sliders(request), studio.regions.sliders(request)]
    job = jobs.pop(0)
    while True:
        try:
            news = next(job).preview
        except StopIteration as stop:
            if not jobs:
                found.append((1.0, time.perf_counter() - began, stop.value))
                return found
            print("  first answers", round(time.perf_counter() - began, 2), flush=True)  # noqa: T201
            job = jobs.pop(0)
            continue
        if isinstance(news, LocalNews):
            found.append((news.known, time.perf_counter() - began, news))
            print("  ", round(news.known, 4), round(found[-1][1], 2), flush=True)  # noqa: T201
            if news.known >= until:
                job.close()
                return found


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--size", type=int, default=1024)
    parser.add_argument("--base", type=int, default=32768)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument(
        "--until", type=float, default=1.0, help="share of tangents at which to end"
    )
    parser.add_argument("--first", action="store_true", help="the stroke before all other jobs")
    parser.add_argument("--pool", action="store_true", help="the model's pool is known")
    parser.add_argument("--output", type=Path)
    given = parser.parse_args()
    torch.set_num_threads(given.threads)
    clock = Clock()
    clock.report["load"] = os.getloadavg()[0]
    with tempfile.TemporaryDirectory() as home:
        os.environ["LATENTSTUDIO_HOME"] = home
        studio = opened(given.size, given.base, clock)
        picture = Picture(Seed(0))
        model = studio._model
        codes = model.renderer.latents(picture).codes

        @torch.inference_mode()
        def bare():
            model.generator.synthesize(codes)

        clock.timed("a bare picture", bare)
        clock.timed("a bare picture, again", bare)
        if not given.first:
            clock.timed("density reference", lambda: run(studio.measure(None)))
            began, seen = time.perf_counter(), []
            for step in studio.default_directions():
                if step.preview is not None and not seen:
                    seen.append(time.perf_counter() - began)
                    clock.report["first directions (SeFa)"] = round(seen[0], 2)
            clock.report["all directions (GANSpace)"] = round(time.perf_counter() - began, 2)
            print(clock.report, flush=True)  # noqa: T201
        if given.pool:
            known_pool(studio)
        digest = studio.assets.put(stroke(given.size))
        request = LocalRequest(picture, MaskUse(digest))
        found = answers(studio, request, given.until)
        coarse = model.renderer.coarse
        heads = coarse.heads if coarse else ()
        clock.report["heads"] = [(one.head.tap, one.side, round(one.seconds, 3)) for one in heads]
        clock.report["answers"] = [(round(k, 3), round(s, 2)) for k, s, _ in found]
        clock.report["load after"] = os.getloadavg()[0]
    text = json.dumps(clock.report, indent=1)
    print(text)  # noqa: T201
    if given.output:
        given.output.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
