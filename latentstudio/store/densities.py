"""A model's density, measured once and kept."""

from pathlib import Path

import numpy as np
import torch

from latentstudio.core.progress import Job, Step
from latentstudio.density.reference import Density, measure
from latentstudio.density.shell import Shell
from latentstudio.engine.generator import Generator
from latentstudio.engine.whitening import Whitening
from latentstudio.store import cache


def reference(
    generator: Generator, label: int | None = None, report: cache.Report = lambda _: None
) -> Job[Density]:
    """The density of a model, of one class for a conditional one; from the cache if it is there.

    Args:
        generator: The model.
        label: Class index; ignored by unconditional models, 0 where none is given.
        report: Told when a damaged cache was moved aside.
    """
    info = generator.info
    chosen = (label or 0) if info.classes else None
    path = _path(info.fingerprint, chosen)
    known = _load(path, generator, report)
    if known is not None:
        yield Step(1.0, "Density known")
        return known
    classes = None if chosen is None else torch.tensor([chosen], device=generator.device)
    density = yield from measure(generator, classes)
    _save(path, density)
    return density


def _path(fingerprint: str, label: int | None) -> Path:
    name = "density" if label is None else f"density-{label}"
    return cache.folder(fingerprint) / f"{name}.safetensors"


def _save(path: Path, density: Density) -> None:
    arrays = {"reference": density.shell.reference}
    if density.whitening:
        w = density.whitening
        arrays |= {
            "mean": w.mean.numpy(),
            "basis": w.basis.numpy(),
            "deviations": w.deviations.numpy(),
        }
    cache.store(path, arrays, {"flat": density.shell.flat})


def _load(path: Path, generator: Generator, report: cache.Report) -> Density | None:
    found = cache.load(path, report)
    if found is None:
        return None
    arrays, record = found
    dim = generator.info.code_dim
    if "reference" not in arrays or not np.isfinite(arrays["reference"]).all():
        return None
    whitening = None
    if "mean" in arrays:
        if arrays["mean"].shape != (dim,) or arrays["basis"].shape != (dim, dim):
            return None
        parts = (torch.from_numpy(arrays[key]) for key in ("mean", "basis", "deviations"))
        whitening = Whitening(*parts)
    shell = Shell(arrays["reference"], bool(record.get("flat")))
    chart = generator.to_normal, generator.from_normal
    return Density(generator.info.code_space, shell, *chart, whitening)
