"""Own pictures: against published projectors, and what each stage keeps.

    python -m tests.benchmarks.inversion portraits [--pictures 8] [--held HELD.rgb]
    python -m tests.benchmarks.inversion random [--seconds 180] [--pictures 2]

`portraits` is the built-in model, with its own samples and, where a file of raw 64 px frames is
given (see packaging/portraits/README.md, `held`), with drawn portraits that no training saw;
`random` is a StyleGAN2 of 256 px with random weights and its own samples. Pictures are the same
for all, wall times are of one process in turns, and errors are one network's distances.
"""

import argparse
import json
import statistics
import tempfile
import time
from pathlib import Path

import numpy as np
import torch

from latentstudio.core.progress import run
from latentstudio.core.spaces import Space
from latentstudio.engine.images import to_pixels
from latentstudio.exchange.presets import read_preset
from latentstudio.generators.builtin import find_model
from latentstudio.generators.registry import open_generator
from latentstudio.inversion.crop import whole
from latentstudio.inversion.features import features
from latentstudio.inversion.options import InversionOptions
from latentstudio.inversion.pictures import Photo
from latentstudio.inversion.problem import psnr
from latentstudio.inversion.search import Progress
from latentstudio.inversion.tuning import TuningOptions, tune
from latentstudio.inversion.tuning_file import with_tuning
from latentstudio.render.pipeline import Move, Pipeline
from latentstudio.session import models
from latentstudio.session.inverting import InversionRequest, invert, tools_of
from tests.benchmarks.projectors import project
from tests.benchmarks.random_model import random_stylegan2

SCHEDULES = {"NVlabs": (1000, 0.1), "PTI": (450, 0.005)}
DIRECTIONS = {
    "Glasses": "glasses", "Beard": "beard", "Long hair": "long hair", "Smile": "smile",
    "Skin tone": "light skin",
}  # fmt: skip


def own_samples(generator, count):
    with torch.no_grad():
        w = generator.map(generator.sample_z(range(7000, 7000 + count)))
        return [to_pixels(generator.synthesize(generator.broadcast(one[None])))[0] for one in w], w


def ours(generator, pixels, steps=40):
    """Our search and its trail: (seconds, error, PSNR) of every picture it showed."""
    photo = Photo(pixels, "picture")
    job = invert(
        generator,
        InversionRequest(photo, whole(*pixels.shape[1::-1]), InversionOptions(steps=steps)),
    )
    network, wanted, trail = features(generator.device), None, []
    began, paused = time.perf_counter(), 0.0
    while True:
        try:
            step = next(job)
        except StopIteration as stop:
            return stop.value, time.perf_counter() - began - paused, trail
        if isinstance(step.preview, Progress):
            here = time.perf_counter()
            image = torch.from_numpy(step.preview.pixels).permute(2, 0, 1)[None] / 127.5 - 1
            wanted = picture(pixels) if wanted is None else wanted
            trail.append((here - began - paused, float(network.distance(image, wanted)),
                          psnr(image, wanted)))  # fmt: skip
            paused += time.perf_counter() - here


def picture(pixels):
    return torch.from_numpy(pixels.copy()).permute(2, 0, 1)[None].float() / 127.5 - 1


def theirs(found, name, seconds):
    """A published schedule on the same problem, and its trail."""
    problem, trail = found.problem, []
    steps, rate = SCHEDULES[name]

    def see(elapsed, w):
        with torch.no_grad():
            image = problem.generator.synthesize(problem.generator.broadcast(w), problem.classes(1))
            trail.append((elapsed, float(problem.feature_loss(image)), psnr(image, problem.target)))

    project(problem, steps, rate, seconds, see)
    return trail


def compared(generator, pictures, seconds):
    """Each picture by ours and by the published schedules."""
    rows, results = [], []
    for pixels in pictures:
        found, took, trail = ours(generator, pixels)
        results.append(found)
        w, wplus = found.place(1.0), found.place(0.0)
        code_took = found.found.seconds["start"] + found.found.seconds["code"]
        row = {"ours, W": [code_took, w.error, w.psnr], "ours, W+": [took, wplus.error, wplus.psnr]}
        for name in SCHEDULES:
            other = theirs(found, name, seconds)
            row[name] = list(other[-1])
            at = [one for one in other if one[0] <= code_took] or other[:1]
            row[f"{name}, after our time in W"] = list(at[-1])
            target = other[-1][1]
            sooner = [
                t for t, error, _ in [*trail, (code_took, w.error, w.psnr)] if error <= target
            ]
            row[f"{name}: times sooner to its last error"] = (
                other[-1][0] / min(sooner) if sooner else None
            )
            reached = [t for t, error, _ in other if error <= w.error]
            row[f"{name}: times sooner to our error in W"] = (
                reached[0] if reached else other[-1][0]
            ) / code_took
            row[f"{name} reached our error in W"] = bool(reached)
        rows.append(row)
        print(json.dumps(row), flush=True)  # noqa: T201
    return rows, results


def recovered(results, w):
    """Cosine of round coordinates with the code that drew the picture."""
    charts = [(one.problem.chart.round(true[None]), one.found.editable) for one, true in
              zip(results, w, strict=True)]  # fmt: skip
    return [float(torch.cosine_similarity(a, b)) for a, b in charts]


def summary(rows):
    found = {}
    for name in rows[0]:
        values = [row[name] for row in rows if row[name] is not None]
        if not values:
            found[name] = None
        elif isinstance(values[0], list):
            found[name] = [round(statistics.median(v[i] for v in values), 3) for i in range(3)]
        else:
            found[name] = round(statistics.median(map(float, values)), 2)
    return found


def stages(generator, pictures):
    """PSNR, distance, attributes kept and effects of named directions, by stage."""
    run(models.PLUGINS.load_allowed())
    reader = reader_of_portraits()
    presets = read_preset(find_model("portraits").parents[1] / "presets" / "portraits.lpreset")
    natives = effects(generator, Pipeline(generator).from_seeds(range(24)), presets, reader)
    table = {}
    kept = {name: [] for name in ("editable", "middle", "faithful", "tuned")}
    for pixels in pictures:
        found, _, _ = ours(generator, pixels)
        problem = found.problem
        for name, place in (("editable", 1.0), ("middle", 0.5), ("faithful", 0.0)):
            with torch.no_grad():
                image = generator.synthesize(found.codes(place))
            kept[name].append((image, found.codes(place), found.place(place).reading.state))
        tuning = run(tune(problem, found.found.at(0.5), TuningOptions())).difference
        fitted = run(with_tuning(generator, tuning))
        with torch.no_grad():
            image = fitted.synthesize(found.codes(0.5))
        kept["tuned"].append((image, found.codes(0.5), kept["middle"][-1][2]))
    targets = torch.cat([picture(p) for p in pictures])
    network = features(generator.device)
    for name, parts in kept.items():
        images = torch.cat([part[0] for part in parts]).clamp(-1, 1)
        codes = torch.cat([part[1] for part in parts]).cpu().numpy()
        moved = effects(
            generator, Pipeline(generator).from_array(codes, Space.WPLUS), presets, reader
        )
        choices, colours = alike(reader, images, targets)
        table[name] = {
            "PSNR": round(statistics.mean(psnr(i[None], t[None]) for i, t in
                                          zip(images, targets, strict=True)), 2),
            "least PSNR": round(min(psnr(i[None], t[None]) for i, t in
                                    zip(images, targets, strict=True)), 2),
            "distance": round(float(network.distance(images, targets).mean()), 4),
            "choices kept": round(choices, 3),
            "colours' mean error": round(colours, 4),
            "on the shell": sum(part[2] == "on" for part in parts) / len(parts),
            "effects kept": {n: round(moved[n] / natives[n], 2) for n in moved},
        }  # fmt: skip
    return table


def reader_of_portraits():
    import importlib

    return importlib.import_module("plugins.portraits_attributes").reader()


@torch.no_grad()
def alike(reader, images, targets):
    """Share of the choices that read alike, and the mean difference of colours."""
    a, b = (reader.network.split(reader.network(x)) for x in (images, targets))
    same = [(a[0][n].argmax(1) == b[0][n].argmax(1)).float().mean() for n in a[0]]
    return float(torch.stack(same).mean()), float((a[1] - b[1]).abs().mean())


@torch.no_grad()
def effects(generator, latents, presets, reader):
    """Change of each direction's attribute from -2 to +2, mean over the pictures."""
    found = {}
    for direction in presets.directions:
        if direction.name not in DIRECTIONS:
            continue
        column = reader.names.index(DIRECTIONS[direction.name])
        ends = []
        for amount in (-2.0, 2.0):
            moved = Pipeline(generator).apply(latents, [Move(direction, amount)])
            ends.append(reader.read(Pipeline(generator).images(moved).clone())[:, column].mean())
        found[direction.name] = float(ends[1] - ends[0])
    return found


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", choices=("portraits", "random", "stages"))
    parser.add_argument("--pictures", type=int, default=4)
    parser.add_argument("--held", type=Path)
    parser.add_argument("--seconds", type=float, default=1e9, help="most, for a projector")
    parser.add_argument("--threads", type=int, default=2)
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    with tempfile.TemporaryDirectory() as folder:
        if args.what == "random":
            path = Path(folder) / "random-256.safetensors"
            random_stylegan2(path, 256)
        else:
            path = find_model("portraits")
        generator = run(open_generator(path))
    began = time.perf_counter()
    tools = tools_of(generator)
    run(tools.density(None))
    run(tools.pool(None))
    report = {"once for a model, s": round(time.perf_counter() - began, 1)}
    held = []
    if args.held:
        frames = np.fromfile(args.held, np.uint8).reshape(-1, 64, 64, 3)
        held = [frame.copy() for frame in frames[: args.pictures]]
    if args.what == "stages":
        report["held-out portraits, by stage"] = stages(generator, held)
    else:
        pictures, w = own_samples(generator, args.pictures)
        rows, results = compared(generator, pictures, args.seconds)
        report["own samples, medians of [s, distance, PSNR]"] = summary(rows)
        report["own samples, cosine with the code"] = recovered(results, w)
        if held:
            rows, _ = compared(generator, held, args.seconds)
            report["held-out portraits, medians of [s, distance, PSNR]"] = summary(rows)
    print(json.dumps(report, indent=1))  # noqa: T201


if __name__ == "__main__":
    main()
