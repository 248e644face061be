"""Which snapshot was made from which: ids, parents, and the tree they make."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from latentstudio.document.state import Document, Snapshot


def kept(doc: Document, shot: Snapshot) -> tuple[Document, int]:
    """The document with one more snapshot, and the id that it was given."""
    id = 1 + max((one.id for one in doc.snapshots), default=0)
    return replace(doc, snapshots=(*doc.snapshots, replace(shot, id=id))), id


def kept_once(doc: Document, shot: Snapshot) -> tuple[Document, int]:
    """The same, unless the picture has been kept already: then that one's id.

    Of several that are alike, the one that the picture now comes from.
    """
    found = [one.id for one in doc.snapshots if one.picture == shot.picture]
    if not found:
        return kept(doc, shot)
    return doc, doc.origin if doc.origin in found else found[0]


def origin(doc: Document) -> tuple[int, ...]:
    """The parents of the next snapshot: what the picture comes from, if that is still there."""
    known = {shot.id for shot in doc.snapshots}
    return (doc.origin,) if doc.origin in known else ()


def without(doc: Document, index: int) -> Document:
    """The document without one snapshot; its children are its parents' from now on."""
    gone = doc.snapshots[index]

    def inherited(ids: tuple[int, ...]) -> tuple[int, ...]:
        if gone.id not in ids:
            return ids
        place = ids.index(gone.id)
        return tuple(dict.fromkeys((*ids[:place], *gone.parents, *ids[place + 1 :])))[:2]

    left = doc.snapshots[:index] + doc.snapshots[index + 1 :]
    shots = tuple(replace(shot, parents=inherited(shot.parents)) for shot in left)
    came = doc.origin if doc.origin != gone.id else next(iter(gone.parents), 0)
    return replace(doc, snapshots=shots, origin=came)


def with_again(doc: Document, before: Document, index: int) -> Document:
    """The document with a snapshot again that was taken out; what was done since stays.

    Args:
        doc: As it is now.
        before: As it was before the snapshot was taken out.
        index: Its place there.
    """
    shot, ids = before.snapshots[index], {one.id for one in doc.snapshots}
    shot = replace(shot, parents=tuple(id for id in shot.parents if id in ids))
    if shot.id in ids:  # given to another meanwhile
        return kept(doc, shot)[0]
    ids.add(shot.id)
    was = {one.id: one for one in before.snapshots if shot.id in one.parents}

    def own(one: Snapshot) -> Snapshot:
        known = was.get(one.id)
        if known is None or known.picture != one.picture or not set(known.parents) <= ids:
            return one
        return replace(one, parents=known.parents)

    shots = [own(one) for one in doc.snapshots]
    shots.insert(index, shot)
    return replace(doc, snapshots=tuple(shots))


@dataclass(frozen=True, slots=True)
class Node:
    """Where a snapshot stands in the tree.

    Attributes:
        index: Of the snapshot in the document.
        column: How many generations it is from a root.
        row: Of the tree drawn from the left to the right; a first child is in its parent's row.
        parent: Index of the first parent, or -1 at a root.
        other: Index of the second parent, or -1.
    """

    index: int
    column: int
    row: int
    parent: int = -1
    other: int = -1


def tree(shots: Sequence[Snapshot]) -> tuple[Node, ...]:
    """The snapshots as a tree, in their order; bred ones hang below their first parent."""
    places = {shot.id: index for index, shot in enumerate(shots)}
    parents = [[places[id] for id in shot.parents if id in places] for shot in shots]
    children: dict[int, list[int]] = {}
    for index, of in enumerate(parents):
        children.setdefault(of[0] if of else -1, []).append(index)
    found: dict[int, Node] = {}
    rows = 0
    waiting = [(index, 0, True) for index in reversed(children.get(-1, []))]
    while waiting:
        index, column, opens = waiting.pop()
        rows += opens
        ends = (*parents[index], -1, -1)
        found[index] = Node(index, column, rows - 1, ends[0], ends[1])
        below = children.get(index, [])
        later = [(child, column + 1, place > 0) for place, child in enumerate(below)]
        waiting.extend(reversed(later))
    return tuple(found[index] for index in sorted(found))


def shares(layers: int, coarse: float, fine: float, first_fine: int) -> tuple[float, ...]:
    """How much of a second parent each layer of a bred picture has.

    Args:
        layers: Of the model's code.
        coarse: Share of the second in early layers, 0 to 1.
        fine: The same in late ones.
        first_fine: The first of those.
    """
    return tuple(coarse if layer < first_fine else fine for layer in range(layers))
