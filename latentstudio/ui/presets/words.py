"""What is said of presets."""

from latentstudio.core.marked import marked
from latentstudio.core.texts import one_line
from latentstudio.exchange.presets.fit import Fit
from latentstudio.store.preset_cards import DirectionRow, LookRow, PresetCard
from latentstudio.ui.widgets.sentences import filled, shown
from latentstudio.ui.widgets.words import short, signed, tr

KINDS = {
    "linear": marked("Straight"),
    "rbf": marked("Path"),
    "channels": marked("Groups of channels"),
    "local": marked("Region"),
}
ICONS = {"linear": "move-horizontal", "rbf": "activity", "channels": "blend", "local": "brush"}
LOOK_ICON = "sparkles"


def count_words(card: PresetCard) -> str:
    """``4 directions``, ``1 look`` or both."""
    directions, looks = len(card.directions), len(card.looks)
    parts = []
    if directions:
        one = tr("1 direction")
        parts.append(one if directions == 1 else filled(tr("%1 directions"), str(directions)))
    if looks:
        parts.append(tr("1 look") if looks == 1 else filled(tr("%1 looks"), str(looks)))
    return ", ".join(parts) or tr("nothing in it")


def by_line(card: PresetCard) -> str:
    """Author and how much is in it."""
    if card.problem:
        return one_line(card.path.name)
    author = one_line(card.author)
    return f"{author} · {count_words(card)}" if author else count_words(card)


def source_words(card: PresetCard, fits: Fit | None) -> tuple[str, str, str]:
    """Icon, colour and words of where a preset comes from, or what is wrong with it."""
    if card.problem:
        return "circle-alert", "bad", tr("Can't be opened")
    if fits is not None and fits.verdict == "other":
        return "circle-alert", "warn", tr("Doesn't fit this model")
    if fits is not None and fits.verdict == "alike":
        return "triangle-alert", "warn", tr("For another model")
    if card.shared:
        return "folder-open", "tx3", tr("Shared folder")
    return "", "tx3", tr("In your library")


def fit_words(fits: Fit | None, *, tried: bool = False) -> tuple[str, str, str]:
    """Icon, colour and sentence for the details; `tried` is one of another model that is in use."""
    if fits is None:
        return "info", "tx2", tr("Open a model to use it.")
    if fits.verdict == "same":
        return "circle-check", "ok", tr("Same model: fits")
    if fits.verdict == "other":
        return "circle-alert", "bad", shown(fits.why)
    if tried:
        return "triangle-alert", "warn", tr("Made for another model; being tried on this one.")
    return "triangle-alert", "warn", shown(fits.why)


def row_words(row: DirectionRow) -> tuple[str, str, str]:
    """Name, kind and range of a direction."""
    reach = filled(tr("%1 to %2"), short(row.low), short(row.high))
    return one_line(row.name), shown(KINDS[row.kind]), reach


def points_words(kind: str, count: int) -> str:
    """The kind of a direction that is a path: ``Region, path of 7 points``."""
    points = str(count)
    if kind == shown(KINDS["local"]):
        return filled(tr("Region, path of %1 points"), points)
    return filled(tr("Path, %1 points"), points)


def useful_words(row: DirectionRow) -> str:
    """Where it kept its author's picture on the shell; empty where that is not known."""
    if row.useful is None:
        return ""
    ends = (signed(end) for end in row.useful)
    return filled(tr("On the shell from %1 to %2 on its author’s picture"), *ends)


def look_words(look: LookRow) -> tuple[str, str, str]:
    """Name, what it does and how many edits a look has."""
    edits = ", ".join(f"{one_line(name)} {signed(amount)}" for name, amount in look.edits)
    count = len(look.edits)
    many = tr("1 edit") if count == 1 else filled(tr("%1 edits"), str(count))
    return one_line(look.name), filled(tr("Look: %1"), edits), many


def look_name(card: PresetCard, look: LookRow) -> str:
    """A look outside of its preset: with the preset's name, where that is another."""
    name, preset = one_line(look.name), one_line(card.name)
    return name if name == preset else filled(tr("%1, of %2"), name, preset)


def card_words(card: PresetCard, fits: Fit | None) -> str:
    """All of a card, for screen readers and tooltips."""
    parts = [one_line(card.name), by_line(card), source_words(card, fits)[2]]
    if card.starred:
        parts.append(tr("starred"))
    return ", ".join(parts)
