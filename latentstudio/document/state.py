"""What a project holds. Values only: nothing here changes once made."""

from dataclasses import dataclass, replace
from typing import Literal

from latentstudio.core.walk import Walk
from latentstudio.document.start import FIRST, Seed, Start

Noise = Literal["const", "none"] | int


_LONGEST_LAYER = 200
AUTO = "auto"
"""In place of a layer's name: the one that suits the model."""


@dataclass(frozen=True, slots=True)
class MaskUse:
    """Where an edit applies.

    Attributes:
        digest: Of the mask in the assets (`document.assets`): (h, w), 0 to 1 (or 0 to 255 as
            uint8), of any size, laid over the whole picture.
        feather: Standard deviation of the soft edge, as a share of the picture's width; 0 is
            as painted.
        protect: Pixels outside the feathered mask stay the same bytes; False only tells which
            region the edit is about.
        features: The layer from which features are blended, and not pixels: then a rim around the
            mask may change, too. `AUTO` lets the model's sizes choose; empty blends pixels.
    """

    digest: str
    feather: float = 0.0
    protect: bool = True
    features: str = ""


def is_layer(name: str) -> bool:
    """Whether a text can be the name of a layer, or empty."""
    return len(name) <= _LONGEST_LAYER and name.isprintable()


@dataclass(frozen=True, slots=True)
class Edit:
    """One direction applied to the picture.

    Attributes:
        direction: Id of the direction.
        amount: In the direction's units; see `Direction.unit`.
        on: False is muted: kept, not applied.
        layers: First and last layer it may change, or None for the direction's own.
        off: Groups of channels that don't follow it, or None for the direction's own; see
            `document.groups`.
        mask: Where it applies, or None for the whole picture.
    """

    direction: str
    amount: float
    on: bool = True
    layers: tuple[int, int] | None = None
    off: frozenset[int] | None = None
    mask: MaskUse | None = None


@dataclass(frozen=True, slots=True)
class Picture:
    """All that decides the pixels, so equal pictures look equal. Keys the render caches.

    Attributes:
        start: A seed, or a latent from elsewhere.
        noise: Noise inputs: stored constants, off, or a seed.
        edits: In the order they were added.
        solo: If set, only this direction's edit is applied.
        walk: How the edits leave the start; once, after all of them are added.
    """

    start: Start = FIRST
    noise: Noise = "const"
    edits: tuple[Edit, ...] = ()
    solo: str | None = None
    walk: Walk = "straight"

    @property
    def seed(self) -> int | None:
        """The start's seed, or None where it starts from a latent."""
        return self.start.seed if isinstance(self.start, Seed) else None

    @property
    def label(self) -> int | None:
        """The start's class."""
        return self.start.label

    @property
    def truncation(self) -> float:
        """The start's truncation."""
        return self.start.truncation

    @property
    def on_shell(self) -> bool:
        """Whether its walk keeps the density."""
        return self.walk != "straight"

    def active(self) -> tuple[Edit, ...]:
        """The edits that count: on, not zero, and the soloed one only if there is one."""
        return tuple(
            e
            for e in self.edits
            if e.on and e.amount and (self.solo is None or e.direction == self.solo)
        )

    def edit(self, direction: str) -> Edit | None:
        """This direction's edit, or None if it is untouched."""
        return next((e for e in self.edits if e.direction == direction), None)

    def amount(self, direction: str) -> float:
        """Where this direction's slider stands."""
        found = self.edit(direction)
        return found.amount if found else 0.0

    def moved_to(self, direction: str, amount: float, mask: MaskUse | None = None) -> "Picture":
        """The picture with one slider elsewhere, its mute lifted, and no solo of another.

        Args:
            direction: Id of the slider.
            amount: Where it stands then.
            mask: Where the edit applies if there is none yet.
        """
        old = self.edit(direction)
        new = replace(old, amount=amount, on=True) if old else Edit(direction, amount, mask=mask)
        edits = tuple(new if e is old else e for e in self.edits)
        solo = None if self.solo is None else direction
        return replace(self, edits=edits if old else (*edits, new), solo=solo)

    def without(self, direction: str) -> "Picture":
        """The picture with one direction's edit taken out."""
        return replace(self, edits=tuple(e for e in self.edits if e.direction != direction))

    def original(self) -> "Picture":
        """The same start without any edit: what "show original" shows."""
        return replace(self, edits=(), solo=None)


How = Literal["kept", "variation", "bred", "opened"]
"""By hand, taken from a grid of variations, made of two others, or read from a file."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A picture kept in the strip, and what it was made from.

    Attributes:
        name: The artist's.
        picture: What it shows.
        starred: Marked as a good one.
        id: Unique within a document and larger than those of its parents; 0 where nobody asked.
        parents: Ids of the snapshots it was made from: none, one, or two where it was bred.
        how: How it came to be kept.
    """

    name: str
    picture: Picture
    starred: bool = False
    id: int = 0
    parents: tuple[int, ...] = ()
    how: How = "kept"


@dataclass(frozen=True, slots=True)
class Region:
    """A part of the picture that the artist painted.

    Attributes:
        mask: Where it is.
        name: The artist's; empty while it is named by where it lies.
    """

    mask: MaskUse
    name: str = ""


@dataclass(frozen=True, slots=True)
class Document:
    """The picture being edited and what the artist wrote around it.

    Attributes:
        model: File or built-in name the document was made with.
        fingerprint: Of that model; empty until it has been opened once.
        picture: The picture now.
        names: (direction id, name) pairs that replace the method's own names.
        pinned: Directions kept at the top of the list.
        snapshots: The strip, oldest first.
        rejected: Directions that the artist doesn't want to see.
        regions: Painted masks.
        region: Index of the one that is chosen; 0 while there is none.
        origin: Id of the snapshot that the picture was last kept as or recalled from: the
            parent of the next one. 0 where it comes from none.
    """

    model: str = "portraits"
    fingerprint: str = ""
    picture: Picture = Picture()
    names: tuple[tuple[str, str], ...] = ()
    pinned: frozenset[str] = frozenset()
    snapshots: tuple[Snapshot, ...] = ()
    rejected: frozenset[str] = frozenset()
    regions: tuple[Region, ...] = ()
    region: int = 0
    origin: int = 0

    @property
    def chosen_region(self) -> Region | None:
        """The region that is painted now, or None before the first stroke."""
        return self.regions[self.region] if self.region < len(self.regions) else None

    def name_of(self, direction: str, default: str = "") -> str:
        """The artist's name for a direction, else `default`."""
        return dict(self.names).get(direction, default)
