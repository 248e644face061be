"""The card of a direction: how it was found, and the way to find it again."""

from collections.abc import Callable, Mapping

from PySide6.QtWidgets import QDialog, QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from latentstudio.core.marked import marked
from latentstudio.core.texts import sentence_case
from latentstudio.document.direction import ChannelGroups, Direction
from latentstudio.evaluate.messages import Changes
from latentstudio.ui.directions.rows import group_words, numbered_words
from latentstudio.ui.widgets.buttons import text_button
from latentstudio.ui.widgets.labels import label
from latentstudio.ui.widgets.sentences import shown
from latentstudio.ui.widgets.words import grouped, plain, signed, tr

_WORDS = {
    "loss": marked("Loss"),
    "change": marked("Change"),
    "leak": marked("Leak"),
    "predicted_leak": marked("Leak, foretold"),
    "locality": marked("Share inside the region"),
    "apart": marked("Overlap"),
    "square": marked("Off right angles"),
    "which": marked("Which one"),
    "size": marked("How far"),
    "accuracy": marked("Recognised"),
    "recognised": marked("Recognised, this one"),
    "strength": marked("Strength"),
    "deviation": marked("Deviation"),
    "layer": marked("Inner layer"),
}
_OPTIONS = {
    "count": marked("Directions"),
    "steps": marked("Steps"),
    "samples": marked("Samples"),
    "layers": marked("Layers"),
    "layer": marked("Inner layer"),
    "space": marked("Space"),
    "batch": marked("Pictures at a time"),
    "rate": marked("Learning rate"),
    "tau": marked("Tightness (τ)"),
    "scale": marked("Longest walk"),
    "found_as": marked("Found as"),
}
_WIDTH = 380


def card_lines(direction: Direction) -> list[tuple[str, str]]:
    """Labels and values, in the order shown."""
    how, payload = direction.provenance, direction.payload
    lines = [
        (tr("Method"), numbered_words(direction)),
        (tr("Where"), f"{group_words(direction)}, {direction.space.value.upper()}"),
        (tr("Seed"), str(how.seed)),
    ]
    if how.steps:
        lines.append((tr("Steps"), _written(how.steps)))
    if how.seconds:
        lines.append((tr("Time"), f"{_written(how.seconds)} s"))
    if how.program:
        lines.append((tr("Made with"), f"LatentStudio {how.program}"))
    if isinstance(payload, ChannelGroups):
        lines.append((tr("Inner layer"), payload.layer))
        if payload.off:
            lines.append((tr("Groups off"), ", ".join(str(one + 1) for one in sorted(payload.off))))
    if how.of:
        lines.append((tr("Splits"), how.of))
    if how.source:
        lines.append((tr("Comes from"), how.source[:200]))
    found = [(_word(_WORDS, k), _written(v)) for k, v in direction.measured.items()]
    options = [(_option_word(k), _written(v)) for k, v in how.options.items()]
    return lines + found + options


def _option_word(name: str) -> str:
    """As the form calls it, or its name with a capital."""
    return _word(_OPTIONS, name)


def _word(words: Mapping[str, str], name: str) -> str:
    plain_name = name.replace("_", " ")
    return shown(words.get(name, sentence_case(plain_name)))


def change_words(found: Changes) -> str:
    """``Changes most: glasses (+0.41), then beard (−0.22)``; empty where nothing is known."""
    parts = [f"{shown(name)} ({signed(value, 2)})" for name, value in found.attributes]
    if not parts:
        return ""
    most = tr("Changes most: %1").replace("%1", parts[0])
    rest = tr(", ").join(parts[1:])
    return tr("%1, then %2").replace("%1", most).replace("%2", rest) if rest else most


class DirectionCard(QDialog):
    """Shows the card; "Run again" calls back."""

    def __init__(
        self, direction: Direction, name: str, again: Callable[[], object] | None, parent: QWidget
    ) -> None:
        super().__init__(parent)
        self._id = direction.id
        self.setWindowTitle(name)
        self.setMinimumWidth(_WIDTH)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 16, 16, 16)
        column.setSpacing(12)
        column.addWidget(label(name, "title"))
        self.changes = label("", "label", wrap=True)
        self.changes.setMaximumWidth(440)
        self.changes.hide()
        column.addWidget(self.changes)
        grid = QGridLayout()
        grid.setHorizontalSpacing(24)
        grid.setVerticalSpacing(4)
        for row, (what, value) in enumerate(card_lines(direction)):
            grid.addWidget(label(what, "label", "tx2"), row, 0)
            shown = label(value, "label", wrap=True)
            shown.setMaximumWidth(320)
            grid.addWidget(shown, row, 1)
        column.addLayout(grid)
        row_ = QHBoxLayout()
        row_.setSpacing(8)
        row_.addStretch(1)
        self.close_button = text_button(tr("Close"), press=self.accept, kind="")
        row_.addWidget(self.close_button)
        self.again = text_button(tr("Run again"), "", self._again, kind="primary")
        self.again.setEnabled(again is not None)
        row_.addWidget(self.again)
        column.addLayout(row_)
        self._do = again

    def show_changes(self, found: Changes) -> None:
        """Tell what the direction changes, once that has been read; others' are ignored."""
        if found.id != self._id:
            return
        words = change_words(found)
        self.changes.setText(words)
        self.changes.setVisible(bool(words))
        self.adjustSize()  # or the new line would squeeze the others

    def _again(self) -> None:
        self.accept()
        if self._do is not None:
            self._do()


def _written(value: object) -> str:
    if isinstance(value, bool):
        return tr("yes") if value else tr("no")
    if isinstance(value, int):
        return grouped(value)
    if isinstance(value, float):
        return plain(value, 4)
    return str(value)[:200]
