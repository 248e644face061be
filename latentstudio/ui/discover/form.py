"""The form of a method, made from its options: four in sight, the others folded."""

from collections.abc import Mapping, Sequence
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QVBoxLayout, QWidget

from latentstudio.core.options import OptionInfo
from latentstudio.core.pace import units_of_work
from latentstudio.core.seeds import MAX_SEED
from latentstudio.session.messages import MethodForm, ModelSummary
from latentstudio.ui.discover.fields import (
    NUMBER_WIDTH,
    ChoiceOption,
    DirectionOption,
    LayersOption,
    OptionField,
    Value,
    make_field,
)
from latentstudio.ui.theme import icon, theme
from latentstudio.ui.widgets.buttons import text_button
from latentstudio.ui.widgets.fold import Fold
from latentstudio.ui.widgets.labels import label
from latentstudio.ui.widgets.plain_text import set_tip
from latentstudio.ui.widgets.sentences import shown
from latentstudio.ui.widgets.two_line_box import TwoLineBox
from latentstudio.ui.widgets.words import grouped, tr

_IN_SIGHT = 3
"""Options in sight beside the seed."""
_NAME_WIDTH = 116
_SEED = OptionInfo(
    "seed",
    int,
    0,
    "Seed",
    "Where the run's chance starts: the same seed finds the same directions.",
    0,
    MAX_SEED,
    "",
    (),
    False,
)
_OF = OptionInfo(
    "of",
    str,
    "",
    "Direction",
    "The straight direction that the method works on.",
    None,
    None,
    "",
    (),
    False,
)


class DiscoverForm(QWidget):
    """Choose a method, set its options, start."""

    start_asked = Signal(str, object, int, str)  # method, options, seed, direction or empty

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model: ModelSummary | None = None
        self._fields: dict[str, OptionField] = {}
        self._kept: dict[str, dict[str, Value]] = {}
        self._seconds: dict[str, float] = {}
        self._directions: tuple[tuple[str, str], ...] = ()
        self._suggested = ""
        self.methods = TwoLineBox()
        self.methods.setAccessibleName(tr("Method"))
        self.methods.currentIndexChanged.connect(self._show_method)
        self.help = label("", "caption", "tx3", wrap=True)
        self.missing = label("", "caption", "warn", wrap=True)
        self.start = text_button(tr("Start"), press=self._start, kind="primary")
        self._hints: dict[str, Any] = {}
        self._body = QWidget()
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(12, 12, 12, 12)
        self._column.setSpacing(8)
        for part in (self.methods, self.help, self.missing, self._body, self.start):
            self._column.addWidget(part)
        self.show_model(None)

    def set_margins(self, left: int, top: int, right: int, bottom: int) -> None:
        """Leave so much room around it, in pixels."""
        self._column.setContentsMargins(left, top, right, bottom)

    @property
    def method(self) -> MethodForm | None:
        """The method chosen."""
        forms = self._model.methods if self._model else ()
        number = self.methods.currentIndex()
        return forms[number] if 0 <= number < len(forms) else None

    def field(self, name: str) -> OptionField:
        """The control of an option, or of ``seed``."""
        return self._fields[name]

    def show_model(self, model: ModelSummary | None) -> None:
        """Offer the methods of a model."""
        self._model = model
        self._kept.clear()
        self._fields.clear()
        self._directions, self._suggested = (), ""
        blocked = self.methods.blockSignals(True)
        self.methods.clear()
        self._seconds = {f.id: f.pace for f in model.methods if f.pace} if model else {}
        for form in model.methods if model else ():
            self.methods.addItem(icon("sparkles", "tx"), shown(form.finds), form.id)
            self.methods.set_second_line(self.methods.count() - 1, form.title)
        able = [k for k, form in enumerate(model.methods if model else ()) if not form.missing]
        learning = [k for k in able if model and model.methods[k].learns]
        self.methods.setCurrentIndex((learning or able or [0])[0])
        self.methods.blockSignals(blocked)
        self._show_method()
        self._show_times()

    def fill(self, method: str, options: Mapping[str, Any], seed: int) -> None:
        """Show the settings of an earlier run."""
        number = self.methods.findData(method)
        if number < 0:
            return
        self.methods.setCurrentIndex(number)
        for name, value in {**options, "seed": seed}.items():
            if name in self._fields:
                self._fields[name].show_value(value)

    def show_directions(self, directions: Sequence[tuple[str, str]]) -> None:
        """Offer ids and names of straight directions to methods that work on one."""
        self._directions = tuple(directions)
        self._show_directions()

    def suggest(self, direction: str) -> None:
        """Choose a direction for methods that work on one."""
        self._suggested = direction
        if _OF.name in self._fields:
            self._fields[_OF.name].show_value(direction)

    def show_busy(self, busy: bool, *, primary: bool) -> None:
        """While another run works this one would wait; blue unless a run has the blue button."""
        self.start.setText(tr("Add to queue") if busy else tr("Start"))
        self.start.setProperty("kind", "primary" if primary else "")
        self.start.style().unpolish(self.start)
        self.start.style().polish(self.start)

    def show_pace(self, method: str, seconds: float) -> None:
        """Remember how long one step or sample of a method takes here."""
        self.show_paces({method: seconds})

    def show_paces(self, seconds: Mapping[str, float]) -> None:
        """Remember how long one step or sample takes here, by method, where measured."""
        if seconds.items() <= self._seconds.items():
            return
        self._seconds |= seconds
        self._show_time()
        self._show_times()

    def _show_method(self) -> None:
        for old, field in self._fields.items():
            self._kept.setdefault(str(self._shown), {})[old] = field.value
        form = self.method
        self._shown = form.id if form else ""
        self.methods.setEnabled(form is not None)
        self.help.setText(_about(form) if form else tr("Open a model to begin"))
        self.missing.setText(form.missing if form else "")
        self.missing.setVisible(bool(form and form.missing))
        self._fields, self._hints = {}, {}
        body = self._build(form) if form else QWidget()
        self._column.replaceWidget(self._body, body)
        self._body.hide()
        self._body.deleteLater()
        self._body = body
        able = form is not None and not form.missing
        self._body.setEnabled(able)
        self.start.setEnabled(able)
        set_tip(self.start, form.missing if form else "")
        self._show_directions()
        for name, value in self._kept.get(self._shown, {}).items():
            self._fields[name].show_value(value)
        if self._suggested:
            self.suggest(self._suggested)
        self._show_time()

    def _show_directions(self) -> None:
        field = self._fields.get(_OF.name)
        if isinstance(field, DirectionOption):
            first = not field.value
            field.show_choices(self._directions)
            if first:
                field.show_value(self._suggested)

    def _build(self, form: MethodForm) -> QWidget:
        assert self._model is not None
        layers = self._model.info.code_layers
        idle = ("layers",) if layers < 2 else ()
        plain = [f for f in form.fields if not f.advanced and f.name not in idle]
        seen = [*([_OF] if form.of_direction else []), *plain][:_IN_SIGHT]
        rest = [f for f in form.fields if f not in seen]
        body = QWidget()
        column = QVBoxLayout(body)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addLayout(self._rows([*seen, _SEED], layers))
        if rest:
            words = tr("%1 more options") if len(rest) > 1 else tr("%1 more option")
            fold = Fold(words.replace("%1", str(len(rest))))
            grid = self._rows(rest, layers)
            grid.setContentsMargins(0, 4, 0, 4)
            fold.set_content(grid)
            fold.button.setChecked(False)
            column.addWidget(fold)
        return body

    def _rows(self, infos: list[OptionInfo], layers: int) -> QGridLayout:
        grid = QGridLayout()
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(8)
        grid.setVerticalSpacing(4)
        grid.setColumnStretch(2, 1)
        top = Qt.AlignmentFlag.AlignTop
        for row, info in enumerate(infos):
            field = DirectionOption(info) if info is _OF else make_field(info, layers)
            self._fields[info.name] = field
            name = label(shown(info.label), "label", "tx2", wrap=True)
            name.setMinimumHeight(28)
            # One width for all: the fields that are folded away stand below those in sight.
            name.setFixedWidth(round(_NAME_WIDTH * theme().text_scale))
            set_tip(name, shown(info.help))
            grid.addWidget(name, row, 0, top)
            if isinstance(field, ChoiceOption | LayersOption | DirectionOption):
                grid.addWidget(field, row, 1, 1, 2, top)
                continue
            field.setMinimumHeight(28)
            field.setMinimumWidth(NUMBER_WIDTH)
            hint = self._hints[info.name] = label(hint_words(info), "caption", "tx3")
            hint.setMinimumHeight(28)
            grid.addWidget(field, row, 1, top)
            grid.addWidget(hint, row, 2, top)
            if info.name in ("steps", "samples") and hasattr(field, "field"):
                field.field.committed.connect(self._show_time)
                field.field.committed.connect(self._show_times)
        return grid

    def _show_time(self) -> None:
        """Beside the number of steps, what they take here."""
        pace = self._seconds.get(self._shown)
        if pace and "steps" in self._hints:
            words = time_words(pace * float(self._fields["steps"].value))
            self._hints["steps"].setText(tr("about %1 here").replace("%1", words))

    def _show_times(self) -> None:
        """In the list of methods, what each takes here with its options as they are."""
        for number, form in enumerate(self._model.methods if self._model else ()):
            self.methods.setItemText(number, self._named(form))

    def _named(self, form: MethodForm) -> str:
        """What a method finds and how long it takes: ``What comes and goes, 40 s``."""
        pace = self._seconds.get(form.id)
        if not pace or form.missing:
            return shown(form.finds)
        values = {f.name: f.default for f in form.fields} | self._kept.get(form.id, {})
        if form.id == self._shown:
            values |= {name: field.value for name, field in self._fields.items()}
        words = tr("%1, about %2").replace("%2", time_words(pace * units_of_work(values)))
        return words.replace("%1", shown(form.finds))

    def _start(self) -> None:
        form = self.method
        focus = self.focusWidget()
        if focus is not None:
            focus.clearFocus()  # what is being typed counts
        wrong = next((field for field in self._fields.values() if field.wrong), None)
        if wrong is not None:
            wrong.setFocus(Qt.FocusReason.OtherFocusReason)
        elif form is not None and not form.missing:
            values = {name: field.value for name, field in self._fields.items()}
            seed, of = int(values.pop("seed")), str(values.pop(_OF.name, ""))
            self.start_asked.emit(form.id, values, seed, of)

    _shown = ""


def _about(form: MethodForm) -> str:
    """The method's name in its paper, and what it does."""
    return tr("%1: %2").replace("%1", form.title).replace("%2", shown(form.help))


def hint_words(info: OptionInfo) -> str:
    """What stands beside a number: its unit, or its limits where they are near."""
    if info.unit:
        return tr("in %1").replace("%1", info.unit)
    if info.type is int and info.low is not None and info.high is not None and info.high < 10_000:
        limits = tr("%1 to %2").replace("%1", str(int(info.low)))
        return limits.replace("%2", grouped(int(info.high)))
    return ""


def time_words(seconds: float) -> str:
    """A time as a person says it: ``40 s``, ``5 min``, ``2 h 10 min``."""
    if seconds < 50:
        return tr("%1 s").replace("%1", str(max(1, round(seconds))))
    minutes = max(1, round(seconds / 60))
    if minutes < 60:
        return tr("%1 min").replace("%1", str(minutes))
    words = tr("%1 h %2 min").replace("%1", str(minutes // 60))
    return words.replace("%2", str(minutes % 60))
