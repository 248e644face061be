"""A model of 1,024 pixels on a processor: dragging, resting, strips, first directions, memory.

    python -m tests.benchmarks.large [--size 1024] [--threads 2] [--rounds 7] [--output F.json]
    python -m tests.benchmarks.large --real portraits MODEL ...

The first measures a StyleGAN2 (config F, 512 dimensions, random weights) through the studio's own
jobs, as the window asks for them. What the machine does beside changes every time, so each figure
is taken in turns with a bare forward pass and reported over it, too. The second compares what
preview heads show with whole pictures brought down, of models that draw something.
"""

import argparse
import json
import os
import statistics
import tempfile
import time
from functools import partial
from pathlib import Path

import torch
import torch.nn.functional as F

from latentstudio.benchmark.plain_stylegan2 import Plain
from latentstudio.benchmark.random_model import random_generator
from latentstudio.core.progress import run
from latentstudio.document.start import Seed
from latentstudio.document.state import Edit, Picture
from latentstudio.engine.generator import Window
from latentstudio.engine.head_fitting import fit_heads
from latentstudio.engine.images import to_pixels
from latentstudio.engine.layer_times import LEAST_SIDE, measure_layers
from latentstudio.engine.precision import in_precision, precisions
from latentstudio.engine.preview_heads import preview
from latentstudio.generators.save import save_generator
from latentstudio.session.models import open_model
from latentstudio.session.studio import Studio

SEEDS = range(20)


def clocked(once):
    began = time.perf_counter()
    once()
    return time.perf_counter() - began


def status(key):
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(key)) * 1024


def over(pairs):
    """Median of each side and of the ratios within a turn."""
    one, other = zip(*pairs, strict=True)
    ratio = statistics.median(a / b for a, b in pairs)
    return {"seconds": statistics.median(one), "bare": statistics.median(other), "over_bare": ratio}


class Bench:
    """The studio with a model open, and the bare network."""

    def __init__(self, size, rounds):
        self.rounds, self.report = rounds, {}
        self.folder = tempfile.TemporaryDirectory()
        os.environ["LATENTSTUDIO_HOME"] = self.folder.name
        path = Path(self.folder.name) / "random.safetensors"
        save_generator(random_generator(size), path)
        run(open_model("portraits", "cpu"))  # imports
        self.studio = Studio(lambda _: None)
        Path("/proc/self/clear_refs").write_text("5")  # forget the peak so far
        before, began = status("VmRSS:"), time.perf_counter()
        summary = run(self.studio.open(str(path)))
        self.report["open, s"] = time.perf_counter() - began
        self.began = time.perf_counter()
        self.renderer = self.studio._model.renderer
        self.generator = self.renderer.generator
        self.before, self.weights = before, 4 * summary.info.parameters

    def memory(self, name):
        peak = status("VmHWM:") - self.before - self.weights
        self.report[f"peak beyond the weights, {name}, GB"] = peak / 1e9

    def first(self):
        """Directions and heads, in the order of the window."""
        for step in self.studio.default_directions():
            if step.preview is not None and "first directions, s after opening" not in self.report:
                self.report["first directions, s after opening"] = time.perf_counter() - self.began
        self.report["all first directions, s after opening"] = time.perf_counter() - self.began
        for _ in self.studio.prepare_previews():
            fitted = self.renderer.coarse and self.renderer.coarse.pictures
            if fitted and "first heads, s after opening" not in self.report:
                self.report["first heads, s after opening"] = time.perf_counter() - self.began
        self.report["heads of 8 pictures, s after opening"] = time.perf_counter() - self.began
        self.memory("opened and prepared")

    def bare(self, amount):
        codes = self.renderer.latents(self.picture(amount)).codes

        @torch.inference_mode()
        def once():
            to_pixels(self.generator.synthesize(codes))

        return clocked(once)

    def picture(self, amount, id="sefa-0", layers=None):
        return Picture(Seed(0), edits=(Edit(id, amount, layers=layers),))

    def drag(self):
        """Pictures a second, and from the last of them to the whole picture."""
        moves, resting = [], []
        for turn in range(self.rounds):
            steps = []
            for step in range(8):
                picture = self.picture(0.5 * turn + step / 20 + 0.01)
                steps.append(
                    clocked(lambda p=picture: run(self.studio.pictures.show(p, moving=True)))
                )
            bare = self.bare(0.5 * turn + 0.005)
            moves.append((statistics.median(steps), bare))
            resting.append((clocked(lambda p=picture: run(self.studio.pictures.show(p))), bare))
        self.report["dragging, a picture"] = over(moves)
        self.report["dragging, pictures a second"] = (
            1 / self.report["dragging, a picture"]["seconds"]
        )
        self.report["released to whole picture"] = over(resting)
        chosen = self.renderer.coarse.moving(0, [99] * len(self.renderer.coarse.heads))
        self.report["head while dragging"] = f"{chosen.head.tap}, {chosen.side} px"
        self.memory("dragging")

    def strips(self):
        pairs = []
        for turn in range(self.rounds):
            start = self.picture(0.3 + turn / 10)
            wanted = {f"sefa-{turn + 1}": 7}
            spent = clocked(lambda s=start, w=wanted: run(self.studio.pictures.films(s, w)))
            pairs.append((spent, self.bare(turn / 10 + 0.02)))
        self.report["seven strip frames"] = over(pairs)

    def late(self):
        """Edits of late layers, which go on from the features before them."""
        for side, first in ((128, 9), (512, 13)):
            layers, pairs = (first, 17), []
            run(self.studio.pictures.show(self.picture(0.1, layers=layers)))
            for turn in range(self.rounds):
                picture = self.picture(0.2 + turn / 10, layers=layers)
                spent = clocked(lambda p=picture: run(self.studio.pictures.show(p)))
                pairs.append((spent, self.bare(turn / 10 + 0.03)))
            self.report[f"whole picture, edit of layers from {side} px"] = over(pairs[1:])

    def windows(self):
        side = self.generator.info.resolution
        for name, share in (("an eighth of the side", 8), ("half of the side", 2)):
            width = side // share
            top = (side - width) // 2
            window = Window(top, top, top + width, top + width)
            codes = self.renderer.latents(self.picture(1.0)).codes

            @torch.inference_mode()
            def part(codes=codes, window=window):
                self.generator.synthesize_window(codes, window)

            pairs = [(clocked(part), self.bare(1.0)) for _ in range(self.rounds)]
            self.report[f"masked, a square of {name}"] = over(pairs)

    def plain(self):
        """Our synthesis against the reference's operations, in turns."""
        for size in (256, self.generator.info.resolution):
            generator = random_generator(size)
            network = Plain(generator.weights.tensors, size)
            with torch.inference_mode():
                ws = generator.broadcast(generator.map(generator.sample_z([0])))
                for name in precisions(generator.device):
                    ours = partial(in_precision(generator, name).synthesize, ws)
                    theirs = partial(network, ws)
                    pairs = [(clocked(theirs), clocked(ours)) for _ in range(self.rounds + 1)]
                    times = statistics.median(a / b for a, b in pairs[1:])
                    self.report[f"plain operations over ours, {size} px, {name}"] = times


def real(model):
    """What heads show of a model, against its whole pictures brought down."""
    generator = run(open_model(model, "cpu"))
    info = generator.info
    classes = torch.zeros(1, dtype=torch.int64) if info.classes else None
    times = measure_layers(generator, classes)
    layers = [one for one in times.layers if LEAST_SIDE <= one.side < info.resolution]
    found = {}
    with torch.inference_mode():
        many = torch.tensor([s % info.classes for s in SEEDS]) if info.classes else None
        codes = generator.broadcast(generator.map(generator.sample_z(list(SEEDS)), many))
        full = generator.synthesize(codes, many)
    for head, layer in zip(run(fit_heads(generator, layers)), layers, strict=True):
        with torch.inference_mode():
            made = preview(generator, head, codes, many)
            small = F.adaptive_avg_pool2d(full, made.shape[2:])
        pair = torch.stack([made.flatten(), small.flatten()])
        found[f"{layer.tap}, {layer.side} to {made.shape[-1]} px"] = {
            "mean difference": float((made - small).abs().mean()),
            "correlation": float(torch.corrcoef(pair)[0, 1]),
            "deviation of the pictures": float(small.std()),
        }
    return found


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--size", type=int, default=1024)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--output", type=Path)
    parser.add_argument("--real", nargs="+")
    given = parser.parse_args()
    torch.set_num_threads(given.threads)
    report = {"threads": given.threads, "load before": os.getloadavg()[0]}
    if given.real:
        report |= {model: real(model) for model in given.real}
    else:
        bench = Bench(given.size, given.rounds)
        for part in (bench.first, bench.drag, bench.strips, bench.late, bench.windows, bench.plain):
            part()
            print(part.__name__, json.dumps(bench.report, indent=1), flush=True)  # noqa: T201
        report |= bench.report
    report["load after"] = os.getloadavg()[0]
    text = json.dumps(report, indent=1)
    print(text)  # noqa: T201
    if given.output:
        given.output.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
