"""Known-factor measures of every method in a comparison, as a table and a file."""

import csv
from dataclasses import astuple
from io import StringIO

import numpy as np

from latentstudio.core.progress import Job, Step, part
from latentstudio.core.spaces import Ability
from latentstudio.engine.generator import Generator
from latentstudio.evaluate import factor_measures, oracle
from latentstudio.evaluate.comparing import Comparison
from latentstudio.evaluate.distortion import distortion
from latentstudio.evaluate.factor_measures import FactorMeasures
from latentstudio.evaluate.predictor import Predictor

CSV = "measures.csv"
TITLES = ("DCI disentanglement", "DCI completeness", "MIG", "SAP", "FactorVAE")
LEAST = 2
"""Directions that a representation needs."""

Rows = tuple[tuple[str, ...], ...]


def measures(
    generator: Generator, found: Comparison, predictor: Predictor, seed: int = 0
) -> Job[tuple[Rows, float | None]]:
    """A row for each method under a row of titles, and the model's distortion of W.

    Only straight directions in the space of codes take part: curved paths and groups of channels
    give no number to a code.
    """
    space = generator.info.code_space
    reading = oracle.readings(generator, predictor, oracle.SAMPLES, seed + 1)
    codes, factors = yield from part(reading, 0.0, 0.8)
    rows: list[tuple[str, ...]] = [("Method", *TITLES)]
    for place, contestant in enumerate(found.contestants):
        straight = [
            one.vector
            for one in (found.directions[row] for row in found.rows[place])
            if one.kind == "linear" and one.space is space
        ]
        cells: tuple[str, ...] = ("",) * len(TITLES)
        if len(straight) >= LEAST:
            seen = factor_measures.represent(codes.numpy(), np.stack(straight))
            cells = _written(factor_measures.measure(seen, factors.numpy(), seed))
        rows.append((contestant.title, *cells))
        yield Step(
            0.8 + 0.15 * (place + 1) / len(found.contestants), f"Measuring {contestant.title}"
        )
    bend = None
    if Ability.MAPPING in generator.info.abilities:
        bend = yield from part(distortion(generator, seed=seed), 0.95, 1.0)
    return tuple(rows), bend


def as_csv(rows: Rows, bend: float | None) -> str:
    """The table, with the model's distortion as a row of its own."""
    text = StringIO()
    writer = csv.writer(text)
    writer.writerows(rows)
    if bend is not None:
        writer.writerow(["Distortion of W (the model)", f"{bend:.3f}"])
    return text.getvalue()


def _written(found: FactorMeasures) -> tuple[str, ...]:
    return tuple(f"{value:.3f}" for value in astuple(found))
