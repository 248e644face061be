"""What a model's file leaves open, as it was guessed, for the artist to decide."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from latentstudio.core.options import OptionInfo
from latentstudio.session.messages import FileAssumptions
from latentstudio.ui.discover.fields import NumberOption, OptionField, make_field, value_words
from latentstudio.ui.widgets.buttons import text_button
from latentstudio.ui.widgets.fold import Fold
from latentstudio.ui.widgets.labels import label
from latentstudio.ui.widgets.plain_text import set_tip
from latentstudio.ui.widgets.sentences import shown
from latentstudio.ui.widgets.words import tr

_LEFT = Qt.AlignmentFlag.AlignLeft
_IN_SIGHT = 2
"""Choices that are seen at once: for a stack its activation and its output."""


class AssumptionsForm(QWidget):
    """A row for each choice, with what speaks for the guess, and the way back to it."""

    asked = Signal(object)  # {name: value} of what differs from the guess

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._assumptions = FileAssumptions()
        self.fields: dict[str, OptionField] = {}
        self._body = QWidget()
        words = tr("The file leaves these open. Change a guess and watch the picture")
        self.intro = label(words, "caption", "tx2", wrap=True)
        self.back = text_button(tr("Back to the guess"), "undo-2", self._back, kind="plain")
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(12, 10, 12, 12)
        self._column.setSpacing(8)
        head = QHBoxLayout()
        head.addWidget(label(tr("Guesses"), "title"), 1)
        head.addWidget(self.back)
        self._column.addLayout(head)
        self._column.addWidget(self.intro)
        self._column.addWidget(self._body)
        self.hide()

    def show_assumptions(self, assumptions: FileAssumptions) -> None:
        """Show how the open model's file is read; nothing where it says everything."""
        if assumptions.fields != self._assumptions.fields:
            self._rebuild(assumptions)
        self._assumptions = assumptions
        self.show_values()
        self.setVisible(bool(assumptions.fields))

    def show_values(self) -> None:
        """Show what is so; what was asked for did not fit."""
        for name, field in self.fields.items():
            field.show_value(self._assumptions.values[name])
        self.back.setEnabled(bool(self._assumptions.chosen))

    def _rebuild(self, assumptions: FileAssumptions) -> None:
        self.fields = {}
        body = QWidget()
        column = QVBoxLayout(body)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        plain = [field for field in assumptions.fields if not field.advanced][:_IN_SIGHT]
        rest = [field for field in assumptions.fields if field not in plain]
        column.addLayout(self._rows(plain, assumptions))
        if rest:
            words = tr("%1 more options") if len(rest) > 1 else tr("%1 more option")
            fold = Fold(words.replace("%1", str(len(rest))))
            fold.set_content(self._rows(rest, assumptions))
            fold.button.setChecked(False)
            column.addWidget(fold)
        self._column.replaceWidget(self._body, body)
        self._body.hide()
        self._body.deleteLater()
        self._body = body

    def _rows(self, infos: list[OptionInfo], assumptions: FileAssumptions) -> QGridLayout:
        grid = QGridLayout()
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(4)
        grid.setColumnStretch(1, 1)
        above = label(tr("Truncation"), "label").sizeHint().width()  # in line with those rows
        grid.setColumnMinimumWidth(0, above)
        for row, info in enumerate(infos):
            field = self.fields[info.name] = make_field(info, layers=0)
            field.changed.connect(self._ask)
            name = label(shown(info.label), "label", "tx2", wrap=True)
            name.setMinimumHeight(28)
            set_tip(name, shown(info.help))
            grid.addWidget(name, 2 * row, 0, Qt.AlignmentFlag.AlignTop)
            side = _LEFT if isinstance(field, NumberOption) else Qt.AlignmentFlag(0)
            grid.addWidget(field, 2 * row, 1, side)
            reason = assumptions.reasons.get(info.name, "")
            if reason:
                value, _, why_so = reason.removesuffix(")").partition(" (")
                words = tr("guessed: %1, %2").replace("%1", value_words(value))
                why = label(words.replace("%2", why_so), "caption", "tx3", wrap=True)
                grid.addWidget(why, 2 * row + 1, 1)
        return grid

    def _ask(self) -> None:
        if any(field.wrong for field in self.fields.values()):
            return
        guessed = {field.name: field.default for field in self._assumptions.fields}
        values = {name: field.value for name, field in self.fields.items()}
        if values != dict(self._assumptions.values):
            self.asked.emit({n: v for n, v in values.items() if v != guessed[n]})

    def _back(self) -> None:
        self.asked.emit({})
