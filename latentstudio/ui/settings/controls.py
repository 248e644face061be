"""Controls that only settings have, beside those of options."""

from collections.abc import Callable, Sequence

from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QLineEdit, QWidget

from latentstudio.core.setting import SettingInfo
from latentstudio.ui.discover.fields import (
    ChoiceOption,
    OptionField,
    SwitchOption,
    Value,
    make_field,
)
from latentstudio.ui.theme import set_role
from latentstudio.ui.widgets.buttons import icon_button
from latentstudio.ui.widgets.sentences import shown
from latentstudio.ui.widgets.words import tr

Listed = Callable[[], Sequence[tuple[str, str]]]
"""Gives choices that are known when the program runs: value and words."""
_WIDTH = 210


class WordChoice(ChoiceOption):
    """One of the choices that a setting declares, in its words."""

    def __init__(self, setting: SettingInfo) -> None:
        super().__init__(setting.option)
        self.box.setFixedWidth(_WIDTH)
        for number in range(self.box.count()):
            value = str(self.box.itemData(number))
            self.box.setItemText(number, shown(setting.words.get(value, value)))


class ListedChoice(ChoiceOption):
    """One of the choices that there are now; a value that is not among them stays."""

    def __init__(self, setting: SettingInfo, listed: Listed) -> None:
        self._listed = listed
        super().__init__(setting.option)
        self.box.setFixedWidth(_WIDTH)

    def show_value(self, value: Value) -> None:
        self.box.clear()
        for id, words in self._listed():
            self.box.addItem(words, id)
        if self.box.findData(value) < 0:
            self.box.addItem(str(value), value)
        super().show_value(value)


class FolderOption(OptionField):
    """A folder that is typed or chosen; empty is none."""

    def __init__(self, setting: SettingInfo) -> None:
        self.edit = QLineEdit()
        set_role(self.edit, "label")
        box = QWidget()
        row = QHBoxLayout(box)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(4)
        row.addWidget(self.edit, 1)
        row.addWidget(icon_button("folder-open", tr("Choose a folder"), self._choose))
        super().__init__(setting.option, box)
        box.setFixedWidth(_WIDTH + 60)
        box.setFocusProxy(self.edit)
        self.edit.setAccessibleName(shown(setting.option.label))
        self.edit.editingFinished.connect(self.changed)

    @property
    def value(self) -> Value:
        return self.edit.text().strip()

    def show_value(self, value: Value) -> None:
        self.edit.setText(str(value))

    def _choose(self) -> None:
        title = shown(self.info.label)
        found = QFileDialog.getExistingDirectory(self, title, self.edit.text())
        if found:
            self.edit.setText(found)
            self.changed.emit()


def make_control(setting: SettingInfo, listed: Listed | None) -> OptionField:
    """The control for a setting."""
    if listed is not None:
        return ListedChoice(setting, listed)
    if setting.folder:
        return FolderOption(setting)
    if setting.option.choices:
        return WordChoice(setting)
    if setting.option.type is bool:
        return SwitchOption(setting.option)
    return make_field(setting.option, 1)
