"""The controls that stand over the selected row: solo, mute, pin, menu, amount, slider."""

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QWidget

from latentstudio.ui.directions.board import Board
from latentstudio.ui.directions.geometry import Places
from latentstudio.ui.directions.group_switches import GroupSwitches
from latentstudio.ui.theme import set_role
from latentstudio.ui.widgets.buttons import icon_button, letter_button
from latentstudio.ui.widgets.numeric_field import NumericField
from latentstudio.ui.widgets.strength_slider import StrengthSlider
from latentstudio.ui.widgets.words import signed, tr

_FIELD_WIDTH = 58


class RowSlider(StrengthSlider):
    """A strength slider bound to one direction of the board."""

    def __init__(self, board: Board, parent: QWidget) -> None:
        super().__init__(parent)
        self._board = board
        self.id = ""
        self.asked.connect(lambda amount, gesture: board.commands.amount(self.id, amount, gesture))
        self.sliderPressed.connect(lambda: board.rows.hold_ends(self.id))
        self.sliderReleased.connect(self._let_ends_go)

    def bind(self, id: str) -> None:
        """Show another direction."""
        self.id = id
        self.refresh()

    def refresh(self) -> None:
        """Show what the board says now."""
        look = self._board.rows.look(self.id)
        self.set_limits(look.low, look.high, self._board.rows.reach(self.id))
        self.set_band(look.band, all_safe=look.all_safe)
        self.show_amount(look.amount)
        name = tr("%1, direction").replace("%1", self._board.name(self.id))
        if self.accessibleName() != name:
            self.setAccessibleName(name)

    def _let_ends_go(self) -> None:
        """The slider goes on as far as the hand went, now that it rests."""
        self._board.rows.let_ends_go()
        self.refresh()
        self._board.row_changed.emit(self.id)


class RowEditor(QWidget):
    """Live parts of the selected row, laid over what the delegate paints."""

    menu_asked = Signal(str)

    def __init__(self, board: Board, parent: QWidget) -> None:
        super().__init__(parent)
        self._board = board
        self.slider = RowSlider(board, self)
        self.solo = letter_button(
            "S", tr("Solo (Alt S)"), lambda: board.commands.toggle_solo(self.id)
        )
        self.mute = letter_button(
            "M", tr("Mute (Alt M)"), lambda: board.commands.toggle_mute(self.id)
        )
        self.pin = icon_button(
            "pin", tr("Pin"), lambda: board.commands.toggle_pin(self.id), side=24
        )
        self.pin.setCheckable(True)
        self.menu = icon_button("ellipsis", tr("More for this direction"), self._ask_menu, side=24)
        self.field = NumericField(tr("Amount"), -6, 6, form=signed, height=24)
        self.field.edit.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.field.setFixedWidth(_FIELD_WIDTH)
        self.field.committed.connect(lambda value: board.commands.amount(self.id, value))
        self.field.edit.returnPressed.connect(self._after_typing)
        self.slider.typing_asked.connect(self.field.begin_typing)
        self.groups = GroupSwitches(board, self)
        self._head = QWidget(self)
        row = QHBoxLayout(self._head)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(4)
        for button in (self.solo, self.mute, self.pin, self.menu):
            row.addWidget(button)
        row.addSpacing(4)
        row.addWidget(self.field)
        self._name = QLineEdit(self)
        self._name.hide()
        self._name.setStyleSheet("QLineEdit { min-height: 0; padding: 0 4px; }")
        set_role(self._name, "body")
        self._name.setAccessibleName(tr("Name of the direction"))
        self._name.editingFinished.connect(self._renamed)
        self._name.installEventFilter(self)
        self._places: Places | None = None

    @property
    def id(self) -> str:
        """The direction shown."""
        return self.slider.id

    @property
    def head_width(self) -> float:
        """Room that the buttons and the field take."""
        return float(self._head.sizeHint().width() + 8)

    @property
    def renaming(self) -> bool:
        """The name is being typed."""
        return self._name.isVisible()

    def bind(self, id: str) -> None:
        """Show another direction."""
        self._name.hide()
        self.slider.bind(id)
        self.refresh()

    def refresh(self) -> None:
        """Show what the board says now."""
        self.slider.refresh()
        picture, look = self._board.document.picture, self._board.rows.look(self.id)
        edit = picture.edit(self.id)
        self.solo.setChecked(picture.solo == self.id)
        self.mute.setChecked(edit is not None and not edit.on)
        self.pin.setChecked(self.id in self._board.document.pinned)
        self.groups.refresh(self.id)
        self.field.set_limits(*self._board.rows.reach(self.id))
        self.field.show_value(look.amount)

    def place(self, places: Places, *, large: bool) -> None:
        """Lie over a row of the list."""
        self._places = places
        self.setGeometry(places.row.toRect())
        here = places.row.topLeft()
        self._head.setVisible(large)
        self.groups.setVisible(not places.groups.isEmpty())
        self.groups.setGeometry(places.groups.translated(-here).toRect())
        if large:
            width = self._head.sizeHint().width()
            head = places.head.translated(-here)
            left = round(head.right()) - width
            self._head.setGeometry(left, round(head.top()), width, round(head.height()))
        self.slider.set_inset(places.inset)
        self.slider.setGeometry(places.slider.translated(-here).toRect())

    def begin_rename(self) -> None:
        """Let the artist type another name in place."""
        if self._places is None:
            return
        line = self._places.name.translated(-self._places.row.topLeft())
        width = line.width() - (self.head_width if self._head.isVisible() else 48)
        box = QRectF(line.left() - 5, line.center().y() - 12, width, 24)
        self._name.setGeometry(box.toRect())
        self._name.setText(self._board.name(self.id))
        self._name.show()
        self._name.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self._name.selectAll()

    def eventFilter(self, watched: object, event: object) -> bool:
        if (
            isinstance(event, QKeyEvent)
            and event.type() == QKeyEvent.Type.KeyPress
            and event.key() == Qt.Key.Key_Escape
        ):
            self._name.setText(self._board.name(self.id))
            self._stop_renaming()
            return True
        return False

    def _renamed(self) -> None:
        if self._name.isVisible():
            self._board.commands.rename(self.id, self._name.text())
            self._stop_renaming()

    def _stop_renaming(self) -> None:
        had_focus = self._name.hasFocus()
        self._name.hide()
        if had_focus:
            self.slider.setFocus(Qt.FocusReason.OtherFocusReason)

    def _after_typing(self) -> None:
        if not self.field.wrong:
            self.slider.setFocus(Qt.FocusReason.OtherFocusReason)

    def _ask_menu(self) -> None:
        self.menu_asked.emit(self.id)
