"""Draws how well judges tell broken pictures, as ROC curves side by side.

    python -m tests.benchmarks.judges_figure FOLDER [FOLDER …] --output FILE.svg

Reads what `walk_pictures` made; a picture is broken where it is less like a sample than 99 of 100
fresh ones.
"""

import argparse
from pathlib import Path

import numpy as np
import torch

from latentstudio.density.manifold import Manifold
from latentstudio.density.teaching import SAMPLES
from tests.benchmarks import picture_judges as judges
from tests.benchmarks import svg_panels as svg
from tests.benchmarks.broken_pictures import PARTS, STRICT, judged, read
from tests.benchmarks.intervals import area
from tests.benchmarks.svg_panels import ROOM, SIDE

INKS = ("#888888", "#c77d0a", "#1b7f6b")


def curves(folder: Path) -> dict[str, tuple[np.ndarray, np.ndarray, str]]:
    """False alarms, hits and area of the shell, of Mahalanobis and of the product's judge."""
    samples, fresh, training, walks = (read(folder, name) for name in PARTS)
    tap = [name for name in samples if name.startswith("tap ")][1]
    manifold = Manifold(torch.from_numpy(samples["looks"][SAMPLES:].astype(np.float32)))
    limit = np.quantile(judged(manifold, fresh["looks"])[1], STRICT)
    rows = walks["kind"] >= 0
    broken = (judged(manifold, walks["looks"])[1] < limit)[rows]
    scores = {
        "radius": judges.in_code(samples, walks)["shell: radius, the worst layer"],
        "Mahalanobis": judges.mahalanobis(samples[tap], walks[tap]),
        "second needle": -judges.taught_needle(samples, fresh, training, tap).scores(
            judges.needle_inputs(samples, walks, tap)
        ),
    }
    found = {}
    for name, score in scores.items():
        order = broken[np.argsort(-score[rows])]
        hits, alarms = np.cumsum(order) / order.sum(), np.cumsum(~order) / (~order).sum()
        found[name] = (alarms, hits, area(broken, score[rows]))
    return found


def panel(title: str, found: dict[str, tuple[np.ndarray, np.ndarray, str]], left: int) -> str:
    """One plot as SVG, its left side at `left`."""
    parts = [svg.frame(left, title, "sound ones called broken, 0 to 1")]
    for row, (ink, (name, (alarms, hits, share))) in enumerate(
        zip(INKS, found.items(), strict=True)
    ):
        keep = np.linspace(0, len(hits) - 1, 200).astype(int)
        xs, ys = left + SIDE * alarms[keep], ROOM + SIDE * (1 - hits[keep])
        parts.append(svg.line(xs, ys, ink))
        y = ROOM + SIDE - 14 - 16 * row
        parts.append(svg.text(left + SIDE - 130, y, ink, f"{name} {float(share):.2f}"))
    return "".join(parts)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folders", type=Path, nargs="+")
    parser.add_argument("--output", type=Path, required=True)
    args = parser.parse_args()
    torch.set_num_threads(1)
    drawn = [
        panel(folder.name, curves(folder), svg.left_of(place))
        for place, folder in enumerate(args.folders)
    ]
    args.output.write_text(svg.page(drawn), encoding="utf-8")


if __name__ == "__main__":
    main()
