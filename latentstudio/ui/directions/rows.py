"""Which rows the list shows: filter, search, groups. Pure values, no widgets."""

import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from operator import attrgetter
from types import MappingProxyType
from typing import Literal

from latentstudio.document.direction import Direction, Local
from latentstudio.document.run_info import SEARCH
from latentstudio.document.state import Document
from latentstudio.evaluate.agreement import Agreement
from latentstudio.evaluate.messages import Measure
from latentstudio.region import registry
from latentstudio.ui.widgets.words import layer_words, tr

Order = Literal["found", "strength", "locality", "agreement", "name"]

ALL, IN_USE, PINNED, REGION = "all", "in-use", "pinned", "region"
_METHODS = {
    "sefa": "SeFa",
    "picture-ica": "Picture ICA",
    "ganspace": "GANSpace",
    "by-example": "By example",
    "dp-lase": "DP-LaSE",
    "dp-lase-subspace": "DP-LaSE groups",
    "warpedganspace": "WarpedGANSpace",
    "voynov-babenko": "Voynov–Babenko",
    **{method.id: method.title for method in registry.METHODS.values()},
}
_SHORT = {
    "ganspace": "PCA",
    "dp-lase-subspace": "Groups",
    "warpedganspace": "Warped",
    "voynov-babenko": "Voynov",
}
_NUMBERED = re.compile(r"(?P<method>.+) (?P<number>\d+(?:·\d+)*)")
_NO_AGREEMENT: Mapping[str, Agreement] = MappingProxyType({})
_NO_MEASURES: Mapping[str, Measure] = MappingProxyType({})
_NO_NAMES: Mapping[str, str] = MappingProxyType({})
_LONGEST_GROUP = 40
_FIRST = (SEARCH, "by-example")
"""Keys of runs begin so whose directions stand before those of single methods."""


@dataclass(frozen=True, slots=True)
class Group:
    """A header that folds."""

    key: str
    title: str
    count: int
    folded: bool


@dataclass(frozen=True, slots=True)
class Item:
    """One direction."""

    id: str
    group: str


Row = Group | Item


@dataclass(frozen=True, slots=True)
class RowFilter:
    """What the artist asked to see.

    Attributes:
        text: Search, in names and sources; empty for all.
        chip: ``all``, ``in-use``, ``pinned``, ``region`` or ``method:<id>``.
        folded: Keys of folded groups.
        order: Within a group; ``found`` is as the methods gave them.
    """

    text: str = ""
    chip: str = ALL
    folded: frozenset[str] = frozenset()
    order: Order = "found"


def method_words(method: str) -> str:
    """The name of a method: ``SeFa``."""
    return _METHODS.get(method, method.replace("-", " ").capitalize() or tr("Own"))


def only_numbered(direction: Direction) -> bool:
    """It has no name but its method's with a number, which tells an artist nothing."""
    return _number(direction) is not None


def default_name(direction: Direction) -> str:
    """What a direction is called before anybody named it: ``Direction 7 (SeFa)``."""
    found = _number(direction)
    if found is None:
        return direction.name
    words = tr("Direction %1 (%2)").replace("%1", found["number"])
    return words.replace("%2", found["method"])


def numbered_words(direction: Direction) -> str:
    """Which of its method's directions it is: ``SeFa, number 7``; else the method."""
    found = _number(direction)
    method = method_words(direction.method)
    if found is None:
        return method
    return tr("%1, number %2").replace("%1", method).replace("%2", found["number"])


def _number(direction: Direction) -> re.Match[str] | None:
    found = _NUMBERED.fullmatch(direction.name)
    known = (*_METHODS.values(), *_SHORT.values())
    return found if found is not None and found["method"] in known else None


def group_words(direction: Direction) -> str:
    """Where a direction comes from: ``SeFa, layers 0–3``, or the group its preset names."""
    if 0 < len(direction.group) <= _LONGEST_GROUP:
        return direction.group
    return f"{method_words(direction.method)}, {layer_words(direction.layers)}"


def chips(directions: Iterable[Direction], doc: Document) -> list[tuple[str, str]]:
    """Keys and texts of the filters: all, in use, pinned, one for each method."""
    known = list(directions)
    ids = {d.id for d in known}
    used = sum(1 for e in doc.picture.edits if e.direction in ids)
    in_use = tr("In use %1").replace("%1", str(used)) if used else tr("In use")
    found = [(ALL, tr("All")), (IN_USE, in_use), (PINNED, tr("Pinned"))]
    if any(isinstance(d.payload, Local) for d in known):
        found.append((REGION, tr("Region")))
    methods = dict.fromkeys(d.method for d in known if not isinstance(d.payload, Local))
    return found + [(f"method:{m}", _SHORT.get(m, method_words(m))) for m in methods]


def build_rows(
    directions: Iterable[Direction],
    doc: Document,
    wanted: RowFilter,
    agreement: Mapping[str, Agreement] = _NO_AGREEMENT,
    measures: Mapping[str, Measure] = _NO_MEASURES,
    names: Mapping[str, str] = _NO_NAMES,
) -> list[Row]:
    """Headers and rows in the order shown. What has no measure yet comes last.

    Args:
        directions: All there are.
        doc: What the artist made of them.
        wanted: Which of them to show.
        agreement: What they have in common, by id.
        measures: How strong and local they are, by id.
        names: Given by their effect, by id.
    """

    def name(one: Direction) -> str:
        return doc.name_of(one.id, names.get(one.id) or default_name(one))

    shown = _found_first([d for d in directions if _passes(d, doc, wanted, name(d))])
    if wanted.order == "name":
        shown.sort(key=lambda d: name(d).casefold())
    elif wanted.order == "agreement":
        shown.sort(key=lambda d: -_agreement(agreement.get(d.id)))
    elif wanted.order != "found":
        by = attrgetter(wanted.order)
        shown.sort(key=lambda d: -by(measures[d.id]) if d.id in measures else math.inf)
    groups: dict[str, tuple[str, list[Direction]]] = {}
    if wanted.chip == ALL and (pinned := [d for d in shown if d.id in doc.pinned]):
        groups["pinned"] = (tr("Pinned"), pinned)
    for direction in shown:
        if "pinned" in groups and direction.id in doc.pinned:
            continue
        title = group_words(direction)
        groups.setdefault(title, (title, []))[1].append(direction)
    rows: list[Row] = []
    for key, (title, members) in groups.items():
        # A search must show what it found.
        folded = key in wanted.folded and not wanted.text
        rows.append(Group(key, title, len(members), folded))
        if not folded:
            rows += [Item(d.id, key) for d in members]
    return rows


def changed_rows(before: Document, after: Document) -> set[str] | None:
    """Which directions look otherwise in another document; None for perhaps all of them."""
    was, now = before.picture, after.picture
    if (was.solo, was.on_shell, before.names, before.pinned, before.rejected) != (
        now.solo,
        now.on_shell,
        after.names,
        after.pinned,
        after.rejected,
    ):
        return None
    return {edit.direction for edit in set(was.edits) ^ set(now.edits)}


def _found_first(directions: list[Direction]) -> list[Direction]:
    """What a search or marks found stands after what has a heading of its own, before the rest."""
    found = [d for d in directions if d.provenance.run.startswith(_FIRST)]
    rest = [d for d in directions if not d.provenance.run.startswith(_FIRST)]
    place = next((k for k, d in enumerate(rest) if not d.group), len(rest))
    return [*rest[:place], *found, *rest[place:]]


def _agreement(agreement: Agreement | None) -> float:
    """Methods that found it; a repeat counts for less than any other."""
    if agreement is None or agreement.duplicate_of:
        return 0.0
    return len(agreement.methods) + (0.5 if agreement.same else 0.0)


def _passes(direction: Direction, doc: Document, wanted: RowFilter, name: str) -> bool:
    if direction.id in doc.rejected:
        return False
    if wanted.chip == IN_USE and doc.picture.edit(direction.id) is None:
        return False
    if wanted.chip == PINNED and direction.id not in doc.pinned:
        return False
    if wanted.chip == REGION and not isinstance(direction.payload, Local):
        return False
    if wanted.chip.startswith("method:") and wanted.chip != f"method:{direction.method}":
        return False
    places = f"{name} {direction.name} {group_words(direction)}".casefold()
    return all(word in places for word in wanted.text.casefold().split())
