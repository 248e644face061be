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
from tests.benchmarks.broken_pictures import PARTS, STRICT, judged, read
from tests.benchmarks.intervals import area

SIDE, ROOM = 220, 44
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
    text = '<text x="{}" y="{}" font-size="12" fill="{}">{}</text>'
    parts = [
        f'<rect x="{left}" y="{ROOM}" width="{SIDE}" height="{SIDE}" fill="none" stroke="#bbb"/>',
        text.format(left, ROOM - 12, "#222", title),
        text.format(left, ROOM + SIDE + 18, "#222", "sound ones called broken, 0 to 1"),
    ]
    for row, (ink, (name, (alarms, hits, share))) in enumerate(
        zip(INKS, found.items(), strict=True)
    ):
        keep = np.linspace(0, len(hits) - 1, 200).astype(int)
        points = " ".join(
            f"{left + SIDE * x:.1f},{ROOM + SIDE * (1 - y):.1f}"
            for x, y in zip(alarms[keep], hits[keep], strict=True)
        )
        parts.append(f'<polyline points="{points}" fill="none" stroke="{ink}" stroke-width="2"/>')
        y = ROOM + SIDE - 14 - 16 * row
        parts.append(text.format(left + SIDE - 130, y, ink, f"{name} {float(share):.2f}"))
    return "".join(parts)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folders", type=Path, nargs="+")
    parser.add_argument("--output", type=Path, required=True)
    args = parser.parse_args()
    torch.set_num_threads(1)
    drawn = [
        panel(folder.name, curves(folder), ROOM + i * (SIDE + ROOM))
        for i, folder in enumerate(args.folders)
    ]
    width, height = ROOM + len(drawn) * (SIDE + ROOM), SIDE + 2 * ROOM
    head = f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}">'
    style = '<rect width="{}" height="{}" fill="white"/><g font-family="sans-serif">'
    args.output.write_text(
        f"{head}{style.format(width, height)}{''.join(drawn)}</g></svg>\n", encoding="utf-8"
    )


if __name__ == "__main__":
    main()
