"""Asks what a file of vectors doesn't say, with a guess; the canvas shows what the guess does."""

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QHideEvent
from PySide6.QtWidgets import QComboBox, QGridLayout, QHBoxLayout, QPushButton, QSpinBox, QWidget

from latentstudio.core.spaces import Space
from latentstudio.core.texts import one_line
from latentstudio.document.history import History
from latentstudio.document.state import Edit, Picture
from latentstudio.exchange.import_options import ImportOptions
from latentstudio.session.import_messages import TRIAL, ImportQuestion, ImportTrial
from latentstudio.ui.theme import set_role
from latentstudio.ui.widgets.floating_card import FloatingCard
from latentstudio.ui.widgets.labels import label
from latentstudio.ui.widgets.numeric_field import NumericField
from latentstudio.ui.widgets.plain_slider import PlainSlider
from latentstudio.ui.widgets.sentences import filled, shown
from latentstudio.ui.widgets.timers import timer
from latentstudio.ui.widgets.words import tr

if TYPE_CHECKING:
    from latentstudio.workers.studio_client import StudioClient

_REACH = 1.0
"""The strength shown first: to be seen, and mostly still a picture."""
_MOST = 6.0
_SOON = 120  # ms after a choice before it is tried
_LARGEST_UNIT = 1000.0
_MOST_NAMES = 500


class ImportCard(FloatingCard):
    """Holds one question; every choice is tried on the picture at once, which Cancel restores.

    Args:
        over: The canvas.
        history: The document; it changes only when the directions are taken.
        client: The engine.
    """

    def __init__(self, over: QWidget, history: History, client: "StudioClient") -> None:
        self.question: ImportQuestion | None = None
        self._waiting: list[ImportQuestion] = []
        super().__init__(over, tr("How to read this file"))
        self._history, self._client = history, client
        self._shown: Picture | None = None
        self._unit: float | None = None
        self.words = label("", "label", "tx2", wrap=True)
        self.direction, self.space = QComboBox(), QComboBox()
        self.first, self.last = QSpinBox(), QSpinBox()
        self.unit = NumericField(tr("Step of 1"), 1e-6, _LARGEST_UNIT)
        self.strength = PlainSlider(tr("Strength"), -_MOST, _MOST, _REACH)
        self.problem = label("", "label", "bad", wrap=True)
        self.take = QPushButton(tr("Add to list"))
        self._soon = timer(self, _SOON, self._try)
        self._build()
        client.directions.import_asked.connect(self.ask)
        client.directions.trial_ready.connect(self._show_trial)
        client.directions.trial_failed.connect(self._failed)
        client.models.model_opened.connect(lambda _: self._forget())
        client.models.model_closed.connect(self._forget)

    def ask(self, question: ImportQuestion) -> None:
        """Show a question with its guess, and what the guess does; after those before it."""
        if self.question is not None:
            self._waiting.append(question)
            return
        self.question = None  # nothing is tried while the fields are filled
        self._unit = None
        guess = question.guess
        name = one_line(Path(question.path).name)
        words = tr(
            "%1 doesn’t say everything. This is a guess: watch the picture and mend what is wrong."
        )
        self.words.setText(filled(words, name))
        self.direction.clear()
        self.direction.addItems([one_line(one) for one in question.names[:_MOST_NAMES]])
        self.space.clear()
        for space in question.spaces:
            self.space.addItem(_space_words(space), space)
        for field in (self.first, self.last):
            field.setRange(1, question.layers)
        low, high = guess.layers or (0, question.layers - 1)
        self.first.setValue(low + 1)
        self.last.setValue(high + 1)
        self.unit.show_value(guess.unit or 1.0)
        self.strength.show_number(_REACH)
        self._show_rows(question)
        self.question = question
        self.problem.setText("")
        self.appear()
        self._show_ready()
        self.take.setFocus(Qt.FocusReason.OtherFocusReason)  # Esc and Tab are the card's
        self._try()

    @property
    def wanted(self) -> ImportOptions:
        """What is chosen now; what the file says itself is left to it."""
        question = self.question
        assert question is not None
        space = Space(self.space.currentData())  # Qt keeps the text
        layers = self.first.value() - 1, self.last.value() - 1
        every = space is Space.Z or layers == (0, question.layers - 1)
        asked = question.asked
        return ImportOptions(
            space if "space" in asked else None,
            None if every or "layers" not in asked else layers,
            self._unit,
        )

    def accept(self) -> None:
        """Take the directions as they are read now."""
        question = self.question
        if question is None or not self.take.isEnabled():
            return
        wanted = self.wanted
        self.hide()
        self._client.directions.import_directions(question.path, wanted)

    # Building

    def _build(self) -> None:
        layers = QHBoxLayout()
        layers.setSpacing(6)
        layers.addWidget(self.first, 1)
        layers.addWidget(label(tr("to"), "label", "tx2"))
        layers.addWidget(self.last, 1)
        between = QWidget()
        layers.setContentsMargins(0, 0, 0, 0)
        between.setLayout(layers)
        self._labels = {
            "direction": label(tr("Direction"), "label", "tx2"),
            "space": label(tr("Space"), "label", "tx2"),
            "layers": label(tr("Layers"), "label", "tx2"),
            "unit": label(tr("Step of 1"), "label", "tx2"),
            "strength": label(tr("Strength"), "label", "tx2"),
        }
        self._fields: dict[str, QWidget] = {
            "direction": self.direction,
            "space": self.space,
            "layers": between,
            "unit": self.unit,
            "strength": self.strength,
        }
        grid = QGridLayout()
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(6)
        for row, (key, text) in enumerate(self._labels.items()):
            grid.addWidget(text, row, 0)
            grid.addWidget(self._fields[key], row, 1)
        grid.setColumnStretch(1, 1)
        for field, name in (
            (self.direction, tr("Direction")),
            (self.space, tr("Space")),
            (self.first, tr("First layer")),
            (self.last, tr("Last layer")),
        ):
            field.setAccessibleName(name)
            set_role(field, "label")
        self.column.addWidget(self.words)
        self.column.addLayout(grid)
        self.column.addWidget(self.problem)
        self.column.addLayout(self.buttons(self.take))
        for chooser in (self.direction, self.space):
            chooser.currentIndexChanged.connect(self._changed)
        for number in (self.first, self.last):
            number.valueChanged.connect(self._changed)
        self.unit.committed.connect(self._unit_typed)
        self.strength.asked.connect(self._pulled)

    def _show_rows(self, question: ImportQuestion) -> None:
        shown_rows = {
            "direction": len(question.names) > 1,
            "space": "space" in question.asked,
            "layers": "layers" in question.asked,
            "unit": "unit" in question.asked and question.guess.unit is not None,
        }
        for key, there in shown_rows.items():
            self._labels[key].setVisible(there)
            self._fields[key].setVisible(there)

    # What hands ask

    def _unit_typed(self, value: float) -> None:
        self._unit = value
        self.unit.show_value(value)
        self._changed()

    def _changed(self) -> None:
        if self.question is None:
            return
        self._fields["layers"].setEnabled(self.space.currentData() != Space.Z)
        self._soon.start()

    def _pulled(self, amount: float, _gesture: object) -> None:
        self.strength.show_number(amount)
        self._show_picture()

    def _try(self) -> None:
        if self.question is not None:
            place = max(0, self.direction.currentIndex())
            self._client.directions.try_import(self.question.path, self.wanted, place)

    def _forget(self) -> None:
        """Another model: what was asked about the one before is void."""
        self._waiting.clear()
        self.hide()

    # What the engine says

    def _show_trial(self, trial: ImportTrial) -> None:
        if self.question is None:
            return
        self.problem.setText("")
        if not self.unit.edit.hasFocus():
            self.unit.show_value(trial.direction.unit)
        self._show_ready()
        self._shown = None
        self._show_picture()

    def _failed(self, sentence: str) -> None:
        if self.question is not None:
            self.problem.setText(shown(sentence))
            self._show_ready()

    def _show_ready(self) -> None:
        wrong = bool(self.problem.text())
        self.problem.setVisible(wrong)
        self.take.setEnabled(not wrong)
        self.place()

    def _show_picture(self) -> None:
        now = self._history.document.picture
        edit = Edit(TRIAL, self.strength.number)
        picture = replace(now, edits=(*now.edits, edit), solo=None)
        if picture != self._shown:
            self._shown = picture
            self._client.previews.show(picture)

    def hideEvent(self, event: QHideEvent) -> None:
        """Whatever was tried is gone: the canvas shows the document."""
        super().hideEvent(event)
        if self.question is not None:
            self.question, self._shown = None, None
            self._soon.stop()
            self._client.previews.show(self._history.document.picture)
        if self._waiting:
            QTimer.singleShot(0, self, lambda: self.ask(self._waiting.pop(0)))


def _space_words(space: Space) -> str:
    if space is Space.Z:
        return tr("Z, before the mapping")
    if space is Space.W:
        return tr("W, one code for all layers")
    return tr("W+, a code for each layer")
