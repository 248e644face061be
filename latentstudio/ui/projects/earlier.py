"""Work that a project takes the place of, and that is in no file: kept as a project of its own."""

import time
from collections.abc import Callable
from pathlib import Path

from latentstudio.document.history import Steps
from latentstudio.document.state import Document
from latentstudio.exchange.projects import ENDING
from latentstudio.render.messages import Frame
from latentstudio.store.project_notes import earlier_dir
from latentstudio.workers.project_client import SaveRequest

MOST = 20
"""Files of earlier work that are kept; older ones go."""


def keep_earlier(save: Callable[[SaveRequest], object], steps: Steps, frame: Frame | None) -> None:
    """Have work saved under the time and the name of its model.

    Args:
        save: Saves a project.
        steps: The document, and how it came to be.
        frame: The picture that is shown, or None.
    """
    doc = steps.document
    if not worth_a_file(doc):
        return
    folder = earlier_dir()
    name = f"{time.strftime('%Y-%m-%d %H.%M.%S')} {Path(doc.model).stem}{ENDING}"
    save(SaveRequest(folder / name, steps, frame, new_folder=True))
    kept = sorted(folder.glob(f"*{ENDING}")) if folder.is_dir() else []
    for old in kept[: -MOST + 1]:
        old.unlink(missing_ok=True)


def worth_a_file(doc: Document) -> bool:
    """Whether a document is of any model: before one was open there is nothing to keep."""
    return bool(doc.fingerprint)
