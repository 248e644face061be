"""What a direction has in common with others, in words."""

from collections.abc import Callable

from latentstudio.evaluate.agreement import Kin
from latentstudio.ui.directions.rows import method_words
from latentstudio.ui.widgets.words import tr

Name = Callable[[str], str]


def kin_words(kin: Kin | None, name: Name) -> str:
    """A caption: ``found by 4 methods``, ``partly like SeFa 1``, or nothing to say."""
    if kin is None:
        return ""
    if kin.duplicate_of:
        return tr("repeats %1").replace("%1", name(kin.duplicate_of))
    if len(kin.methods) > 1:
        return tr("found by %1 methods").replace("%1", str(len(kin.methods)))
    if kin.same:
        return tr("found again as %1").replace("%1", name(kin.same[0]))
    if kin.partly:
        return tr("partly like %1").replace("%1", name(kin.partly))
    return ""


def short_kin_words(kin: Kin | None) -> str:
    """The same where there is little room, and only what is sure: ``4 methods``, ``repeat``."""
    if kin is None:
        return ""
    if kin.duplicate_of:
        return tr("repeat")
    many = len(kin.methods)
    return tr("%1 methods").replace("%1", str(many)) if many > 1 else ""


def kin_tip(kin: Kin | None, name: Name) -> str:
    """Sentences for the tooltip, with the names of those that agree."""
    if kin is None or not (kin.same or kin.partly):
        return ""
    if not kin.same:
        return tr("Partly like %1.").replace("%1", name(kin.partly))
    others = ", ".join(map(name, kin.same))
    said = [tr("The same as %1.").replace("%1", others)]
    if len(kin.methods) > 1:
        methods = ", ".join(map(method_words, kin.methods))
        said.insert(
            0,
            tr("Found by %1 methods: %2.")
            .replace("%1", str(len(kin.methods)))
            .replace("%2", methods),
        )
    return "\n".join(said)


def sentence_case(words: str) -> str:
    """With a capital where the caption stands alone."""
    return words[:1].upper() + words[1:]
