"""The exact first stroke of a region brush: 512 tangents, their products, the directions."""

import numpy as np
import torch

from latentstudio.benchmark.measuring import Clock, Row
from latentstudio.benchmark.random_model import random_generator
from latentstudio.core.progress import Job, Step, run
from latentstudio.engine.jacobian import Jacobian, jacobian, moved_to
from latentstudio.region import registry
from latentstudio.region.grams import MaskedGrams
from latentstudio.region.masks import box_mask

DIRECTIONS = 5


def measure_first_stroke(clock: Clock) -> Job[list[Row]]:
    """Seconds of the Jacobian, and of what a stroke needs beyond it."""
    size = clock.plan.derivative
    yield Step(0.0, f"A first stroke at {size} pixels")
    generator = random_generator(size, clock.plan.base, clock.plan.most).to(clock.device)
    with torch.no_grad():
        codes = generator.broadcast(generator.map(generator.sample_z([0])))
    found: list[Jacobian] = []
    tangents = generator.info.code_dim

    def derive(_: int) -> None:
        found[:] = [run(clock.in_time(jacobian(generator, codes)))]

    def derivative() -> Row:
        return {"seconds": clock.median(derive, 1)}

    def stroke() -> Row:
        return {"seconds": clock.median(lambda _: _solved(found[0], clock.device), 1)}

    rows = [clock.row(derivative, part="jacobian", size=size, tangents=tangents)]
    yield Step(0.5, f"A first stroke at {size} pixels")
    if found:
        rows.append(clock.row(stroke, part="products and directions", size=size, tangents=tangents))
    return rows


def _solved(derived: Jacobian, device: torch.device) -> object:
    side = derived.size[0]
    quarter = max(1, side // 4)
    grams = MaskedGrams(moved_to(derived, device).values)
    grams.paint(box_mask(side, quarter, quarter, quarter, quarter).astype(np.float32))
    inside, outside = grams.inside().cpu().numpy(), grams.outside().cpu().numpy()
    return run(registry.find(inside, outside, registry.options_for("resefa", []), DIRECTIONS))
