"""What leaks, unprotected, where a local edit has changed its region by 0.25 of a range of 2.

    python -m tests.benchmarks.local_leaks [--model portraits] --seeds 1-20 --output F.json
                                           [--minutes 4.5] [--methods straight,refined,...]
    python -m tests.benchmarks.local_leaks --output F.json

For every seed and region, the best of five directions: ReSeFa's as published (exact Jacobian,
straight), the one that leaks least of these along a path with feedback and along a refined one, the
better of that and the next one's refined path (refined-2), LowRankGAN's, and five random ones.
What is measured is added to the file, so a run may end when its minutes are over and a later one
go on. Prints medians over seeds. Masks are boxes of `REGIONS`, the same for every model.
"""

import argparse
import json
import statistics
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch

from latentstudio.core.files import write_bytes
from latentstudio.core.progress import run
from latentstudio.core.seeds import parse_seeds
from latentstudio.discovery.result import fix_signs
from latentstudio.discovery.sampling import code_moments
from latentstudio.discovery.sefa import UNIT_SAMPLES
from latentstudio.document.direction import Direction
from latentstudio.engine.generator import Generator
from latentstudio.engine.jacobian import jacobian
from latentstudio.region import registry
from latentstudio.region.grams import MaskedGrams
from latentstudio.region.local_paths import PathOptions, local_path
from latentstudio.region.lowrankgan import LowRankOptions
from latentstudio.region.masks import Mask, box_mask, reduced
from latentstudio.region.resefa import ResefaOptions
from latentstudio.render.pipeline import Latents, Pipeline
from latentstudio.session.local_walks import LEVEL, LocalWalk, along, as_local, leaks_at_level
from latentstudio.session.models import open_model
from latentstudio.session.regions import chosen_layers, directions_of

REGIONS = {
    "mouth": (0.34, 0.62, 0.32, 0.19),
    "eyes": (0.19, 0.34, 0.62, 0.19),
    "nose": (0.40, 0.48, 0.20, 0.20),
    "hair": (0.15, 0.00, 0.70, 0.28),
    "background": (0.00, 0.00, 0.14, 0.60),
    "clothes": (0.15, 0.88, 0.70, 0.12),
}
"""Left, top, width and height of boxes, as shares of the picture."""
COUNT = 5
LED = 48
METHODS = ("straight", "feedback", "refined", "refined-2", "lowrankgan", "random")


class Case:
    """One picture and one region.

    Args:
        generator: The model.
        spread: Covariance of its codes, (dim, dim): what a step's unit is.
        latents: The picture.
        mask: The region, (H, W), 0 to 1.
    """

    def __init__(
        self, generator: Generator, spread: torch.Tensor, latents: Latents, mask: Mask
    ) -> None:
        self.generator, self.latents, self.mask = generator, latents, mask
        self.spread = spread
        self.layers = chosen_layers("auto", generator.info)

    def solved(self, derived: Any, options: Any) -> tuple[Direction, ...]:
        """The leading straight directions of a method."""
        grams = MaskedGrams(derived.values)
        grams.paint(reduced(self.mask, derived.size))
        inside, outside = grams.inside().numpy(), grams.outside().numpy()
        found = run(registry.find(inside, outside, options, COUNT))
        return self.straight(torch.from_numpy(found.vectors.copy()), options)

    def straight(self, vectors: torch.Tensor, options: Any) -> tuple[Direction, ...]:
        """Rows (K, dim) as directions."""
        signed = fix_signs(vectors.float())
        rows = signed.double()
        units = (rows @ self.spread * rows).sum(1).sqrt().tolist()
        found = directions_of(self.generator.info, options, signed, units, self.layers)
        return as_local(found, self.mask, LocalWalk()).directions

    def along_path(self, direction: Direction, path: str) -> Direction:
        """The same along a path."""
        options = PathOptions(path, led=LED, reach=(1.2 if path == "refined" else 1.1) * LEVEL)
        walk = local_path(
            self.generator, self.latents.codes, self.mask, direction.vector, direction.unit,
            options, layers=self.layers,
        )  # fmt: skip
        return along(direction, run(walk))

    def leaks(self, directions: Sequence[Direction]) -> list[float]:
        """Of each; infinite where it doesn't reach the level."""
        pipeline = Pipeline(self.generator)
        job = leaks_at_level(pipeline, self.latents, "const", self.mask, directions)
        return [np.inf if leak is None else leak for leak in run(job)]


@torch.no_grad()
def measured(
    case: Case, derived: Any, seed: int, methods: Sequence[str]
) -> dict[str, float | None]:
    """Leak of the best of five, by method."""
    straight = case.solved(derived, ResefaOptions())
    found = {"straight": case.leaks(straight)}
    least, second = (straight[index] for index in np.argsort(found["straight"])[:2])
    for path in {"feedback", "refined"} & set(methods):
        found[path] = case.leaks([case.along_path(least, path)])
    if "refined-2" in methods:
        found["refined-2"] = case.leaks([case.along_path(second, "refined")])
    if "lowrankgan" in methods:
        found["lowrankgan"] = case.leaks(case.solved(derived, LowRankOptions()))
    if "random" in methods:
        rng = np.random.default_rng(seed)
        chance = torch.from_numpy(rng.standard_normal((COUNT, derived.dim)).astype(np.float32))
        chance = chance / chance.norm(dim=1, keepdim=True)
        found["random"] = case.leaks(case.straight(chance, ResefaOptions()))
    best = {name: min(values, default=np.inf) for name, values in found.items()}
    return {name: float(value) if np.isfinite(value) else None for name, value in best.items()}


def measure_all(
    ref: str,
    seeds: Sequence[int],
    output: Path,
    minutes: float,
    methods: Sequence[str],
    regions: Sequence[str],
) -> None:
    """Add what lacks in the file, seed by seed, until the time is over."""
    end = time.monotonic() + 60 * minutes
    rows = json.loads(output.read_text()) if output.exists() else []
    known = {(r["model"], r["seed"], r["region"]): r for r in rows}
    generator = run(open_model(ref, "cpu", lambda *_: None))
    size = generator.info.size
    spread = run(code_moments(generator, 0, UNIT_SAMPLES)).covariance()
    for seed in seeds:
        latents = Pipeline(generator).from_seeds([seed])
        derived = None
        for name in regions:
            x, y, w, h = REGIONS[name]
            row = known.setdefault((ref, seed, name), {"model": ref, "seed": seed, "region": name})
            lacking = [one for one in methods if one not in row]
            if not lacking or time.monotonic() > end:
                continue
            if derived is None:
                layers = chosen_layers("auto", generator.info)
                derived = run(jacobian(generator, latents.codes, layers=layers))
            box = (round(x * size[1]), round(y * size[0]), round(w * size[1]), round(h * size[0]))
            case = Case(generator, spread, latents, box_mask(size, *box))
            row |= measured(case, derived, seed, lacking)
            done = [one for one in known.values() if len(one) > 3]
            write_bytes(output, json.dumps(done, indent=0).encode())


def table(rows: Sequence[dict[str, Any]]) -> str:
    """Medians over seeds, as Markdown."""
    lines = [f"Leak at an inside change of {LEVEL}, median over seeds of the best of {COUNT}."]
    names = [name for name in METHODS if any(name in row for row in rows)]
    for model in dict.fromkeys(row["model"] for row in rows):
        lines += ["", f"| {Path(model).name} | seeds | " + " | ".join(names) + " |"]
        lines.append("|---" * (2 + len(names)) + "|")
        for row in rows:
            both = [row[one] for one in ("refined", "refined-2") if row.get(one) is not None]
            if "refined-2" in row:
                row["refined-2"] = min(both, default=None)
        for region in REGIONS:
            own = [row for row in rows if (row["model"], row["region"]) == (model, region)]
            if not own:
                continue
            figures = (_median([row[name] for row in own if name in row]) for name in names)
            lines.append(f"| {region} | {len(own)} | " + " | ".join(figures) + " |")
    return "\n".join(lines)


def _median(values: Sequence[float | None]) -> str:
    """Seeds at which no direction reaches the level are told apart."""
    reached = [value for value in values if value is not None]
    if not reached:
        return "–"
    lost = f", {len(values) - len(reached)} don't get there" if len(reached) < len(values) else ""
    return f"{statistics.median(reached):.3f} ({len(values)}{lost})"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", default="portraits")
    parser.add_argument("--seeds", type=parse_seeds, default=())
    parser.add_argument("--output", type=Path, required=True)
    parser.add_argument("--minutes", type=float, default=4.5)
    parser.add_argument("--methods", default=",".join(METHODS))
    parser.add_argument("--regions", default=",".join(REGIONS))
    args = parser.parse_args()
    if args.seeds:
        measure_all(
            args.model, args.seeds, args.output, args.minutes,
            args.methods.split(","), args.regions.split(","),
        )  # fmt: skip
    print(table(json.loads(args.output.read_text())))  # noqa: T201


if __name__ == "__main__":
    main()
