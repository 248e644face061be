"""How good a method's directions are after how long, on several models and seeds.

    python -m tests.benchmarks.learning_curves measure FILE.jsonl MODEL… [--method M[,KEY=VALUE…]]…
    python -m tests.benchmarks.learning_curves draw FILE.jsonl --output FILE.svg
    python -m tests.benchmarks.learning_curves settings FILE.jsonl

Each run goes on to the last mark of processor time on one thread (methods that look at samples are
run once for each number of them), with 32 directions. A rule without labels judges them: how alike
a direction's change is on four pictures, mean of the directions (`ChangeMaps.consistency`). Where a
predictor was made for the model, the mean over attributes of the best direction's correlation says
whether the rule is any good. `draw` makes the curves, mean and deviation over seeds, and prints the
table of all marks. `settings` sets one method's settings side by side, at the last mark: the
rule on each model, its mean, and the correlation where it was read.
"""

import argparse
import json
import time
from collections import defaultdict
from pathlib import Path

import numpy as np
import torch

from latentstudio.cli.printing import say
from latentstudio.core.progress import run
from latentstudio.discovery.registry import METHODS
from latentstudio.discovery.start import discover
from latentstudio.document.findings import Findings
from latentstudio.evaluate.change_maps import change_maps
from latentstudio.evaluate.contestants import random_directions
from latentstudio.evaluate.pools import seed_pool
from latentstudio.evaluate.traversing import traverser
from latentstudio.session.models import open_model
from tests.benchmarks import svg_panels as svg
from tests.benchmarks.compared_methods import spread
from tests.benchmarks.guessing_games import apart_of, read
from tests.benchmarks.svg_panels import ROOM, SIDE

MARKS = (3.0, 9.0, 27.0)
SAMPLES = {"ganspace": (1000, 10_000, 100_000), "picture-ica": (1024, 4096, 16_384)}
COUNT, STARTS, RANDOM = 32, 4, "random"
ENDLESS = 1_000_000
INKS = ("#888888", "#c77d0a", "#1b7f6b", "#2b5fb3", "#a33a6f", "#555500", "#007777")


def states(model, method, pairs, seed, every):
    """Seconds and directions at each mark."""
    if method == RANDOM:
        yield 1.0, random_directions(model, COUNT, seed)
        return
    if method in SAMPLES:
        for samples in SAMPLES[method]:
            begun = time.process_time()
            found = run(discover(model, method, [*pairs, f"samples={samples}"], seed))
            yield time.process_time() - begun, found
        return
    job, marks = discover(model, method, [*pairs, f"steps={ENDLESS}"], seed), list(every)
    begun = time.process_time()
    for step in job:
        spent = time.process_time() - begun
        if spent < marks[0] or not isinstance(step.preview, Findings):
            continue
        if step.preview.directions is not None:  # shown every few seconds only
            marks.pop(0)
            yield spent, step.preview.directions
            begun = time.process_time() - spent  # what judging took isn't learning
            if not marks:
                job.close()
                return


def measure(args):
    torch.set_num_threads(1)
    for name in args.models:
        model = run(open_model(name, "cpu"))
        pool = seed_pool(model, range(500, 500 + STARTS))
        guide = run(traverser(model, pool, "straight"))
        for method, *pairs in (text.split(",") for text in args.method):
            chosen = [f"count={min(COUNT, model.info.code_dim)}", *pairs]  # the last one counts
            for seed in range(args.first, args.seeds):
                for seconds, found in states(model, method, chosen, seed, args.marks):
                    directions = list(found.directions)
                    maps = run(change_maps(guide, directions))
                    line = {
                        "model": model.info.name,
                        "method": " ".join(
                            [METHODS[method].title if method != RANDOM else "Random", *pairs]
                        ),
                        "seed": seed,
                        "seconds": round(seconds, 2),
                        "alike": round(float(maps.consistency().mean()), 4),
                        "apart": round(apart_of(maps), 4),
                        "correlation": read(model, directions) if args.read else None,
                    }
                    with args.file.open("a", encoding="utf-8") as file:
                        file.write(json.dumps(line) + "\n")


def grouped(file):
    """Rows (seeds, marks, 3) of seconds, rule and correlation, by model and method."""
    runs = defaultdict(lambda: defaultdict(list))
    for line in map(json.loads, file.read_text(encoding="utf-8").splitlines()):
        value = np.nan if line["correlation"] is None else line["correlation"]
        row = (line["seconds"], line["alike"], value)
        runs[line["model"], line["method"]][line["seed"]].append(row)
    whole = {key: max(map(len, seeds.values())) for key, seeds in runs.items()}
    return {
        key: np.array([rows for rows in seeds.values() if len(rows) == whole[key]])
        for key, seeds in runs.items()
    }


def panel(model, curves, left):
    """One model's curves as SVG: the rule against seconds (logarithm)."""
    top = max(rows[..., 1].mean(0).max() for rows in curves.values()) * 1.15
    low, high = np.log(1.0), np.log(200.0)
    parts = [svg.frame(left, model, f"1 to 200 seconds; 0 to {top:.2f}")]
    for ink, rows in zip(INKS, curves.values(), strict=False):
        if rows.shape[1] == 1:  # nothing is learned: a level
            rows = np.concatenate([rows, rows], axis=1)
            rows[:, :, 0] = (1.0, 200.0)
        x = left + SIDE * (np.log(np.maximum(rows[..., 0].mean(0), 1.0)) - low) / (high - low)
        mean, spread = rows[..., 1].mean(0), rows[..., 1].std(0)
        y, bars = ROOM + SIDE * (1 - mean / top), SIDE * spread / top
        parts.append(svg.line(x, y, ink))
        for a, b, c in zip(x, y, bars, strict=True):
            parts.append(f'<path d="M{a:.1f} {b - c:.1f}V{b + c:.1f}" stroke="{ink}"/>')
    return "".join(parts)


def draw(args):
    found = grouped(args.file)
    models = list(dict.fromkeys(model for model, _ in found))
    methods = list(dict.fromkeys(method for _, method in found))
    drawn = [
        panel(
            model,
            {method: found[model, method] for method in methods if (model, method) in found},
            svg.left_of(place),
        )
        for place, model in enumerate(models)
    ]
    foot = SIDE + 3 * ROOM - 24
    key = "".join(
        svg.text(ROOM + 150 * place, foot, ink, method)
        for place, (ink, method) in enumerate(zip(INKS, methods, strict=False))
    )
    args.output.write_text(svg.page(drawn, key, 2 * ROOM), encoding="utf-8")
    say("| model | method | seconds | alike | correlation |")
    say("|---|---|---|---|---|")
    for (model, method), rows in found.items():
        pairs = np.stack([rows.mean(0), rows.std(0)], -1).transpose(1, 0, 2)
        seconds = ", ".join(f"{mean:.0f}" for mean, _ in pairs[0])
        alike, correlation = (
            ", ".join(f"{mean:.2f} ± {spread:.2f}" for mean, spread in both if np.isfinite(mean))
            for both in pairs[1:]
        )
        say(f"| {model} | {method} | {seconds} | {alike} | {correlation} |")


def settings(args):
    found = grouped(args.file)
    models = list(dict.fromkeys(model for model, _ in found))
    say(f"| setting | {' | '.join(models)} | mean | correlation |")
    say("|---" * (len(models) + 3) + "|")
    for method in dict.fromkeys(method for _, method in found):
        rows = {model: found[model, method][:, -1] for model in models if (model, method) in found}
        cells = [spread(rows[model][:, 1], 3) if model in rows else "" for model in models]
        mean = np.mean([one[:, 1].mean() for one in rows.values()])
        read = [one[:, 2] for one in rows.values() if np.isfinite(one[:, 2]).all()]
        correlation = spread(np.concatenate(read), 2) if read else ""
        say(f"| {method} | {' | '.join(cells)} | {mean:.3f} | {correlation} |")


def main():
    parser = argparse.ArgumentParser()
    jobs = parser.add_subparsers(required=True)
    job = jobs.add_parser("measure")
    job.add_argument("file", type=Path)
    job.add_argument("models", nargs="+")
    job.add_argument("--method", action="append", required=True)
    job.add_argument("--seeds", type=int, default=5)
    job.add_argument("--first", type=int, default=0, help="leave out the seeds below")
    job.add_argument("--marks", type=float, nargs="+", default=list(MARKS))
    job.add_argument("--read", action="store_true", help="correlation, too")
    job.set_defaults(act=measure)
    job = jobs.add_parser("draw")
    job.add_argument("file", type=Path)
    job.add_argument("--output", type=Path, required=True)
    job.set_defaults(act=draw)
    job = jobs.add_parser("settings")
    job.add_argument("file", type=Path)
    job.set_defaults(act=settings)
    args = parser.parse_args()
    args.act(args)


if __name__ == "__main__":
    main()
