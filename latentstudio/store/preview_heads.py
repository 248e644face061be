"""A model's preview heads, fitted once and kept."""

from pathlib import Path
from typing import Any

from latentstudio.engine.generator import Generator
from latentstudio.engine.preview_heads import PreviewHead, from_arrays
from latentstudio.render.coarse import CoarsePreviews, TimedHead
from latentstudio.store import cache

_MOST = 16


def keep(generator: Generator, coarse: CoarsePreviews) -> None:
    """Write heads where the next start finds them; a cache that can't be written is no error."""
    arrays: cache.Arrays = {}
    heads: list[dict[str, Any]] = []
    for index, one in enumerate(coarse.heads):
        if not isinstance(one.head, PreviewHead):
            return  # nothing is fitted yet
        arrays |= {f"{index}.{name}": array for name, array in one.head.arrays().items()}
        heads.append(one.head.record() | {"side": one.side, "seconds": one.seconds})
    record = {"heads": heads, "whole": coarse.measured, "pictures": coarse.pictures}
    cache.store(_path(generator), arrays, record)


def kept(generator: Generator, report: cache.Report = lambda _: None) -> CoarsePreviews | None:
    """The heads of a model as an earlier start left them, or None.

    Args:
        generator: The model; heads are put on its device.
        report: Told when a damaged file was moved aside.
    """
    found = cache.load(_path(generator), report)
    if found is None:
        return None
    arrays, record = found
    try:
        whole, pictures = float(record["whole"]), int(record["pictures"])
        heads: list[TimedHead] = []
        for index, one in enumerate(record["heads"][:_MOST]):
            own = {name: arrays[f"{index}.{name}"] for name in ("weight", "bias")}
            head = from_arrays(own, one, generator)
            side, seconds = int(one["side"]), float(one["seconds"])
            if head is None or not (0 < side <= generator.info.resolution and seconds > 0):
                return None
            heads.append(TimedHead(head, side, seconds))
    except (KeyError, TypeError, ValueError, AttributeError):
        return None
    return CoarsePreviews(heads, whole, pictures) if heads and whole > 0 else None


def _path(generator: Generator) -> Path:
    # What a layer takes differs from device to device.
    name = f"previews-{generator.device.type}.safetensors"
    return cache.folder(generator.info.fingerprint) / name
