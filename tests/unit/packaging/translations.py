"""Loads packaging/translations by its path: nothing of `packaging/` is importable otherwise."""

import sys
from pathlib import Path

FOLDER = Path(__file__).resolve().parents[3] / "packaging" / "translations"

sys.path.append(str(FOLDER))
import extract
import make

sys.path.remove(str(FOLDER))

__all__ = ["extract", "make"]
