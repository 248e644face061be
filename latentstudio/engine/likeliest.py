"""Which of several model files to open: in a training run's folder, or in an archive of one."""

import re
from collections.abc import Iterable
from pathlib import Path, PurePosixPath

SUFFIXES = (".pkl", ".pt", ".pth", ".ckpt", ".safetensors", ".bin", ".tar", ".pickle")
MOST = 10_000
_OTHERS = re.compile(
    r"(^|[^a-z])(net)?d(isc\w*)?([^a-z]|$)|discriminator|critic|optim|encoder|vgg|inception|lpips"
    r"|arcface|loss|sched|scaler|scheduler|args|config|metric|stats",
    re.IGNORECASE,
)
_AVERAGED = re.compile(r"ema|avg|smooth|best|final|latest", re.IGNORECASE)


def likeliest(names: Iterable[str]) -> str | None:
    """The model to open: averaged or best ones first, then the latest by its number.

    Args:
        names: Paths with slashes.
    """
    found = [name for name in names if _is_model(PurePosixPath(name))]

    def rank(name: str) -> tuple[bool, bool, list[int], str]:
        path = PurePosixPath(name)
        numbers = [int(digits) for digits in re.findall(r"\d+", path.stem)]
        other, good = _OTHERS.search(path.stem), _AVERAGED.search(path.stem)
        return other is None, good is not None, numbers[-1:], name

    return max(found, key=rank, default=None)


def likeliest_in(folder: Path) -> tuple[Path | None, list[str]]:
    """The model to open in a folder or one level below, and the names directly in it."""
    here = sorted(folder.iterdir())[:MOST]
    names = [path.name for path in here]
    best = likeliest(path.name for path in here if path.is_file())
    if best is None:
        inner = [path for path in here if path.is_dir() and not path.name.startswith(".")]
        below = [p for sub in inner for p in sorted(sub.iterdir())[:MOST] if p.is_file()]
        best = likeliest(f"{path.parent.name}/{path.name}" for path in below)
    return (None if best is None else folder / best), names


def _is_model(path: PurePosixPath) -> bool:
    hidden = any(part.startswith((".", "__MACOSX")) for part in path.parts)
    return path.suffix.lower() in SUFFIXES and not hidden
