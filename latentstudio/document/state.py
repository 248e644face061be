"""What a project holds. Values only: nothing here changes once made."""

from dataclasses import dataclass, replace
from typing import Literal

Noise = Literal["const", "none"] | int


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
    """

    direction: str
    amount: float
    on: bool = True
    layers: tuple[int, int] | None = None
    off: frozenset[int] | None = None


@dataclass(frozen=True, slots=True)
class Picture:
    """All that decides the pixels, so equal pictures look equal. Keys the render caches.

    Attributes:
        seed: Seed of z.
        label: Class index for conditional models, else None.
        truncation: 1 leaves the style code as drawn, 0 is the mean.
        noise: Noise inputs: stored constants, off, or a seed.
        edits: In the order they were added.
        solo: If set, only this direction's edit is applied.
        stay_on_shell: Walks keep the density (retract once, after all edits are added).
    """

    seed: int = 0
    label: int | None = None
    truncation: float = 1.0
    noise: Noise = "const"
    edits: tuple[Edit, ...] = ()
    solo: str | None = None
    stay_on_shell: bool = False

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

    def without(self, direction: str) -> "Picture":
        """The picture with one direction's edit taken out."""
        return replace(self, edits=tuple(e for e in self.edits if e.direction != direction))

    def original(self) -> "Picture":
        """The same start without any edit: what "show original" shows."""
        return replace(self, edits=(), solo=None)


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A picture kept in the strip."""

    name: str
    picture: Picture
    starred: bool = False


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
    """

    model: str = "portraits"
    fingerprint: str = ""
    picture: Picture = Picture()
    names: tuple[tuple[str, str], ...] = ()
    pinned: frozenset[str] = frozenset()
    snapshots: tuple[Snapshot, ...] = ()
    rejected: frozenset[str] = frozenset()

    def name_of(self, direction: str, default: str = "") -> str:
        """The artist's name for a direction, else `default`."""
        return dict(self.names).get(direction, default)
