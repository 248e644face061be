"""The page of settings, made of their declarations."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from latentstudio.core.setting import SettingInfo, declared
from latentstudio.core.settings import Settings
from latentstudio.ui.settings.controls import Listed, make_control
from latentstudio.ui.settings.search import SearchedPage
from latentstudio.ui.widgets.buttons import icon_button, text_button
from latentstudio.ui.widgets.labels import label
from latentstudio.ui.widgets.sentences import shown
from latentstudio.ui.widgets.words import tr
from latentstudio.ui.window.preferences import Preferences

Set = Callable[[Any], object]


@dataclass(frozen=True, slots=True)
class SettingParts:
    """What the page needs beside the settings.

    Attributes:
        listed: Choices that are known when the program runs, by a setting's name.
        setters: What sets a setting that somebody else applies, by its name.
        open_keys: Opens the page of shortcuts.
    """

    listed: Mapping[str, Listed]
    setters: Mapping[str, Set]
    open_keys: Callable[[], object]


class SettingRow(QWidget):
    """Title, sentence, control, and a way back to what it was at first."""

    def __init__(self, info: SettingInfo, listed: Listed | None, change: Set) -> None:
        super().__init__()
        self.info = info
        self.field = make_control(info, listed)
        self._change = change
        self._reset = icon_button("rotate-ccw", tr("Reset"), lambda: change(info.option.default))
        words = QVBoxLayout()
        words.setSpacing(1)
        words.addWidget(label(shown(info.option.label), "body"))
        words.addWidget(label(shown(info.option.help), "caption", "tx2", wrap=True))
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 7, 12, 7)
        row.setSpacing(12)
        row.addLayout(words, 1)
        row.addWidget(self.field, alignment=Qt.AlignmentFlag.AlignVCenter)
        row.addWidget(self._reset, alignment=Qt.AlignmentFlag.AlignVCenter)
        kept = self._reset.sizePolicy()
        kept.setRetainSizeWhenHidden(True)
        self._reset.setSizePolicy(kept)
        self.field.changed.connect(self._changed)

    def show_value(self, value: Any) -> None:
        """Show what is set now."""
        self.field.show_value(value)
        self._reset.setVisible(value != self.info.option.default)

    @property
    def group(self) -> str:
        """The heading that it stands under."""
        return shown(self.info.group)

    def fits(self, typed: str) -> bool:
        """Whether what is typed stands in the title, the sentence or the group."""
        option = self.info.option
        texts = (option.label, option.help, self.info.group)
        return any(typed in shown(text).casefold() for text in texts)

    def _changed(self) -> None:
        if not self.field.wrong:
            self._change(self.field.value)


class SettingsPage(SearchedPage):
    """Every setting under the heading of its group; changes apply at once.

    Args:
        preferences: Holds the settings.
        parts: What else it needs.
        parent: The main window.
    """

    def __init__(self, preferences: Preferences, parts: SettingParts, parent: QWidget) -> None:
        self._preferences, self._parts = preferences, parts
        self.rows = [self._row(info) for info in declared(Settings)]
        super().__init__(tr("Settings"), self.rows, tr("Search settings"), parent)
        self.finish_foot(
            (
                text_button(tr("Shortcuts…"), "keyboard", parts.open_keys, kind=""),
                text_button(tr("Reset all"), "rotate-ccw", self.reset_all, kind=""),
            )
        )
        preferences.changed.connect(self.refresh)
        self.refresh()

    def refresh(self) -> None:
        """Show what is set now."""
        for row in self.rows:
            row.show_value(getattr(self._preferences.now, row.info.option.name))

    def reset_all(self) -> None:
        """Set everything on the page as it was at first."""
        for row in self.rows:
            self._set(row.info.option.name, row.info.option.default)

    def _row(self, info: SettingInfo) -> SettingRow:
        name = info.option.name
        listed = self._parts.listed.get(name) if info.listed else None
        return SettingRow(info, listed, lambda value: self._set(name, value))

    def _set(self, name: str, value: Any) -> None:
        setter = self._parts.setters.get(name)
        if setter is not None:
            setter(value)
        self._preferences.change(**{name: value})
