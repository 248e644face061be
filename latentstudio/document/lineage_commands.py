"""What a person can do along the lineage of a document: recall, take a variation, breed."""

from dataclasses import replace

from latentstudio.document import lineage
from latentstudio.document.history import Command
from latentstudio.document.state import Document, Picture, Snapshot


def recall_snapshot(index: int, label: str) -> Command:
    """Show a snapshot again; what is kept next grows from there."""

    def change(doc: Document) -> Document:
        shot = doc.snapshots[index]
        return replace(doc, picture=shot.picture, origin=shot.id)

    return Command(label, change)


def bring_back_snapshot(before: Document, index: int) -> Command:
    """Put a snapshot in its place again that was taken out; what was done since stays.

    Args:
        before: The document before it was taken out.
        index: Its place there.
    """
    return Command("bring back snapshot", lambda doc: lineage.with_again(doc, before, index))


def adopt_variation(picture: Picture, centre: Picture, name: str, centre_name: str) -> Command:
    """Take a picture of a grid of variations, and keep it and the one it was made from.

    Args:
        picture: The one that was chosen.
        centre: What it is a variation of.
        name: The chosen one's.
        centre_name: The other's, if it was not kept before.
    """

    def change(doc: Document) -> Document:
        before = Snapshot(centre_name, centre, parents=lineage.origin(doc))
        doc, parent = lineage.kept_once(doc, before)
        shot = Snapshot(name, picture, parents=(parent,), how="variation")
        doc, own = lineage.kept_once(doc, shot)
        return replace(doc, picture=picture, origin=own)

    return Command(f"take {name}", change)


def adopt_bred(picture: Picture, parents: tuple[Snapshot, Snapshot], name: str) -> Command:
    """Go on with a picture made of two, and keep it below both.

    Args:
        picture: What was made of them.
        parents: The two; one that is not among the snapshots yet is kept before.
        name: Of the new one.
    """

    def change(doc: Document) -> Document:
        ids = []
        for parent in parents:
            doc, id = lineage.kept_once(doc, replace(parent, parents=lineage.origin(doc)))
            ids.append(id)
        of = tuple(dict.fromkeys(ids))
        doc, own = lineage.kept_once(doc, Snapshot(name, picture, parents=of, how="bred"))
        return replace(doc, picture=picture, origin=own)

    return Command(f"breed {name}", change)
