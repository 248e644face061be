"""Does it matter to stay on the shell, and does the meter tell a broken picture?

    python -m tests.benchmarks.broken_pictures FOLDER [FOLDER …] [--json FILE]

Reads what `walk_pictures` made. A picture counts as broken where it lies outside the k-nearest-
neighbour manifold of the model's own samples (improved precision, Kynkäänniemi et al. 2019,
arXiv:1904.06991; k = 3, features of EfficientNet-Lite0); stricter: where it is less like a sample
(their "realism") than 99 of 100 fresh samples are. Judges are compared by the area under the ROC
curve. Intervals are 95 % of a bootstrap over walks.
"""

import argparse
import itertools
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from scipy import stats

from latentstudio.core.walk import WALKS
from latentstudio.density.manifold import Manifold
from tests.benchmarks import picture_judges as judges
from tests.benchmarks.walk_pictures import AMOUNTS, CHANGES

STRICT = 0.01
ROUNDS = 200
PARTS = ("samples", "fresh", "training", "walks")
Floats = NDArray[np.float64]
Arrays = dict[str, NDArray[Any]]


def judged(manifold: Manifold, looks: NDArray[Any]) -> tuple[NDArray[np.bool_], Floats]:
    """Whether each of (n, K) is inside, and its realism."""
    inside, realism = manifold.judge(torch.from_numpy(looks.astype(np.float32)))
    return inside.numpy(), realism.double().numpy()


def read(folder: Path, name: str) -> Arrays:
    """All parts of one name, joined."""
    parts = [dict(np.load(path)) for path in sorted(folder.glob(f"{name}-*.npz"))]
    known = [key for key in parts[0] if all(key in part for part in parts)]
    return {key: np.concatenate([part[key] for part in parts]) for key in known}


def boot(values: NDArray[Any], walks: NDArray[Any], of: Callable[[NDArray[Any]], float]) -> str:
    """A figure with its interval, over walks drawn again."""
    rng = np.random.default_rng(0)
    names, places = np.unique(walks, return_inverse=True)
    order = np.argsort(places, kind="stable")
    bounds = np.searchsorted(places[order], np.arange(len(names) + 1))
    rows = [order[a:b] for a, b in itertools.pairwise(bounds)]
    found = []
    for _ in range(ROUNDS):
        index = np.concatenate([rows[i] for i in rng.integers(0, len(names), len(names))])
        found.append(of(values[index]))
    low, high = np.nanquantile(found, [0.025, 0.975])
    return f"{of(values):.3f} ({low:.3f}–{high:.3f})"


def area(pairs: NDArray[Any]) -> float:
    """Area under the ROC curve of rows (broken, score); ties count half."""
    broken = pairs[:, 0] > 0.5
    hits, misses = int(broken.sum()), int((~broken).sum())
    if not hits or not misses:
        return float("nan")
    ranks = stats.rankdata(pairs[:, 1])
    return float((ranks[broken].sum() - hits * (hits + 1) / 2) / (hits * misses))


def report(folder: Path) -> dict[str, Any]:
    """Prints the tables of one model and gives their figures."""
    samples, fresh, training, walks = (read(folder, name) for name in PARTS)
    spaces = [name for name in ("looks", "embedded") if name in samples]
    manifolds = {
        name: Manifold(torch.from_numpy(samples[name].astype(np.float32))) for name in spaces
    }
    say(f"\n## {folder.name}: {int(walks['walk'].max()) + 1} walks, {len(samples['code'])} samples")
    labels: dict[str, NDArray[Any]] = {}
    for name, manifold in manifolds.items():
        labels |= _labels(manifold, name, fresh, walks)
    found: dict[str, Any] = {"others": _others(folder, manifolds["looks"], fresh)}
    found["kept"] = _walks_table(walks, labels, samples, walks["layers"] < 0.5)
    scores = judges.scores(samples, fresh, training, walks)
    found["areas"] = _areas(walks, labels, scores, walks["kind"] >= 0)
    found["states"] = _states(walks, labels, scores["shell: distance from its middle"], samples)
    return found


def _others(folder: Path, manifold: Manifold, fresh: Arrays) -> dict[str, str]:
    """Fresh samples, and such as were pulled toward the middle."""
    pools = {"fresh": fresh}
    if any(folder.glob("denser-*.npz")):
        pools["pulled to 0.4 to 0.8 of the radius"] = read(folder, "denser")
    limit = np.quantile(judged(manifold, fresh["looks"])[1], STRICT)
    found = {}
    for name, pool in pools.items():
        inside, realism = judged(manifold, pool["looks"])
        apart = np.linalg.norm(np.diff(pool["looks"].astype(float), axis=0), axis=1).mean()
        found[name] = (
            f"outside {1 - inside.mean():.3f}, strict {(realism < limit).mean():.3f}, "
            f"apart {apart:.2f}"
        )
        say(f"{name}: {found[name]}")
    return found


def _labels(m: Manifold, name: str, fresh: Arrays, walks: Arrays) -> dict[str, NDArray[Any]]:
    inside, realism = judged(m, walks[name])
    limit = np.quantile(judged(m, fresh[name])[1], STRICT)
    return {f"{name}: outside": ~inside, f"{name}: strict": realism < limit}


def _walks_table(
    walks: Arrays, labels: dict[str, NDArray[Any]], samples: Arrays, whole: NDArray[np.bool_]
) -> list[list[str]]:
    measures: dict[str, NDArray[Any]] = {k: v.astype(float) for k, v in labels.items()}
    if "values" in walks:
        measures |= _attributes(walks, samples)
    rows = []
    say("| at | walk | n | change | " + " | ".join(measures) + " |")
    say("|---" * (4 + len(measures)) + "|")
    aims = [(False, a) for a in AMOUNTS] + [(True, c) for c in CHANGES]
    for by_change, aim in aims:
        chosen = (walks["by change"] > 0.5) == by_change
        chosen &= np.isclose(walks["aim"], aim) & whole & (walks["kind"] >= 0)
        if by_change:  # only where all three walks get there
            near = np.abs(walks["change"] - aim) < 0.1 * aim
            counts = np.bincount(walks["walk"][chosen & near].astype(int), minlength=100_000)
            chosen &= near & (counts[walks["walk"].astype(int)] == len(WALKS))
        for kind, walk in enumerate(WALKS):
            own = chosen & (walks["kind"] == kind)
            cells = [boot(v[own], walks["walk"][own], lambda x: float(np.nanmean(x)))
                     for v in measures.values()]  # fmt: skip
            row = [f"{'change' if by_change else 'amount'} {aim:g}", walk, str(int(own.sum()))]
            row += [f"{walks['change'][own].mean():.3f}", *cells]
            rows.append(row)
            say("| " + " | ".join(row) + " |")
    return rows


def _attributes(walks: Arrays, samples: Arrays) -> dict[str, NDArray[Any]]:
    """Drift of attributes other than the wanted one, and how sure the predictor is."""
    values = walks["values"].astype(float) / samples["values"].astype(float).std(0)
    first = np.flatnonzero(walks["kind"] < 0)
    start = first[np.searchsorted(first, np.arange(len(values)), side="right") - 1]
    moved = np.abs(values - values[start])
    drift = np.zeros(len(values))
    for direction in np.unique(walks["direction"]):
        own = walks["direction"] == direction
        wanted = int(moved[own].mean(0).argmax())
        drift[own] = np.delete(moved[own], wanted, axis=1).mean(1)
    chances = walks["values"].astype(float)[:, :-3]
    alike = (walks["embedded"].astype(float) * walks["embedded"][start].astype(float)).sum(1)
    norms = np.linalg.norm(walks["embedded"].astype(float), axis=1)
    return {
        "others' drift": drift,
        "confidence": np.abs(2 * chances - 1).mean(1),
        "alike": alike / (norms * norms[start]),
    }


def _areas(
    walks: Arrays, labels: dict[str, NDArray[Any]], scores: dict[str, Floats], rows: NDArray[Any]
) -> dict[str, dict[str, str]]:
    say("\n| judge | " + " | ".join(labels) + " |")
    say("|---" * (1 + len(labels)) + "|")
    found = {}
    for name, score in scores.items():
        cells = {
            key: boot(np.c_[label[rows], score[rows]], walks["walk"][rows], area)
            for key, label in labels.items()
        }
        found[name] = cells
        say(f"| {name} | " + " | ".join(cells.values()) + " |")
    say("broken: " + ", ".join(f"{k} {v[rows].mean():.3f}" for k, v in labels.items()))
    return found


def _states(
    walks: Arrays, labels: dict[str, NDArray[Any]], far: Floats, samples: Arrays
) -> dict[str, str]:
    """Share of broken pictures among those that the meter calls on the shell, near, too far."""
    radii = np.linalg.norm(samples["round"], axis=1)
    own = np.abs(radii - np.median(radii))
    states = np.searchsorted(np.quantile(own, [0.95, 0.999]), far)
    rows = walks["kind"] >= 0
    found = {}
    for key, label in labels.items():
        shares = []
        for i, name in enumerate(("on", "edge", "off")):
            own = label[rows & (states == i)]
            shares.append(f"{name} {own.mean():.3f} of {len(own)}")
        found[key] = ", ".join(shares)
        say(f"{key}: {found[key]}")
    return found


def say(line: str) -> None:
    print(line, flush=True)  # noqa: T201


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folders", type=Path, nargs="+")
    parser.add_argument("--json", type=Path)
    args = parser.parse_args()
    torch.set_num_threads(1)
    found = {folder.name: report(folder) for folder in args.folders}
    if args.json:
        args.json.write_text(json.dumps(found, indent=1))


if __name__ == "__main__":
    main()
