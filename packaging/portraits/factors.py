"""The portraits' attributes: how each is drawn at random, and how a latent code names a portrait.

Every attribute reads a few scores, each normal: a choice is the option with the largest of biased
scores, a colour is a smooth function of one to three. A latent code holds the scores along fixed
orthonormal directions (so attributes are independent), and other dimensions that no attribute
reads. Any code thus names one portrait, which is what the paired stage of the training needs;
drawing codes at random draws portraits with the frequencies of ``design.json``.

    python factors.py FIRST LAST OUT.jsonl [--margin M]
"""

from __future__ import annotations

import argparse
import colorsys
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

Array = np.ndarray
HERE = Path(__file__).parent
SCORES = {"path": 1, "dyed": 2, "disc": 3}
REST = 0.35  # deviation, in w, of what no attribute reads and of an option's score


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

    def __init__(self, z_dim: int = 128, path: Path = HERE / "design.json") -> None:
        spec = json.loads(path.read_text(encoding="utf-8"))
        self.z_dim = z_dim
        self.spec = spec
        self.options = {name: list(weights) for name, weights in spec["choices"].items()}
        sizes = {name: len(options) for name, options in self.options.items()}
        sizes |= {name: SCORES[c["kind"]] for name, c in spec["colours"].items()}
        self.slices: dict[str, slice] = {}
        start = 0
        for name, size in sizes.items():
            self.slices[name] = slice(start, start + size)
            start += size
        self.n_scores = start
        rng = np.random.RandomState(64)
        self.basis, _ = np.linalg.qr(rng.randn(z_dim, z_dim))
        self.turn, _ = np.linalg.qr(rng.randn(z_dim, z_dim))
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

    def scores(self, z: Array) -> Array:
        """What the attributes read of the codes ``z`` (n, z_dim)."""
        return z @ self.basis[:, : self.n_scores]

    def code(self, scores: Array, rest: Array) -> Array:
        """The codes with these scores; ``rest`` fills the dimensions that no attribute reads."""
        return np.concatenate([scores, rest], 1) @ self.basis.T

    def read(self, scores: Array) -> Portraits:
        """The attributes that ``scores`` (n, n_scores) name.

        ``margin`` is the smallest lead, over all choices, of the chosen option over the next.
        """
        choices, margins = {}, []
        for name, bias in self.bias.items():
            biased = scores[:, self.slices[name]] + bias
            choices[name] = biased.argmax(1)
            two = np.partition(biased, -2, axis=1)[:, -2:]
            margins.append(two[:, 1] - two[:, 0])
        colours = {
            name: _colour(spec, scores[:, self.slices[name]])
            for name, spec in self.spec["colours"].items()
        }
        return Portraits(choices, colours, np.min(margins, axis=0))

    def often(self, scores: Array, favoured: Sequence[str]) -> Array:
        """How often to draw each portrait: 1, and 2 more for each "attribute:option" it has.

        What a code names is drawn the same way however often it comes, so this only decides how
        soon rare options are learned.
        """
        found, often = self.read(scores).choices, np.ones(len(scores))
        for one in favoured:
            name, option = one.split(":")
            often += 2 * (found[name] == self.options[name].index(option))
        return often

    def option_codes(self, name: str) -> Array:
        """One row an option: where choosing it places ``w`` in that attribute's dimensions.

        Options lie apart from one another; those akin (hats, long hair…) lie together besides.
        """
        options = self.options[name]
        codes = np.eye(len(options)) * self.spec["strength"][name]
        for kin, strength in self.spec["kinship"].get(name, {}).values():
            member = np.array([float(option in kin) for option in options])
            codes += strength * np.outer(member, member / np.sqrt(member.sum()))
        weights = np.array(list(self.spec["choices"][name].values()), dtype=np.float64)
        return codes - weights @ codes / weights.sum()

    def places(self, z: Array) -> Array:
        """Where the mapping is to place ``z`` (n, z_dim), before ``turn`` mixes the dimensions.

        The attributes' dimensions come first, of graded strength; what no attribute reads keeps a
        smaller one.
        """
        scores = self.scores(z)
        places = np.concatenate([scores, z @ self.basis[:, self.n_scores :]], 1) * REST
        for name, bias in self.bias.items():
            at = self.slices[name]
            places[:, at] += self.option_codes(name)[(scores[:, at] + bias).argmax(1)]
        for name in self.spec["colours"]:
            at = self.slices[name]
            places[:, at] = scores[:, at] * self.spec["strength"][name]
        return places

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


def draw(
    design: Design, first: int, last: int, margin: float = 0.0
) -> tuple[list[int], Array, Portraits]:
    """Seeds in [first, last) whose portraits are named with at least ``margin``; their scores."""
    seeds = np.arange(first, last)
    scores = np.stack([np.random.RandomState(s).randn(design.n_scores) for s in seeds])
    found = design.read(scores)
    keep = np.flatnonzero(found.margin >= margin)
    kept = Portraits(
        {k: v[keep] for k, v in found.choices.items()},
        {k: v[keep] for k, v in found.colours.items()},
        found.margin[keep],
    )
    return [int(s) for s in seeds[keep]], scores[keep], kept


def read_lines(path: Path) -> Array:
    """The scores in a file that this program wrote."""
    with path.open(encoding="utf-8") as file:
        return np.array([json.loads(line)["scores"] for line in file])


def main() -> None:
    """Write one JSON line a portrait: its seed, its scores and its options."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("first", type=int)
    parser.add_argument("last", type=int)
    parser.add_argument("out", type=Path)
    parser.add_argument("--margin", type=float, default=0.0)
    args = parser.parse_args()
    design = Design()
    seeds, scores, portraits = draw(design, args.first, args.last, args.margin)
    view = design.spec["view"]
    with args.out.open("w", encoding="utf-8") as file:
        for row, seed in enumerate(seeds):
            options = design.renderer_options(portraits, row)
            line = {"seed": seed, "scores": [round(v, 5) for v in scores[row]]}
            file.write(json.dumps(line | {"view": view, "options": options}) + "\n")
    print(f"{len(seeds)} portraits of {args.last - args.first} seeds in {args.out}")


if __name__ == "__main__":
    main()
