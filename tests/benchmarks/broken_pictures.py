"""Does it matter to stay on the shell, and does the meter tell a broken picture?

    python -m tests.benchmarks.broken_pictures FOLDER [FOLDER …] [--json FILE]

Reads what `walk_pictures` made. A picture counts as broken where it lies outside the k-nearest-
neighbour manifold of the model's own samples (improved precision, Kynkäänniemi et al. 2019,
arXiv:1904.06991; k = 3, features of EfficientNet-Lite0); stricter: where it is less like a sample
(their "realism") than 99 of 100 fresh samples are. Judges are compared by the area under the ROC
curve. Intervals are 95 % of a bootstrap over walks.
"""

import argparse
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from latentstudio.core.walk import WALKS
from latentstudio.density.manifold import Manifold
from latentstudio.density.teaching import SAMPLES
from tests.benchmarks import calibration
from tests.benchmarks import picture_judges as judges
from tests.benchmarks.intervals import Floats, area, mean, say
from tests.benchmarks.walk_pictures import AMOUNTS, CHANGES

STRICT = 0.01
WANTED = (0.5, 1.0)
"""Changes of the wanted attribute, in deviations of samples; see `wanted_change`."""
PARTS = ("samples", "fresh", "training", "walks")
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


def report(folder: Path) -> dict[str, Any]:
    """Prints the tables of one model and gives their figures."""
    samples, fresh, training, walks = (read(folder, name) for name in PARTS)
    spaces = _spaces(folder, samples)
    say(f"\n## {folder.name}: {int(walks['walk'].max()) + 1} walks, {len(samples['code'])} samples")
    labels: dict[str, NDArray[Any]] = {}
    for space in spaces:
        labels |= space.labels(fresh, walks)
    found: dict[str, Any] = {"others": _others(folder, spaces, fresh)}
    attributes = _attributes(walks, samples) if "values" in walks else {}
    aims = [(False, a) for a in AMOUNTS] + [(True, c) for c in CHANGES]
    found["kept"] = _walks_table(walks, labels | attributes, aims)
    if any(folder.glob("wanted-*.npz")):
        found["wanted"] = _wanted_table(read(folder, "wanted"), spaces, samples, fresh)
    scores = judges.scores(samples, fresh, training, walks)
    found["areas"] = _areas(walks, labels, scores, walks["kind"] >= 0)
    broken, tap = labels["looks: strict"], [name for name in samples if name.startswith("tap ")][1]
    far = scores["shell: distance from its middle"]
    say("\nthe meter's states, the needle's, its chances: how many, expected, broken")
    found["states"] = calibration.meter_states(walks, broken, far, samples)
    judge = judges.taught_needle(samples, fresh, training, tap)
    worse = scores["the second needle"]
    found["chances"] = calibration.needle_chances(walks, broken, judge, worse)
    if any(folder.glob("discriminator-*.npz")):
        found["discriminator"] = _by_discriminator(folder, walks, labels, scores)
    return found


@dataclass(frozen=True)
class Space:
    """Where pictures are judged: by which features, among which pictures."""

    name: str
    key: str
    manifold: Manifold

    def labels(self, fresh: Arrays, asked: Arrays) -> dict[str, NDArray[Any]]:
        """What is outside, and what is broken: less alike than 99 of 100 fresh samples."""
        inside, realism = judged(self.manifold, asked[self.key])
        limit = np.quantile(judged(self.manifold, fresh[self.key])[1], STRICT)
        return {f"{self.name}: outside": ~inside, f"{self.name}: strict": realism < limit}


def _spaces(folder: Path, samples: Arrays) -> list[Space]:
    # Judges are taught by the first samples, so the label goes by others.
    pools = {"": {key: x[SAMPLES:] for key, x in samples.items()}}
    if any(folder.glob("drawn-*.npz")):
        pools["drawn, "] = read(folder, "drawn")
    return [
        Space(before + key, key, Manifold(torch.from_numpy(pool[key].astype(np.float32))))
        for before, pool in pools.items()
        for key in ("looks", "embedded")
        if key in pool
    ]


def _others(folder: Path, spaces: Sequence[Space], fresh: Arrays) -> dict[str, str]:
    """Fresh samples, and such as were pulled toward the middle."""
    pools = {"fresh": fresh}
    if any(folder.glob("denser-*.npz")):
        pools["pulled to 0.4 to 0.8 of the radius"] = read(folder, "denser")
    found = {}
    for name, pool in pools.items():
        apart = np.linalg.norm(np.diff(pool["looks"].astype(float), axis=0), axis=1).mean()
        shares = [
            f"{key} {label.mean():.3f}"
            for space in spaces
            for key, label in space.labels(fresh, pool).items()
        ]
        found[name] = f"{', '.join(shares)}, apart {apart:.2f}"
        say(f"{name}: {found[name]}")
    return found


def _by_discriminator(
    folder: Path, walks: Arrays, labels: dict[str, NDArray[Any]], scores: dict[str, Floats]
) -> dict[str, dict[str, str]]:
    """Its score at each stage of its training, beside two others on the same pictures."""
    known = read(folder, "discriminator")
    rows = known.pop("row").astype(int)
    some = {f"discriminator, {stage}": -score.astype(float) for stage, score in known.items()}
    beside = [n for n in scores if n.startswith("shell") or n == "the second needle"]
    some |= {name: scores[name][rows] for name in beside}
    labels = {name: label[rows] for name, label in labels.items()}
    kept = {"walk": walks["walk"][rows]}
    return _areas(kept, labels, some, walks["kind"][rows] >= 0)


def _wanted_table(
    walks: Arrays, spaces: Sequence[Space], samples: Arrays, fresh: Arrays
) -> list[list[str]]:
    """At equal change of the wanted attribute; "change" is that, "picture" that of pixels."""
    labels: dict[str, NDArray[Any]] = {}
    for space in spaces:
        labels |= space.labels(fresh, walks)
    walks = walks | {"by change": np.ones(len(walks["kind"]))}
    begun = np.unique(walks["walk"])
    for aim in WANTED:
        there = [
            len(np.unique(walks["walk"][(walks["kind"] == kind) & np.isclose(walks["aim"], aim)]))
            for kind in range(len(WALKS))
        ]
        say(f"wanted {aim:g}: of {len(begun)} walks " + ", ".join(map(str, there)) + " get there")
    extra = {"amount": walks["amount"], "picture": walks["picture"]}
    measures = extra | labels | _attributes(walks, samples)
    return _walks_table(walks, measures, [(True, aim) for aim in WANTED])


def _walks_table(
    walks: Arrays, given: dict[str, NDArray[Any]], aims: Sequence[tuple[bool, float]]
) -> list[list[str]]:
    """Measures by what was aimed at (a change, or else an amount), of walks of all layers."""
    measures: dict[str, NDArray[Any]] = {k: v.astype(float) for k, v in given.items()}
    rows = []
    whole = walks["layers"] < 0.5
    say("| at | walk | n | change | " + " | ".join(measures) + " |")
    say("|---" * (4 + len(measures)) + "|")
    for by_change, aim in aims:
        chosen = (walks["by change"] > 0.5) == by_change
        chosen &= np.isclose(walks["aim"], aim) & whole & (walks["kind"] >= 0)
        if by_change:  # only where all three walks get there
            near = np.abs(walks["change"] - aim) < 0.1 * aim
            counts = np.bincount(walks["walk"][chosen & near].astype(int), minlength=100_000)
            chosen &= near & (counts[walks["walk"].astype(int)] == len(WALKS))
        for kind, walk in enumerate(WALKS):
            own = chosen & (walks["kind"] == kind)
            cells = [mean(values[own], walks["walk"][own]) for values in measures.values()]
            row = [f"{'change' if by_change else 'amount'} {aim:g}", walk, str(int(own.sum()))]
            row += [f"{walks['change'][own].mean():.3f}", *cells]
            rows.append(row)
            say("| " + " | ".join(row) + " |")
    return rows


def changed_most(walks: Arrays, spread: Floats) -> dict[int, int]:
    """Of each direction the attribute that its walks change most: what it is about."""
    moved, _ = _moved(walks, spread)
    return {
        int(direction): int(moved[walks["direction"] == direction].mean(0).argmax())
        for direction in np.unique(walks["direction"])
    }


def _moved(walks: Arrays, spread: Floats) -> tuple[Floats, NDArray[np.int64]]:
    """Changes of attributes since the start, in deviations (n, A), and the starts' rows."""
    values = walks["values"].astype(float) / spread
    first = np.flatnonzero(walks["kind"] < 0)
    start = first[np.searchsorted(first, np.arange(len(values)), side="right") - 1]
    return np.abs(values - values[start]), start


def _attributes(walks: Arrays, samples: Arrays) -> dict[str, NDArray[Any]]:
    """Drift of attributes other than the wanted one, and how sure the predictor is."""
    spread = samples["values"].astype(float).std(0)
    moved, start = _moved(walks, spread)
    if "attribute" in walks:
        wanted = walks["attribute"].astype(int)
    else:
        most = changed_most(walks, spread)
        wanted = np.array([most[int(direction)] for direction in walks["direction"]])
    others = moved.sum(1) - moved[np.arange(len(moved)), wanted]
    drift = others / (moved.shape[1] - 1)
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
            key: area(label[rows], score[rows], walks["walk"][rows])
            for key, label in labels.items()
        }
        found[name] = cells
        say(f"| {name} | " + " | ".join(cells.values()) + " |")
    say("broken: " + ", ".join(f"{k} {v[rows].mean():.3f}" for k, v in labels.items()))
    return found


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
