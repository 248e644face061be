"""Files kept beside a document so that it has all it names: assets, directions, undo steps."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from latentstudio.document.assets import NO_ASSETS, used_by
from latentstudio.document.direction import DirectionSet
from latentstudio.document.history import Steps
from latentstudio.document.state import Document
from latentstudio.document.uses import directions_used
from latentstudio.store import kept_steps, used_directions
from latentstudio.store.assets import DiskAssets


@dataclass(frozen=True, slots=True)
class Attachments:
    """What belongs to a document and is not in it.

    Attributes:
        directions: Of its model, as far as they are known; None leaves what is kept.
        steps: How it came to be; None leaves what is kept.
    """

    directions: DirectionSet | None = None
    steps: Steps | None = None

    def states(self, doc: Document) -> list[Document]:
        """The document, and those that undo and redo bring back after a restart."""
        if self.steps is None:
            return [doc]
        return [doc, *kept_steps.tail_of(self.steps).states()]


NOTHING = Attachments()


def keep_attachments(
    path: Path, doc: Document, attachments: Attachments, assets: DiskAssets | None
) -> None:
    """Keep masks, latents, directions and steps before the document that they belong to.

    Raises:
        FileError: The folder can't be written to.
        ResourceError: The disk is full.
    """
    states = attachments.states(doc)
    if assets is not None:
        assets.save(assets_used(states))
    known = attachments.directions
    if known is not None and known.model.fingerprint == doc.fingerprint:
        used_directions.keep(path, directions_used(states), known, assets or NO_ASSETS)
    if attachments.steps is not None:
        kept_steps.keep(path, attachments.steps)


def move_attachments(path: Path, to: Path) -> None:
    """What stood beside one document stands beside another from now on."""
    used_directions.move(path, to)
    kept_steps.move(path, to)


def assets_used(docs: Iterable[Document]) -> frozenset[str]:
    """Digests of all masks and latents that documents name."""
    return frozenset(digest for doc in docs for digest in used_by(doc))


def names_used(docs: Iterable[Document]) -> frozenset[str]:
    """All that documents name and that has to be kept beside them, and their models."""
    docs = list(docs)
    return assets_used(docs) | directions_used(docs) | {doc.fingerprint for doc in docs}
