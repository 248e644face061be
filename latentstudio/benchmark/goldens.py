"""Whether this device makes the pictures that the authors' own code makes, and how exactly."""

from collections.abc import Mapping
from functools import partial
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from latentstudio.benchmark.measuring import Clock, Row, reason
from latentstudio.core.errors import FileError
from latentstudio.core.paths import resources_dir
from latentstudio.core.progress import Job, Step
from latentstudio.engine.generator import Generator, HasTruncationStatistics
from latentstudio.engine.precision import FULL, in_precision, precisions
from latentstudio.session.models import open_model

FOLDER = Path(__file__).parents[2] / "tests" / "golden" / "generators"
"""They come with the sources, not with an installed package."""
EXACT, HALF = 1e-4, 0.15
"""Most that a picture may differ: of single precision's deviation, by the worst pixel; of half
precision's, by the root of the mean square."""


def measure_goldens(clock: Clock, folder: Path = FOLDER) -> Job[list[Row]]:
    """Errors of every golden file in every precision that the device offers."""
    files = sorted(folder.glob("*.npz"))
    rows: list[Row] = []
    for index, file in enumerate(files):
        yield Step(index / len(files), f"Golden pictures: {file.stem}")
        try:
            generator = yield from open_model(str(_model_of(file)), str(clock.device))
            golden = {name: torch.from_numpy(np.asarray(a)) for name, a in np.load(file).items()}
        except Exception as error:  # noqa: BLE001 - a model that can't be opened is a result, too
            rows.append({"name": file.stem, "left_out": reason(error)})
            clock.rows.append(rows[-1])
            continue
        rows += [
            clock.row(partial(_compared, generator, golden, p), name=file.stem, precision=p)
            for p in precisions(clock.device)
        ]
    return rows


def _compared(generator: Generator, golden: Mapping[str, Tensor], precision: str) -> Row:
    if "truncation" in golden and isinstance(generator, HasTruncationStatistics):
        generator = generator.at_truncation(float(golden["truncation"]))
    made = _picture(in_precision(generator, precision), golden)
    expected = golden["img"]
    gap = made - expected
    worst = float(gap.abs().max()) / max(1.0, float(expected.std()))
    mean = float(gap.square().mean().sqrt()) / max(1e-12, float(expected.std()))
    right = worst < EXACT if precision == FULL else mean < HALF
    return {"worst": worst, "rms": mean, "right": right}


@torch.no_grad()
def _picture(generator: Generator, golden: Mapping[str, Tensor]) -> Tensor:
    device, c = generator.device, golden.get("c")
    classes = c.argmax(dim=1).to(device) if c is not None and c.shape[1] else None
    codes = generator.broadcast(generator.map(golden["z"].to(device), classes))
    return generator.synthesize(codes, classes).float().cpu()


def _model_of(file: Path) -> Path:
    """The model that a file of golden pictures belongs to.

    Raises:
        FileError: It isn't there.
    """
    shipped = resources_dir() / "generators" / f"{file.stem}.safetensors"
    beside = [
        path for path in file.parent.iterdir()
        if path.suffix not in (".npz", ".json", ".data")
        and path.stem.removesuffix("-G_ema") == file.stem
    ]  # fmt: skip
    found = [shipped] if shipped.is_file() else sorted(beside)
    if not found:
        raise FileError(f"The model of {file.name} is missing.")
    return found[0]
