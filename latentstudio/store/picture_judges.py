"""A model's judge of pictures, fitted once and kept."""

from pathlib import Path

from latentstudio.density.picture_judge import PictureJudge
from latentstudio.engine.generator import Generator
from latentstudio.store import cache


def keep(generator: Generator, label: int | None, judge: PictureJudge) -> None:
    """Write it where the next start finds it; a cache that can't be written is no error."""
    cache.store(_path(generator, label), judge.arrays(), {"tap": judge.tap})


def kept(
    generator: Generator, label: int | None, report: cache.Report = lambda _: None
) -> PictureJudge | None:
    """The judge of a model, of one class for a conditional one, or None.

    Args:
        generator: The model.
        label: Class index; ignored by unconditional models.
        report: Told when a damaged file was moved aside.
    """
    found = cache.load(_path(generator, label), report)
    if found is None:
        return None
    arrays, record = found
    tap = record.get("tap")
    if tap not in generator.info.taps:
        return None
    try:
        return PictureJudge.from_arrays(arrays, str(tap))
    except (KeyError, ValueError, TypeError):
        return None


def _path(generator: Generator, label: int | None) -> Path:
    name = f"needle-{label or 0}" if generator.info.classes else "needle"
    return cache.folder(generator.info.fingerprint) / f"{name}.safetensors"
