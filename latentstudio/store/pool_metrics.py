"""The mean metric of a model's own pictures, measured once and kept."""

from pathlib import Path

from latentstudio.core.progress import Job, Step
from latentstudio.engine.generator import Generator
from latentstudio.engine.pushforward import Readout
from latentstudio.region.pool_metric import PoolMetric, from_arrays, pool_metric
from latentstudio.store import cache


def kept_metric(
    generator: Generator,
    layers: tuple[int, int] | None,
    label: int | None = None,
    reading: Readout | None = None,
    report: cache.Report = lambda _: None,
) -> Job[PoolMetric]:
    """The metric of some layers; from the cache if it is there.

    Args:
        generator: The model.
        layers: First and last layer that steps reach.
        label: Class of the pool's pictures, for conditional models.
        reading: Where pictures are read.
        report: Told when a damaged cache was moved aside.
    """
    known = known_metric(generator, layers, label, report)
    if known is not None:
        yield Step(1.0, "The model is known")
        return known
    found = yield from pool_metric(generator, layers, reading, label=label)
    cache.store(_path(generator, layers, label), found.arrays(), found.record())
    return found


def known_metric(
    generator: Generator,
    layers: tuple[int, int] | None,
    label: int | None = None,
    report: cache.Report = lambda _: None,
) -> PoolMetric | None:
    """The metric if it has been measured, without measuring it."""
    found = cache.load(_path(generator, layers, label), report)
    metric = None if found is None else from_arrays(*found, generator.info.code_dim)
    return metric if metric is not None and metric.layers == layers else None


def _path(generator: Generator, layers: tuple[int, int] | None, label: int | None) -> Path:
    name = "metric-" + ("all" if layers is None else f"{layers[0]}-{layers[1]}")
    if generator.info.classes:
        name += f"-class{label or 0}"
    return cache.folder(generator.info.fingerprint) / f"{name}.safetensors"
