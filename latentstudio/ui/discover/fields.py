"""One control for each kind of option, all with the same few members."""

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from latentstudio.core.layer_range import read_range
from latentstudio.core.marked import marked
from latentstudio.core.options import OptionInfo
from latentstudio.ui.theme import set_role
from latentstudio.ui.widgets.labels import label
from latentstudio.ui.widgets.numeric_field import Format, NumericField
from latentstudio.ui.widgets.plain_text import set_tip
from latentstudio.ui.widgets.sentences import shown
from latentstudio.ui.widgets.toggle import Toggle
from latentstudio.ui.widgets.words import grouped, plain, tr

NUMBER_WIDTH = 78
_ENDLESS = 1e9
_WORDS = {
    "auto": marked("Automatic"),
    "first": marked("First"),
    "styles": marked("Styles"),
    "z": marked("Z"),
    "w": marked("W"),
    "unit": marked("At any angle"),
    "orthonormal": marked("At right angles"),
    "linear": marked("Of any length"),
    "difference": marked("Differences"),
    "pictures": marked("Pictures"),
    "parts": marked("Parts of pictures"),
    "codes": marked("Codes"),
    "purest": marked("The purest"),
    "all": marked("All"),
    "early": marked("Early layers"),
    "whole": marked("Whole pictures"),
    "full": marked("Full, 32 bits"),
    "half": marked("Half, 16 bits"),
    "resnet18": marked("ResNet-18"),
    "lenet": marked("LeNet"),
    "relu": marked("ReLU"),
    "leaky-relu": marked("Leaky ReLU, 0.2"),
    "leaky-relu-0.01": marked("Leaky ReLU, 0.01"),
    "silu": marked("SiLU"),
    "gelu": marked("GELU"),
    "elu": marked("ELU"),
    "selu": marked("SELU"),
    "tanh": marked("Tanh"),
    "sigmoid": marked("Sigmoid"),
    "none": marked("None"),
    "normal": marked("Normal"),
    "uniform": marked("Uniform"),
    "after": marked("After the noise"),
    "before": marked("Before the noise"),
    "product": marked("Times the noise"),
}

Value = int | float | bool | str


def value_words(value: Value) -> str:
    """A value as it is shown."""
    return shown(_WORDS.get(str(value), str(value)))


class OptionField(QWidget):
    """Base: shows and gives the value of one option.

    Attributes:
        wrong: What is typed can't be used.
    """

    changed = Signal()
    """The artist has set another value; typing counts when it is done."""

    def __init__(self, info: OptionInfo, control: QWidget) -> None:
        super().__init__()
        self.info = info
        self.control = control
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(control)
        set_tip(control, shown(info.help))
        control.setAccessibleName(shown(info.label))
        control.setAccessibleDescription(shown(info.help))
        self.setFocusProxy(control)

    @property
    def value(self) -> Value:
        raise NotImplementedError

    @property
    def wrong(self) -> bool:
        return False

    def show_value(self, value: Value) -> None:
        raise NotImplementedError


class NumberOption(OptionField):
    """A whole number or a number, with its limits."""

    def __init__(self, info: OptionInfo) -> None:
        low = -_ENDLESS if info.low is None else info.low
        high = _ENDLESS if info.high is None else info.high
        whole = info.type is int
        form = _forms(info)
        self.field = NumericField(shown(info.label), low, high, form=form, whole=whole)
        super().__init__(info, self.field)
        set_tip(self.field.edit, shown(info.help))
        self.field.setFixedWidth(NUMBER_WIDTH)
        self.field.committed.connect(lambda _: self.changed.emit())
        self.show_value(info.default)

    @property
    def value(self) -> Value:
        return self.info.type(self.field.value)  # type: ignore[no-any-return]

    @property
    def wrong(self) -> bool:
        return self.field.wrong

    def show_value(self, value: Value) -> None:
        self.field.show_value(float(value))


def _forms(info: OptionInfo) -> Format:
    """How its number is written; a seed is a name and no count."""
    if info.name == "seed":
        return lambda value: str(int(value))
    return grouped if info.type is int else lambda value: plain(value, 6)


class ChoiceOption(OptionField):
    """One of a few words."""

    def __init__(self, info: OptionInfo) -> None:
        self.box = QComboBox()
        for choice in info.choices:
            self.box.addItem(value_words(choice), choice)
        super().__init__(info, self.box)
        self.box.activated.connect(lambda _: self.changed.emit())
        self.show_value(info.default)

    @property
    def value(self) -> Value:
        return str(self.box.currentData())

    def show_value(self, value: Value) -> None:
        self.box.setCurrentIndex(max(0, self.box.findData(value)))


class DirectionOption(OptionField):
    """The direction that a method works on."""

    def __init__(self, info: OptionInfo) -> None:
        self.box = QComboBox()
        self.box.setMinimumContentsLength(12)
        shorten = QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
        self.box.setSizeAdjustPolicy(shorten)
        super().__init__(info, self.box)

    @property
    def value(self) -> Value:
        return str(self.box.currentData() or "")

    @property
    def wrong(self) -> bool:
        return not self.value

    def show_value(self, value: Value) -> None:
        number = self.box.findData(value)
        if number >= 0:
            self.box.setCurrentIndex(number)

    def show_choices(self, choices: Sequence[tuple[str, str]]) -> None:
        """Offer ids with their names, keeping the one chosen if it is still there."""
        now = [(self.box.itemData(k), self.box.itemText(k)) for k in range(self.box.count())]
        if now == list(choices):
            return
        chosen = self.value
        self.box.clear()
        for id, name in choices:
            self.box.addItem(name, id)
        self.show_value(chosen)


class SwitchOption(OptionField):
    """Yes or no."""

    def __init__(self, info: OptionInfo) -> None:
        self.toggle = Toggle(shown(info.label))
        super().__init__(info, self.toggle)
        self.layout().addStretch(1)  # type: ignore[union-attr]
        self.toggle.clicked.connect(lambda _: self.changed.emit())
        self.show_value(info.default)

    @property
    def value(self) -> Value:
        return self.toggle.isChecked()

    def show_value(self, value: Value) -> None:
        self.toggle.show_on(bool(value))


class TextOption(OptionField):
    """A few words, or a list of numbers."""

    def __init__(self, info: OptionInfo) -> None:
        self.edit = QLineEdit()
        super().__init__(info, self.edit)
        set_role(self.edit, "label")
        self.edit.editingFinished.connect(self.changed)
        self.show_value(info.default)

    @property
    def value(self) -> Value:
        return self.edit.text().strip()

    def show_value(self, value: Value) -> None:
        self.edit.setText(str(value))


class LayersOption(OptionField):
    """A layer range: all, one, or from a first to a last; checked while it is typed."""

    checked = Signal()

    def __init__(self, info: OptionInfo, layers: int) -> None:
        self._layers = layers
        self.edit = QLineEdit()
        self._problem = label("", "caption", "bad", wrap=True)
        self._problem.hide()
        box = QWidget()
        column = QVBoxLayout(box)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addWidget(self.edit)
        column.addWidget(self._problem)
        super().__init__(info, box)
        box.setFocusProxy(self.edit)
        set_role(self.edit, "label")
        self.edit.setAccessibleName(shown(info.label))
        set_tip(self.edit, shown(info.help))
        self.edit.textChanged.connect(self._check)
        if layers < 2:
            self.setEnabled(False)
            words = tr("Layer ranges need a model with several inputs; this one has one.")
            set_tip(self.edit, words)
        self.show_value(info.default)

    @property
    def value(self) -> Value:
        return self.edit.text().strip() or "all"

    @property
    def wrong(self) -> bool:
        return bool(layers_problem(self.edit.text(), self._layers))

    def show_value(self, value: Value) -> None:
        self.edit.setText(str(value))

    def _check(self, text: str) -> None:
        problem = layers_problem(text, self._layers)
        self.edit.setProperty("wrong", bool(problem))
        self.edit.style().unpolish(self.edit)
        self.edit.style().polish(self.edit)
        self._problem.setText(problem)
        self._problem.setVisible(bool(problem))
        self.checked.emit()


def layers_problem(text: str, layers: int) -> str:
    """What is wrong with a typed layer range, or nothing."""
    try:
        found = read_range(text)
    except ValueError:
        return tr("Write all, one layer, or a range as 4-7")
    if found is not None and found[1] >= layers:
        return tr("Layers: 0 to %1").replace("%1", str(layers - 1))
    return ""


def make_field(info: OptionInfo, layers: int) -> OptionField:
    """The control for an option of a model with so many layers."""
    if info.name == "layers":
        return LayersOption(info, layers)
    if info.choices:
        return ChoiceOption(info)
    if info.type is bool:
        return SwitchOption(info)
    if info.type is str:
        return TextOption(info)
    return NumberOption(info)
