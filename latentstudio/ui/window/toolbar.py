"""The toolbar, 44 px with its two lines: model, seed, undo, compare, snapshot, find, export."""

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QDoubleSpinBox, QHBoxLayout, QPushButton, QWidget

from latentstudio.core.seeds import MAX_SEED
from latentstudio.ui.theme import icon, set_role, theme
from latentstudio.ui.theme.icons import pixmap
from latentstudio.ui.widgets.plain_text import set_tip
from latentstudio.ui.widgets.words import tr
from latentstudio.ui.window.actions import Actions, hint
from latentstudio.ui.window.buttons import ActionButton, divider
from latentstudio.ui.window.key_map import key_words
from latentstudio.ui.window.keycap import draw_key

HEIGHT = 42


_DRAWN = "000000"
"""Room for any seed that *New seed* draws, so that nothing beside it moves."""


class Toolbar(QWidget):
    """Shows actions; `seed_asked` tells a seed that was typed or stepped to."""

    seed_asked = Signal(object)

    def __init__(self, actions: Actions, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("surface", "panel")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setFixedHeight(HEIGHT)
        self._actions = actions
        self._seed_room = 0
        self._seed_shown: int | None = None
        self.seed = QDoubleSpinBox()
        self._find = FindButton(actions)
        self._export = QPushButton(tr("Export"))
        self._labelled = [
            ActionButton(actions["open"], tr("Open model"), "box"),
            ActionButton(actions["open-image"], tr("Open image"), "image"),
            ActionButton(actions["seed"], tr("New seed"), "dices"),
            ActionButton(actions["compare"], tr("Compare"), "columns-2"),
            ActionButton(actions["variations"], tr("Variations"), "grid-3x3"),
            ActionButton(actions["snapshot"], tr("Snapshot"), "camera"),
        ]
        self._bare = [
            ActionButton(actions["undo"], tr("Undo"), "undo-2"),
            ActionButton(actions["redo"], tr("Redo"), "redo-2"),
        ]
        for button in self._bare:
            button.set_icon_only(True)
        self._dress_seed()
        self._dress_export()
        self._arrange()

    def set_icons_only(self, only: bool) -> None:
        """Drop the labels, for narrow windows."""
        for button in self._labelled:
            button.set_icon_only(only)
        self._find.set_short(only)

    def _measure(self) -> None:
        scale = theme().text_scale
        self.seed.setFixedSize(round(72 * scale) + self._seed_room, round(28 * scale))

    def show_seed(self, seed: int) -> None:
        """Show the document's seed; every step of a drag tells it anew."""
        if seed == self._seed_shown:
            return
        self._seed_shown = seed
        self.seed.blockSignals(True)
        self.seed.setValue(seed)
        digits = QFontMetrics(self.seed.font()).horizontalAdvance(max(str(seed), _DRAWN, key=len))
        self._seed_room = max(0, digits - 36)
        self._measure()
        self.seed.blockSignals(False)

    def set_model_open(self, is_open: bool) -> None:
        """Show the seed field empty until there is a model."""
        self.seed.setEnabled(is_open)
        self._export.setEnabled(is_open)

    def _arrange(self) -> None:
        open_, image, new_seed, *looks = self._labelled
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 0, 12, 0)
        row.setSpacing(4)
        row.addWidget(open_)
        row.addWidget(image)
        self._add_divider(row)
        row.addWidget(new_seed)
        row.addWidget(self.seed)
        self._add_divider(row)
        for button in self._bare:
            row.addWidget(button)
        self._add_divider(row)
        for button in looks:
            row.addWidget(button)
        row.addStretch(1)
        row.addWidget(self._find)
        row.addSpacing(8)
        row.addWidget(self._export)

    def _add_divider(self, row: QHBoxLayout) -> None:
        row.addSpacing(6)
        row.addWidget(divider())
        row.addSpacing(6)

    def _dress_seed(self) -> None:
        field = self.seed
        field.setDecimals(0)
        field.setRange(0, MAX_SEED)
        field.setFixedHeight(28)
        field.setKeyboardTracking(False)
        field.lineEdit().setTextMargins(7, 0, 0, 0)
        field.setAccessibleName(tr("Seed"))
        set_tip(field, tr("Seed of the picture: one number, one picture"))
        set_role(field, "body")
        set_role(field.lineEdit(), "body")
        theme().changed.connect(self._measure)
        self._measure()
        field.valueChanged.connect(lambda value: self.seed_asked.emit(int(value)))

    def _dress_export(self) -> None:
        button, action = self._export, self._actions["export"]
        button.setProperty("kind", "primary")
        button.setIcon(icon("share", "onacc"))
        button.setIconSize(QSize(19, 16))
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        set_tip(button, hint(action))
        action.changed.connect(lambda: set_tip(button, hint(action)))
        button.clicked.connect(lambda: action.trigger())
        set_role(button, "control")


class FindButton(QPushButton):
    """Looks like a search field, opens the palette."""

    def __init__(self, actions: Actions) -> None:
        super().__init__()
        self._words = tr("Find a command")
        self.setProperty("kind", "field")
        self.setAccessibleName(self._words)
        self._action = actions["find"]
        self._action.changed.connect(self._follow)
        self._follow()
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.clicked.connect(lambda: actions["find"].trigger())
        set_role(self, "label")
        self.set_short(False)
        theme().changed.connect(self._measure)

    def set_short(self, short: bool) -> None:
        """Take less room."""
        self._words = tr("Find") if short else tr("Find a command")
        self._short = short
        self._measure()

    def _measure(self) -> None:
        self.setFixedWidth(round((150 if self._short else 232) * theme().text_scale))
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        tokens = theme().current()
        middle = self.height() // 2
        glass = pixmap("search", tokens.tx2, 16, self.devicePixelRatioF())
        painter.drawPixmap(8, middle - 8, glass)
        painter.setPen(tokens.color("tx2"))
        painter.setFont(self.font())
        flags = Qt.AlignmentFlag.AlignVCenter
        painter.drawText(self.rect().adjusted(30, 0, -8, 0), flags, self._words)
        keys = key_words(self._action.shortcuts())
        if keys:
            draw_key(painter, self.width() - 8, middle, keys)

    def _follow(self) -> None:
        set_tip(self, hint(self._action, self._words))
        self.update()
