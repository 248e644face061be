"""The model panel: the card, and where its pictures start."""

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QStackedLayout,
    QVBoxLayout,
    QWidget,
)

from latentstudio.core.spaces import Ability, Space
from latentstudio.document import commands
from latentstudio.document.history import History
from latentstudio.document.start import Latent, Start
from latentstudio.document.state import Document
from latentstudio.session.messages import ModelSummary
from latentstudio.ui.model.assumptions import AssumptionsForm
from latentstudio.ui.model.card import ModelCard
from latentstudio.ui.model.class_picker import ClassPicker
from latentstudio.ui.model.device import DeviceChoice, PrecisionChoice
from latentstudio.ui.model.seed import LARGEST, SeedRow
from latentstudio.ui.model.words import waiting_words
from latentstudio.ui.widgets.buttons import text_button
from latentstudio.ui.widgets.labels import label, rule
from latentstudio.ui.widgets.numeric_field import NumericField
from latentstudio.ui.widgets.plain_slider import PlainSlider
from latentstudio.ui.widgets.plain_text import set_tip
from latentstudio.ui.widgets.scroll_column import ScrollColumn
from latentstudio.ui.widgets.segmented import Segmented
from latentstudio.ui.widgets.words import fixed, tr

if TYPE_CHECKING:
    from latentstudio.workers.studio_client import StudioClient

_MOST_TRUNCATION = 1.2
_VALUE_WIDTH = 56

_Part = QWidget | QHBoxLayout | QVBoxLayout


class ModelPanel(QWidget):
    """Facts about the model, then seed, truncation, class, noise and device."""

    library_asked = Signal()
    """The artist wants to see the models there are."""

    def __init__(
        self, history: History, client: "StudioClient", parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._history = history
        self.setProperty("surface", "panel")
        self.card = ModelCard()
        self.seed = SeedRow()
        self.truncation = PlainSlider(tr("Truncation"), 0.0, _MOST_TRUNCATION, 1.0)
        self.truncation_value = NumericField(
            tr("Truncation"), 0.0, _MOST_TRUNCATION, form=lambda v: fixed(v, 2), height=24
        )
        self.truncation_value.setFixedWidth(_VALUE_WIDTH)
        self._truncation_word = label(tr("Truncation"), "label", "tx2")
        self.classes = ClassPicker()
        self.noise = Segmented(
            [("const", tr("Constant")), ("none", tr("Off")), ("seed", tr("Seed"))]
        )
        self.noise_seed = NumericField(
            tr("Noise seed"), 0, LARGEST, form=lambda v: str(int(v)), whole=True
        )
        self.device = DeviceChoice(client)
        self.precision = PrecisionChoice(client)
        self.assumptions = AssumptionsForm()
        self.assumptions.asked.connect(client.models.reread)
        self._noisy = False
        self._cannot_pull = ""
        """Why the model open has no truncation; empty where it has."""
        self._told: tuple[object, ...] = ()
        self._guesses_rule = rule()
        self._waiting = label(waiting_words(history.document.model), "label", "tx2", wrap=True)
        self._arrange()
        self._connect()
        client.models.model_opened.connect(self._model_opened)
        client.models.model_closed.connect(self._model_closed)
        client.models.model_failed.connect(self._model_failed)
        client.previews.reference_ready.connect(self.card.show_curve)
        self.destroyed.connect(history.changed.connect(self._show))
        self._show(history.document)

    def _model_failed(self, _ref: str, _sentence: str) -> None:
        self.assumptions.show_values()  # what was asked for did not fit
        self._waiting.setText(waiting_words(""))

    @property
    def opened(self) -> bool:
        """A model is shown."""
        return self._stack.currentIndex() == 1

    def show_waiting(self, text: str) -> None:
        """Say what happens until a model is there: ``Portraits 64 opens next.``."""
        self._waiting.setText(text)

    def _arrange(self) -> None:
        body = QWidget()
        column = QVBoxLayout(body)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.card)
        column.addWidget(rule())
        column.addLayout(self._form())
        column.addWidget(self._guesses_rule)
        column.addWidget(self.assumptions)
        column.addWidget(rule())
        column.addWidget(self.card.abilities)
        column.addStretch(1)
        scroll = ScrollColumn(body)
        empty = QWidget()
        words = QVBoxLayout(empty)
        words.setContentsMargins(12, 16, 12, 12)
        words.setSpacing(12)
        words.addWidget(self._waiting)
        words.addWidget(self._models_button(), alignment=Qt.AlignmentFlag.AlignLeft)
        words.addStretch(1)
        self._stack = QStackedLayout(self)
        self._stack.addWidget(empty)
        self._stack.addWidget(scroll)

    def _models_button(self) -> QPushButton:
        button = text_button(tr("Models…"), "folder-open", self.library_asked.emit, kind="")
        set_tip(button, tr("Models on this computer, and public ones"))
        return button

    def _form(self) -> QGridLayout:
        grid = QGridLayout()
        grid.setContentsMargins(12, 10, 12, 12)
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(8)
        grid.setColumnStretch(1, 1)
        pull = QHBoxLayout()
        pull.setSpacing(8)
        pull.addWidget(self.truncation, 1)
        pull.addWidget(self.truncation_value)
        self._class_label = label(tr("Class"), "label", "tx2")
        self._noise_label = label(tr("Noise"), "label", "tx2")
        noise = QVBoxLayout()
        noise.setSpacing(6)
        noise.addWidget(self.noise)
        noise.addWidget(self.noise_seed)
        rows: tuple[tuple[QLabel, _Part], ...] = (
            (label(tr("Seed"), "label", "tx2"), self.seed),
            (self._truncation_word, pull),
            (self._class_label, self.classes),
            (self._noise_label, noise),
            (self.device.name, self.device),
            (self.precision.name, self.precision),
        )
        for row, (name, part) in enumerate(rows):
            _put(grid, row, name, part)
        return grid

    def _connect(self) -> None:
        do = self._history.do
        self.seed.asked.connect(lambda seed: do(commands.set_seed(seed)))
        self.truncation.asked.connect(
            lambda value, gesture: do(commands.set_truncation(value, gesture))
        )
        self.truncation_value.committed.connect(lambda v: do(commands.set_truncation(v)))
        self.classes.chosen.connect(lambda number: do(commands.set_label(number)))
        self.card.library_asked.connect(self.library_asked)
        self.noise.chosen.connect(self._noise_chosen)
        self.noise_seed.committed.connect(lambda v: do(commands.set_noise(int(v))))

    def _noise_chosen(self, key: str) -> None:
        if key == "seed":
            self._history.do(commands.set_noise(int(self.noise_seed.value)))
        else:
            self._history.do(commands.set_noise("none" if key == "none" else "const"))

    def _model_opened(self, summary: ModelSummary) -> None:
        self.card.show_model(summary)
        abilities, count = summary.info.abilities, summary.info.classes
        self.classes.set_classes(count, summary.class_names)
        self._class_label.setVisible(count > 0)
        self.classes.setVisible(count > 0)
        pull = tr("Truncation needs a style code; this model has none.")
        self._cannot_pull = "" if Ability.TRUNCATION in abilities else pull
        self._noisy = Ability.NOISE in abilities
        self._told = ()
        self._noise_label.setVisible(self._noisy)
        self.noise.setVisible(self._noisy)
        self.precision.show_model(summary)
        self.assumptions.show_assumptions(summary.assumptions)
        self._guesses_rule.setVisible(bool(summary.assumptions.fields))
        self._stack.setCurrentIndex(1)
        self._show(self._history.document)

    def _model_closed(self) -> None:
        self._waiting.setText(waiting_words(""))
        self._stack.setCurrentIndex(0)

    def _show(self, doc: Document) -> None:
        picture = doc.picture
        told = (picture.start, picture.noise)
        if told == self._told:
            return  # a drag of a direction, which changes nothing here
        self._told = told
        if picture.seed is not None:
            self.seed.show_seed(picture.seed)
        self._allow_start(picture.start)
        self.truncation.show_number(picture.truncation)
        self.truncation_value.show_value(picture.truncation)
        self.classes.show_class(picture.label or 0)
        noise = picture.noise
        self.noise.show_choice(noise if isinstance(noise, str) else "seed")
        self.noise_seed.setVisible(self._noisy and isinstance(noise, int))
        if isinstance(noise, int):
            self.noise_seed.show_value(noise)

    def _allow_start(self, start: Start) -> None:
        """A style code that was taken as it is has no truncation and no class any more."""
        given = isinstance(start, Latent) and start.space is not Space.Z
        fixed_code = tr("This picture starts from a code of its own. Choose a seed to change this.")
        why = self._cannot_pull or (fixed_code if given else "")
        what = tr("Lower is more typical, higher more varied. 1 is the picture as the seed has it.")
        for part in (self.truncation, self.truncation_value):
            part.setEnabled(not why)
        for told in (self._truncation_word, self.truncation, self.truncation_value.edit):
            set_tip(told, why or what)
        self.classes.setEnabled(not given)
        set_tip(self.classes, fixed_code if given else "")


def _put(grid: QGridLayout, row: int, name: QLabel, part: _Part) -> None:
    name.setMinimumHeight(28)
    grid.addWidget(name, row, 0, Qt.AlignmentFlag.AlignTop)
    if isinstance(part, QWidget):
        grid.addWidget(part, row, 1)
    else:
        grid.addLayout(part, row, 1)
