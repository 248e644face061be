"""Every change a person can make, as a labelled pure function of the document."""

from collections.abc import Callable, Hashable, Sequence
from dataclasses import replace

from latentstudio.core.marked import marked
from latentstudio.core.walk import Walk
from latentstudio.document import lineage
from latentstudio.document.history import Command
from latentstudio.document.start import Seed, Start
from latentstudio.document.state import Document, Edit, Noise, Picture, Snapshot


def set_amount(
    direction: str, amount: float, name: str = "", gesture: Hashable | None = None
) -> Command:
    """Move one slider. `gesture` is new for every press of the mouse.

    A slider put back to zero keeps its place in the list of edits only while it carries
    something else (a layer range, groups, a mask or a mute); otherwise its edit is gone.
    """

    def change(edit: Edit) -> Edit:
        return replace(edit, amount=amount)

    return _edit_command(f"change {name or direction}", direction, change, gesture)


def set_layers(direction: str, layers: tuple[int, int] | None, name: str = "") -> Command:
    """Restrict a direction to layers first..last, or None for its own range."""

    def change(edit: Edit) -> Edit:
        return replace(edit, layers=layers)

    return _edit_command(f"layers of {name or direction}", direction, change)


def set_groups_off(direction: str, off: frozenset[int] | None, name: str = "") -> Command:
    """Let some groups of channels be, or None for what the direction itself has off."""

    def change(edit: Edit) -> Edit:
        return replace(edit, off=off)

    return _edit_command(f"groups of {name or direction}", direction, change)


def set_muted(direction: str, muted: bool, name: str = "") -> Command:
    """Keep an edit without applying it, or apply it again."""

    def change(edit: Edit) -> Edit:
        return replace(edit, on=not muted)

    said = name or direction
    label = f"mute {said}" if muted else f"unmute {said}"
    return _edit_command(label, direction, change)


def set_solo(direction: str | None, name: str = "") -> Command:
    """Apply only this direction, or all again with None."""
    label = f"solo {name or direction}" if direction else "leave solo"
    return change_picture(label, lambda p: replace(p, solo=direction))


def read_as(fingerprint: str, label: int | None) -> Command:
    """The model's file is read in another way, which makes it another network.

    Args:
        fingerprint: Of that network.
        label: A class that it has; None where it has none.
    """

    def apply(doc: Document) -> Document:
        start = doc.picture.start.with_label(label)
        picture = replace(doc.picture, start=start)
        return replace(doc, fingerprint=fingerprint, picture=picture)

    return Command("how the model is read", apply)


def remove_edit(direction: str, name: str = "") -> Command:
    """Take one edit out of the list."""
    return change_picture(f"remove {name or direction}", lambda p: p.without(direction))


def move_edit(direction: str, index: int, name: str = "") -> Command:
    """Put an edit at another place in the list."""

    def change(p: Picture) -> Picture:
        edit = p.edit(direction)
        if edit is None:
            return p
        rest = list(p.without(direction).edits)
        rest.insert(max(0, min(index, len(rest))), edit)
        return replace(p, edits=tuple(rest))

    return change_picture(f"move {name or direction}", change)


def reset_edits() -> Command:
    """Put every slider back to zero."""
    return change_picture("reset all", lambda p: p.original())


def set_seed(seed: int, gesture: Hashable | None = None) -> Command:
    """Another seed to start from, in the same class; edits stay, so that they show on it."""

    def change(doc: Document) -> Document:
        now = doc.picture
        start = Seed(seed, now.label, now.truncation)
        return replace(doc, picture=replace(now, start=start), origin=0)

    return Command(f"seed {seed}", change, gesture)


def set_start(start: Start, words: str) -> Command:
    """Start from something else, such as the latent of a photo; edits stay."""

    def change(doc: Document) -> Document:
        return replace(doc, picture=replace(doc.picture, start=start), origin=0)

    return Command(words, change)


def open_pictures(starts: Sequence[Start], name: str) -> Command:
    """Start from the first of some latents; the others are kept in the strip. Edits stay.

    Args:
        starts: At least one.
        name: Where they come from; the snapshots are numbered after it.
    """

    def change(doc: Document) -> Document:
        first, *rest = (replace(doc.picture, start=start) for start in starts)
        for n, picture in enumerate(rest, 2):
            doc, _ = lineage.kept(doc, Snapshot(f"{name} {n}", picture, how="opened"))
        return replace(doc, picture=first, origin=0)

    return Command(f"open {name}", change)


def set_label(label: int | None) -> Command:
    """Another class of a conditional model."""
    return change_picture("class", lambda p: replace(p, start=p.start.with_label(label)))


def set_truncation(truncation: float, gesture: Hashable | None = None) -> Command:
    """Pull the start toward the mean: 1 not at all, 0 all the way."""

    def change(p: Picture) -> Picture:
        return replace(p, start=p.start.with_truncation(truncation))

    return change_picture("truncation", change, gesture)


def set_noise(noise: Noise) -> Command:
    """Noise inputs: stored constants, off, or a seed."""
    return change_picture("noise", lambda p: replace(p, noise=noise))


def set_walk(walk: Walk) -> Command:
    """How edits leave the start: straight, or along the shell."""
    words = {
        "straight": marked("leave the shell free"),
        "preserve": marked("stay on shell"),
        "geodesic": marked("walk the great circle"),
    }
    return change_picture(words[walk], lambda p: replace(p, walk=walk))


def set_stay_on_shell(on: bool) -> Command:
    """The switch: on chooses ``preserve``, off ``straight``."""
    return set_walk("preserve" if on else "straight")


def show_picture(label: str, picture: Picture) -> Command:
    """Replace the whole picture: snap back, recall a snapshot, drop a recipe."""
    return change_picture(label, lambda _: picture)


def take_recipe(picture: Picture, names: tuple[tuple[str, str], ...], source: str) -> Command:
    """Show a picture that came with its recipe, with its maker's names of unnamed directions.

    Args:
        picture: What the recipe says.
        names: Pairs of a direction's id and its name.
        source: The file it is of.
    """

    def change(doc: Document) -> Document:
        given = dict(doc.names)
        new = tuple((id, name) for id, name in names if id not in given)
        return replace(doc, picture=picture, names=(*doc.names, *new))

    return Command(f"open {source}", change)


def rename_direction(direction: str, name: str) -> Command:
    """Give a direction the artist's own name; an empty one takes it back."""

    def change(doc: Document) -> Document:
        names = dict(doc.names)
        names.pop(direction, None)
        if name.strip():
            names[direction] = name.strip()
        return replace(doc, names=tuple(names.items()))

    return Command(f"rename to {name.strip()}", change)


def pin_direction(direction: str, pinned: bool, name: str = "") -> Command:
    """Keep a direction at the top of the list."""

    def change(doc: Document) -> Document:
        one = {direction}
        return replace(doc, pinned=doc.pinned | one if pinned else doc.pinned - one)

    said = name or direction
    return Command(f"pin {said}" if pinned else f"unpin {said}", change)


def reject_direction(direction: str, rejected: bool, name: str = "") -> Command:
    """Take a direction out of sight, its edit and pin with it, or bring it back."""

    def change(doc: Document) -> Document:
        one = {direction}
        if not rejected:
            return replace(doc, rejected=doc.rejected - one)
        picture = doc.picture.without(direction)
        if picture.solo == direction:
            picture = replace(picture, solo=None)
        return replace(doc, picture=picture, pinned=doc.pinned - one, rejected=doc.rejected | one)

    said = name or direction
    return Command(f"reject {said}" if rejected else f"take back {said}", change)


def keep_snapshot(name: str) -> Command:
    """Add the picture now to the strip."""

    def change(doc: Document) -> Document:
        doc, own = lineage.kept(doc, Snapshot(name, doc.picture, parents=lineage.origin(doc)))
        return replace(doc, origin=own)

    return Command(f"snapshot {name}", change)


def change_snapshot(index: int, *, name: str | None = None, starred: bool | None = None) -> Command:
    """Rename or star one snapshot."""

    def change(doc: Document) -> Document:
        shots = list(doc.snapshots)
        shot = shots[index]
        shots[index] = replace(
            shot,
            name=shot.name if name is None else name,
            starred=shot.starred if starred is None else starred,
        )
        return replace(doc, snapshots=tuple(shots))

    return Command("change snapshot", change)


def drop_snapshot(index: int) -> Command:
    """Take one snapshot out of the strip; those made from it become its parents' own."""
    return Command("remove snapshot", lambda doc: lineage.without(doc, index))


def change_picture(
    label: str, change: Callable[[Picture], Picture], gesture: Hashable | None = None
) -> Command:
    """Make a command from a function of the picture alone."""
    return Command(label, lambda doc: replace(doc, picture=change(doc.picture)), gesture)


def _edit_command(
    label: str,
    direction: str,
    change: Callable[[Edit], Edit],
    gesture: Hashable | None = None,
) -> Command:
    def apply(p: Picture) -> Picture:
        found = p.edit(direction)
        changed = change(found or Edit(direction, 0.0))
        if found is None:
            edits = (*p.edits, changed)
        else:
            edits = tuple(changed if e is found else e for e in p.edits)
        return replace(p, edits=tuple(e for e in edits if e is not changed or _matters(e)))

    return change_picture(label, apply, gesture)


def _matters(edit: Edit) -> bool:
    chosen = not (edit.layers is None and edit.off is None and edit.mask is None)
    return bool(edit.amount) or not edit.on or chosen
