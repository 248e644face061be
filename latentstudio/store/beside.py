"""What is kept beside a document, so that it has all that it names."""

from dataclasses import dataclass
from pathlib import Path

from latentstudio.document.assets import NO_ASSETS, used_by
from latentstudio.document.direction import DirectionSet
from latentstudio.document.state import Document
from latentstudio.document.uses import directions_used
from latentstudio.store import used_directions
from latentstudio.store.assets import DiskAssets


@dataclass(frozen=True, slots=True)
class Beside:
    """What belongs to a document and is not in it.

    Attributes:
        directions: Of its model, as far as they are known; None leaves what is kept.
    """

    directions: DirectionSet | None = None


NOTHING = Beside()


def keep_beside(path: Path, doc: Document, beside: Beside, assets: DiskAssets | None) -> None:
    """Keep masks, latents and directions before the document that names them.

    Raises:
        FileError: The folder can't be written to.
        ResourceError: The disk is full.
    """
    if assets is not None:
        assets.save(used_by(doc))
    known = beside.directions
    if known is not None and known.model.fingerprint == doc.fingerprint:
        used_directions.keep(path, directions_used([doc]), known, assets or NO_ASSETS)


def move_beside(path: Path, to: Path) -> None:
    """What stood beside one document stands beside another from now on."""
    used_directions.move(path, to)
