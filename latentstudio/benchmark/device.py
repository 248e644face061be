"""All measurements of a device in one run of at most five minutes."""

import time
from collections.abc import Callable, Sequence

import torch

from latentstudio.benchmark.first_stroke import measure_first_stroke
from latentstudio.benchmark.goldens import measure_goldens
from latentstudio.benchmark.inversion import measure_inversion
from latentstudio.benchmark.learning import measure_learning
from latentstudio.benchmark.measuring import GPU, PROCESSOR, Clock, Plan, Row, machine
from latentstudio.benchmark.pictures import measure_pictures
from latentstudio.core.progress import Job, part

VERSION = 2
PARTS: dict[str, Callable[[Clock], Job[list[Row]]]] = {
    "goldens": measure_goldens,
    "pictures": measure_pictures,
    "first-stroke": measure_first_stroke,
    "learning": measure_learning,
    "inversion": measure_inversion,
}


def measure_device(
    device: torch.device, parts: Sequence[str] = tuple(PARTS), plan: Plan | None = None
) -> Job[Row]:
    """Run the parts named; what fails or finds no time left says so in its place.

    Returns:
        ``version``, ``machine``, ``sizes``, a list of rows for each part, ``seconds``.
    """
    began = time.monotonic()
    clock = Clock(device, plan or (PROCESSOR if device.type == "cpu" else GPU))
    report: Row = {"version": VERSION, "machine": machine(device), "sizes": clock.plan.sizes}
    for index, name in enumerate(parts):
        share = index / len(parts), (index + 1) / len(parts)
        report[name] = yield from part(clock.whole(PARTS[name](clock)), *share)
    return {**report, "seconds": time.monotonic() - began}
