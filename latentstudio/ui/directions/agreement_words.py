"""What a direction has in common with others, in words."""

from collections.abc import Callable

from latentstudio.evaluate.agreement import Agreement
from latentstudio.ui.directions.rows import method_words
from latentstudio.ui.widgets.words import tr

Name = Callable[[str], str]


def agreement_words(agreement: Agreement | None, name: Name) -> str:
    """A caption: ``found by 4 methods``, ``partly like SeFa 1``, or nothing to say."""
    if agreement is None:
        return ""
    if agreement.duplicate_of:
        return tr("repeats %1").replace("%1", name(agreement.duplicate_of))
    if len(agreement.methods) > 1:
        return tr("found by %1 methods").replace("%1", str(len(agreement.methods)))
    if agreement.same:
        return tr("same as %1").replace("%1", name(agreement.same[0]))
    if agreement.partly:
        return tr("partly like %1").replace("%1", name(agreement.partly))
    return ""


def short_agreement_words(agreement: Agreement | None) -> str:
    """The same where there is little room, and only what is sure: ``4 methods``, ``repeat``."""
    if agreement is None:
        return ""
    if agreement.duplicate_of:
        return tr("repeat")
    many = len(agreement.methods)
    return tr("%1 methods").replace("%1", str(many)) if many > 1 else ""


def agreement_tip(agreement: Agreement | None, name: Name) -> str:
    """Sentences for the tooltip, with the names of those that agree."""
    if agreement is None or not (agreement.same or agreement.partly):
        return ""
    if not agreement.same:
        return tr("Partly like %1.").replace("%1", name(agreement.partly))
    others = ", ".join(map(name, agreement.same))
    said = [tr("The same as %1.").replace("%1", others)]
    if len(agreement.methods) > 1:
        methods = ", ".join(map(method_words, agreement.methods))
        said.insert(
            0,
            tr("Found by %1 methods: %2.")
            .replace("%1", str(len(agreement.methods)))
            .replace("%2", methods),
        )
    return "\n".join(said)
