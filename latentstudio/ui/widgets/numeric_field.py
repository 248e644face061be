"""A field for one number that keeps the last good value."""

from collections.abc import Callable

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QLineEdit, QSizePolicy, QVBoxLayout, QWidget

from latentstudio.ui.theme import set_role
from latentstudio.ui.widgets.plain_text import set_tip
from latentstudio.ui.widgets.range_hint import RangeHint
from latentstudio.ui.widgets.words import fixed, grouped, parse_number, plain, short, tr

Format = Callable[[float], str]


class NumericField(QWidget):
    """Number entry, 28 px high (24 in rows). A wrong value is marked and changes nothing.

    `committed` tells a good value when Enter is pressed or the field is left.
    """

    committed = Signal(float)

    def __init__(
        self,
        name: str,
        low: float,
        high: float,
        parent: QWidget | None = None,
        *,
        form: Format = lambda value: plain(value, 6),
        whole: bool = False,
        height: int = 28,
    ) -> None:
        super().__init__(parent)
        self._name, self._low, self._high = name, low, high
        self._form, self._whole = form, whole
        self._value, self._text = low, ""
        self.edit = QLineEdit()
        self.edit.setAccessibleName(name)
        self.edit.setStyleSheet(f"QLineEdit {{ min-height: {height - 4}px; }}")
        self.edit.returnPressed.connect(self._commit)
        self.edit.textEdited.connect(self._typed)
        self.edit.installEventFilter(self)
        set_role(self.edit, "label")
        self.range = RangeHint(self)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.edit)
        self.setFocusProxy(self.edit)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)

    @property
    def value(self) -> float:
        """The last good value."""
        return self._value

    @property
    def wrong(self) -> bool:
        """What is typed is no number or out of range."""
        return bool(self.edit.property("wrong"))

    @property
    def range_words(self) -> str:
        """The limits: ``Directions: 2 to 100``."""
        limits = tr("%1 to %2").replace("%1", self._limit(self._low))
        return f"{self._name}: {limits.replace('%2', self._limit(self._high))}"

    def show_value(self, value: float) -> None:
        """Show a value from the document, unless the artist is typing another."""
        shown = bool(self._text) and self.edit.text() == self._text
        if value == self._value and shown and not self.wrong:
            return  # told again with every step of some slider
        self._value = value
        if not (self.edit.hasFocus() and self.edit.isModified()):
            self._restore()

    def set_limits(self, low: float, high: float) -> None:
        """Change the limits."""
        self._low, self._high = low, high
        if self.wrong:
            self.range.say(self.range_words)

    def begin_typing(self) -> None:
        """Take the focus with everything selected."""
        self.edit.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.edit.selectAll()

    def eventFilter(self, watched: object, event: object) -> bool:
        if isinstance(event, QKeyEvent) and event.type() == QKeyEvent.Type.KeyPress:
            if event.key() == Qt.Key.Key_Escape:
                self._restore()
                self.edit.selectAll()
                return True
        elif isinstance(event, QFocusEvent) and event.lostFocus():
            self._leave()
        return False

    def _limit(self, value: float) -> str:
        if self._low >= 0:
            return grouped(value) if self._whole else plain(value, 6)
        return fixed(value, 0) if self._whole else short(value)

    def _good(self, text: str) -> float | None:
        value = parse_number(text)
        if value is None or not self._low <= value <= self._high:
            return None
        return None if self._whole and value != int(value) else value

    def _typed(self, text: str) -> None:
        # While typing only what can't become right any more is marked: at Enter or on leaving.
        if self.wrong:
            self._set_wrong(self._good(text) is None)

    def _commit(self) -> None:
        good = self._good(self.edit.text())
        self._set_wrong(good is None)
        if good is None:
            return
        self.edit.setModified(False)
        changed = good != self._value
        self._value = good
        self._restore()
        if changed:
            self.committed.emit(good)

    def _leave(self) -> None:
        if self.edit.isModified() and not self.wrong:
            self._commit()

    def _restore(self) -> None:
        self._set_wrong(False)
        self._text = self._form(self._value)
        self.edit.setText(self._text)
        self.edit.setModified(False)

    def _set_wrong(self, wrong: bool) -> None:
        if wrong == self.wrong:
            return
        self.edit.setProperty("wrong", wrong)
        self.edit.style().unpolish(self.edit)
        self.edit.style().polish(self.edit)
        self.range.say(self.range_words if wrong else "")
        self.edit.setAccessibleDescription(self.range_words if wrong else "")
        set_tip(self.edit, self.range_words if wrong else "")
