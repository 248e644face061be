"""Which of several model files to open: in a training run's folder, or in an archive of one."""

import re
from collections.abc import Iterable
from pathlib import Path, PurePosixPath

SUFFIXES = (".pkl", ".pt", ".pth", ".ckpt", ".safetensors", ".bin", ".tar", ".pickle")
MOST = 10_000
LEVELS = 4
"""A folder, and how far below it a model is looked for: ``run/checkpoints/step/model.pt``."""
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
    """The model to open in a folder, or in those inside it, and the names directly in it."""
    here = sorted(folder.iterdir())[:MOST]
    level = [folder]
    for _ in range(LEVELS):
        below = [path for inner in level for path in sorted(inner.iterdir())[:MOST]][:MOST]
        best = likeliest(path.relative_to(folder).as_posix() for path in below if path.is_file())
        if best is not None:
            return folder / best, [path.name for path in here]
        level = [path for path in below if path.is_dir() and not path.name.startswith(".")]
    return None, [path.name for path in here]


def _is_model(path: PurePosixPath) -> bool:
    hidden = any(part.startswith((".", "__MACOSX")) for part in path.parts)
    return path.suffix.lower() in SUFFIXES and not hidden
