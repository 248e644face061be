"""What a library shows of a preset: read from its manifest and strips, without its numbers."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import MappingProxyType

from latentstudio.core.errors import LatentStudioError
from latentstudio.core.spaces import Space
from latentstudio.document.direction import ModelKey
from latentstudio.document.payloads import Kind
from latentstudio.exchange.presets import read_header
from latentstudio.exchange.presets.manifest import Entry, LookEntry, Manifest

USEFUL = "useful"
"""In what was measured of a direction: the amounts that kept the picture on the shell."""
_ENDS = 2
NO_MODEL = ModelKey("", "", 0, MappingProxyType({}))


@dataclass(frozen=True, slots=True)
class DirectionRow:
    """A direction of a preset, as its details list it.

    Attributes:
        id: In the preset.
        name: As its author called it.
        kind: See `payloads.Kind`.
        space: Where it lives.
        low: Least amount its slider offers.
        high: Greatest amount.
        useful: Amounts that kept its author's picture on the shell, where that was measured.
    """

    id: str
    name: str
    kind: Kind
    space: Space
    low: float
    high: float
    useful: tuple[float, float] | None = None


@dataclass(frozen=True, slots=True)
class LookRow:
    """A look of a preset.

    Attributes:
        id: In the preset.
        name: As its author called it.
        edits: Names of its directions, with their amounts.
    """

    id: str
    name: str
    edits: tuple[tuple[str, float], ...]


@dataclass(frozen=True, slots=True, eq=False)
class PresetCard:
    """A preset of the library.

    Attributes:
        path: Its file.
        name: What its author called it; the file's where it can't be read.
        author: Who made it, or empty.
        licence: Under which it may be shared, or empty.
        notes: What it is for.
        tags: Words to find it by.
        model: Which model it was made for.
        directions: What it holds.
        looks: Stacks of edits in it.
        previews: PNG strips by the id of the direction or look.
        changed: When the file was last written, in seconds since 1970.
        shared: It lies in a watched folder, not in the user's own.
        starred: The user marked it; others of a shared folder don't see that.
        problem: Why it can't be opened, as a sentence, or empty.
    """

    path: Path
    name: str
    author: str = ""
    licence: str = ""
    notes: str = ""
    tags: tuple[str, ...] = ()
    model: ModelKey = NO_MODEL
    directions: tuple[DirectionRow, ...] = ()
    looks: tuple[LookRow, ...] = ()
    previews: Mapping[str, bytes] = field(default_factory=lambda: MappingProxyType({}))
    changed: float = 0.0
    shared: bool = False
    starred: bool = False
    problem: str = ""

    @property
    def spaces(self) -> frozenset[Space]:
        """In which its directions live."""
        return frozenset(row.space for row in self.directions)

    @property
    def strip(self) -> bytes:
        """The first of its previews, or nothing."""
        ids = [*(look.id for look in self.looks), *(row.id for row in self.directions)]
        return next((self.previews[id] for id in ids if id in self.previews), b"")


def read_card(path: Path) -> PresetCard:
    """The card of a file; one that can't be read says why."""
    changed = _changed(path)
    try:
        said, previews = read_header(path)
    except LatentStudioError as error:
        return PresetCard(path, path.stem, changed=changed, problem=error.sentence())
    return replace(_card(path, said), previews=MappingProxyType(previews), changed=changed)


def _card(path: Path, said: Manifest) -> PresetCard:
    names = {entry.id: entry.name for entry in said.directions}
    model = said.model
    return PresetCard(
        path,
        said.name.strip() or path.stem,
        said.author,
        said.licence,
        said.notes,
        said.tags,
        ModelKey(model.fingerprint, model.family, model.resolution, dict(model.dims)),
        tuple(map(_row, said.directions)),
        tuple(_look(look, names) for look in said.looks),
    )


def _row(entry: Entry) -> DirectionRow:
    useful = _useful(entry.measured.get(USEFUL))
    return DirectionRow(entry.id, entry.name, entry.kind, entry.space, *entry.range, useful)


def _useful(said: object) -> tuple[float, float] | None:
    """A range as a stranger's file says it, or None where it is none."""
    if not isinstance(said, list) or len(said) != _ENDS:
        return None
    ends = [float(end) for end in said if type(end) in (int, float)]
    return (ends[0], ends[1]) if len(ends) == _ENDS and ends[0] < ends[1] else None


def _look(look: LookEntry, names: Mapping[str, str]) -> LookRow:
    edits = tuple((names[edit.direction], edit.amount) for edit in look.edits if edit.on)
    return LookRow(look.id, look.name, edits)


def _changed(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except OSError:
        return 0.0
