"""The portraits' attributes: how each is drawn at random, and how a latent code names a portrait.

Every attribute reads its own directions of a standard normal code ``z`` (all directions of all
attributes are orthonormal, so attributes are independent): a choice is the option with the largest
of biased scores, a colour is a smooth function of one to three scores. Any code thus names one
portrait, which is what the paired stage of the training needs; drawing codes at random draws
portraits with the frequencies of ``design.json``.

    python factors.py FIRST LAST OUT.jsonl [--seed-offset N] [--margin M]
"""

from __future__ import annotations

import argparse
import colorsys
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

Array = np.ndarray
HERE = Path(__file__).parent
SCORES = {"path": 1, "dyed": 2, "disc": 3}


def _rgb(text: str) -> Array:
    return np.array([int(text[i : i + 2], 16) for i in (0, 2, 4)], dtype=np.float64) / 255


def _phi(x: Array) -> Array:
    """Standard normal distribution function (logistic approximation, error below 2e-4)."""
    return 1 / (1 + np.exp(-(1.5976 * x + 0.07056 * x**3)))


def _path(stops: list[str], t: Array) -> Array:
    table = np.stack([_rgb(s) for s in stops])
    at = np.linspace(0, 1, len(stops))
    return np.stack([np.interp(t, at, table[:, k]) for k in range(3)], axis=-1)


def _colour(spec: dict[str, Any], u: Array) -> Array:
    """Colours in 0..1, shape (n, 3), from scores ``u`` of shape (n, SCORES[kind])."""
    if spec["kind"] == "path":
        return _path(spec["stops"], _phi(u[:, 0]))
    if spec["kind"] == "dyed":
        t = _phi(u[:, 0])
        share = np.clip((_phi(u[:, 1]) - 0.7) / 0.15, 0, 1)[:, None] * 0.95
        return _path(spec["stops"], t) * (1 - share) + _path(spec["dye"], t) * share
    low, high = spec["value"]
    value = low + (high - low) * _phi(u[:, 2])
    hue = np.arctan2(u[:, 1], u[:, 0]) / (2 * np.pi) % 1
    saturation = spec["saturation"] * np.minimum(np.hypot(u[:, 0], u[:, 1]) / 1.5, 1)
    rows = zip(hue, saturation, value, strict=True)
    return np.array([colorsys.hsv_to_rgb(*row) for row in rows])


@dataclass(frozen=True)
class Portraits:
    """Attributes of many portraits: option numbers and colours, one row a portrait."""

    choices: dict[str, Array]
    colours: dict[str, Array]
    margin: Array

    def __len__(self) -> int:
        return len(self.margin)


class Design:
    """The attributes of ``design.json`` and the directions of ``z`` that they read."""

    def __init__(self, z_dim: int = 256, path: Path = HERE / "design.json") -> None:
        spec = json.loads(path.read_text(encoding="utf-8"))
        self.z_dim = z_dim
        self.spec = spec
        self.options = {name: list(weights) for name, weights in spec["choices"].items()}
        sizes = {name: len(options) for name, options in self.options.items()}
        sizes |= {name: SCORES[c["kind"]] for name, c in spec["colours"].items()}
        rng = np.random.RandomState(64)
        basis, _ = np.linalg.qr(rng.randn(z_dim, sum(sizes.values())))
        self.directions: dict[str, Array] = {}
        start = 0
        for name, size in sizes.items():
            self.directions[name] = basis[:, start : start + size]
            start += size
        self.bias = {name: self._fit_bias(w) for name, w in spec["choices"].items()}

    @staticmethod
    def _fit_bias(weights: dict[str, float]) -> Array:
        """Biases under which the largest of normal scores has the wanted frequencies."""
        wanted = np.array(list(weights.values()), dtype=np.float64)
        wanted /= wanted.sum()
        scores = np.random.RandomState(7).randn(20000, len(wanted))
        bias = np.zeros(len(wanted))
        for _ in range(60):
            found = np.bincount((scores + bias).argmax(1), minlength=len(wanted)) / len(scores)
            bias += 0.5 * np.log(wanted / np.maximum(found, 1e-4))
        return bias - bias.mean()

    def read(self, z: Array) -> Portraits:
        """The attributes that the codes ``z`` (n, z_dim) name.

        ``margin`` is the smallest lead, over all choices, of the chosen option over the next.
        """
        choices, margins = {}, []
        for name, bias in self.bias.items():
            scores = z @ self.directions[name] + bias
            choices[name] = scores.argmax(1)
            two = np.partition(scores, -2, axis=1)[:, -2:]
            margins.append(two[:, 1] - two[:, 0])
        colours = {
            name: _colour(spec, z @ self.directions[name])
            for name, spec in self.spec["colours"].items()
        }
        return Portraits(choices, colours, np.min(margins, axis=0))

    def renderer_options(self, portraits: Portraits, row: int) -> dict[str, Any]:
        """The options that make the drawing library draw portrait ``row``."""
        options: dict[str, Any] = dict(self.spec["fixed"])
        for name, numbers in portraits.choices.items():
            option = self.options[name][int(numbers[row])]
            if "none" in self.options[name]:
                options[f"{name}Probability"] = 0 if option == "none" else 100
            if option != "none":
                options[name] = [option]
        for name, colours in portraits.colours.items():
            rgb = np.clip(np.round(colours[row] * 255), 0, 255).astype(int)
            options[name] = ["".join(f"{v:02x}" for v in rgb)]
        for name, other in self.spec["follows"].items():
            options[name] = options[other]
        return options


def code(seed: int, z_dim: int = 256) -> Array:
    """The latent code of a seed, as everywhere in the project."""
    return np.random.RandomState(seed).randn(1, z_dim)[0]


def draw(design: Design, first: int, last: int, margin: float = 0.0) -> tuple[list[int], Portraits]:
    """Seeds in [first, last) whose portraits are named with at least ``margin``, and those."""
    seeds = np.arange(first, last)
    z = np.stack([code(int(s), design.z_dim) for s in seeds])
    found = design.read(z)
    keep = np.flatnonzero(found.margin >= margin)
    kept = Portraits(
        {k: v[keep] for k, v in found.choices.items()},
        {k: v[keep] for k, v in found.colours.items()},
        found.margin[keep],
    )
    return [int(s) for s in seeds[keep]], kept


def main() -> None:
    """Write one JSON line a portrait: its seed and its options."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("first", type=int)
    parser.add_argument("last", type=int)
    parser.add_argument("out", type=Path)
    parser.add_argument("--margin", type=float, default=0.0)
    args = parser.parse_args()
    design = Design()
    seeds, portraits = draw(design, args.first, args.last, args.margin)
    view = design.spec["view"]
    with args.out.open("w", encoding="utf-8") as file:
        for row, seed in enumerate(seeds):
            options = design.renderer_options(portraits, row)
            file.write(json.dumps({"seed": seed, "view": view, "options": options}) + "\n")
    print(f"{len(seeds)} portraits of {args.last - args.first} seeds in {args.out}")


if __name__ == "__main__":
    main()
