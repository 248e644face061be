"""The line above the grid: what varies, how far, how many, and drawing anew."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QWidget

from latentstudio.ui.theme import set_role, theme
from latentstudio.ui.variations.directions_menu import DirectionsMenu
from latentstudio.ui.variations.work import VariationWork
from latentstudio.ui.widgets.buttons import icon_button
from latentstudio.ui.widgets.numeric_field import NumericField
from latentstudio.ui.widgets.plain_slider import PlainSlider
from latentstudio.ui.widgets.plain_text import set_tip
from latentstudio.ui.widgets.words import fixed, tr
from latentstudio.ui.window.actions import Actions
from latentstudio.ui.window.buttons import ActionButton
from latentstudio.ui.window.options_bar import HEIGHT

_SIZES = ((3, 3), (5, 3), (5, 5), (7, 5), (9, 7))
_FARTHEST = 100.0


class VariationsBar(QWidget):
    """Shows the choices of the work, and sets them."""

    def __init__(self, work: VariationWork, actions: Actions) -> None:
        super().__init__()
        self._work = work
        self.setProperty("surface", "panel")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setFixedHeight(HEIGHT)
        self.kind = _choice(tr("Kind of variations"), tr("What differs between the pictures"))
        self.across = _choice(tr("Across"), tr("Direction that grows to the right"))
        self.up = _choice(tr("Up"), tr("Direction that grows upward"))
        self.count = _choice(tr("Pictures"), tr("Columns and rows"))
        self.reach = _reach(tr("Reach across"))
        self.reach_up = _reach(tr("Reach up"))
        self.several = DirectionsMenu(work)
        self.step = PlainSlider(tr("Size of random steps"), 0.02, 1.0, 0.25)
        self.again = icon_button("dices", tr("Draw again"), work.again)
        self.stay = ActionButton(actions["stay"], tr("Stay on shell"), "orbit", "tx2")
        self.done = icon_button("x", tr("Close variations"), work.close)
        self._fill()
        self._arrange()
        self._connect()
        work.changed.connect(self.show_choices)
        theme().changed.connect(self._measure)
        self._measure()
        self.show_choices()

    def _measure(self) -> None:
        """Room for the words at the size of text there is; the choices share what is left."""
        scale = theme().text_scale
        for box, least, most in ((self.kind, 116, 134), (self.across, 72, 130), (self.up, 72, 130)):
            box.setMinimumWidth(least)
            box.setMaximumWidth(round(most * scale))
        self.count.setFixedWidth(round(74 * scale))
        for field in (self.reach, self.reach_up):
            field.setFixedWidth(round(60 * scale))

    def show_choices(self) -> None:
        """Show what is set, and only what the kind has."""
        choices, kind = self._work.choices, self._work.choices.kind
        _show(self.kind, kind)
        self._show_directions()
        _show(self.count, (choices.columns, choices.rows))
        self.step.show_number(choices.size)
        random = kind in ("random", "mix")
        for part, has in (
            (self.across, kind == "grid"),
            (self.reach, kind == "grid"),
            (self.up, kind == "grid"),
            (self.reach_up, kind == "grid"),
            (self.several, kind in ("rows", "mix")),
            (self.step, random),
            (self.again, random),
            (self.stay, kind != "random"),
        ):
            part.setVisible(has)

    def _fill(self) -> None:
        for words, kind in (
            (tr("Two directions"), "grid"),
            (tr("Each direction"), "rows"),
            (tr("Random steps"), "random"),
            (tr("A mix of both"), "mix"),
        ):
            self.kind.addItem(words, kind)
        for columns, rows in _SIZES:
            self.count.addItem(f"{columns} × {rows}", (columns, rows))
        set_tip(self.step, tr("Size of random steps: at the right end another picture altogether"))
        self.step.setFixedWidth(120)
        self.stay.set_icon_only(True)

    def _arrange(self) -> None:
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 0, 8, 0)
        row.setSpacing(8)
        for part in (self.kind, self.across, self.reach, self.up, self.reach_up, self.several):
            row.addWidget(part, 10 if isinstance(part, QComboBox) else 0)
        for other in (self.step, self.count, self.again, self.stay):
            row.addWidget(other)
        row.addStretch(1)
        row.addWidget(self.done)

    def _connect(self) -> None:
        work = self._work
        self.kind.activated.connect(lambda _: work.choose(kind=self.kind.currentData()))
        self.across.activated.connect(lambda _: work.choose(across=self.across.currentData()))
        self.up.activated.connect(lambda _: work.choose(up=self.up.currentData()))
        self.count.activated.connect(lambda _: self._set_count())
        self.reach.committed.connect(lambda far: work.set_reach(work.choices.across, far))
        self.reach_up.committed.connect(lambda far: work.set_reach(work.choices.up, far))
        self.step.asked.connect(lambda size, _: work.choose(size=size))

    def _set_count(self) -> None:
        columns, rows = self.count.currentData()
        self._work.choose(columns=columns, rows=rows)

    def _show_directions(self) -> None:
        board, choices = self._work.board, self._work.choices
        ids = [d.id for d in board.directions if d.id not in board.document.rejected]
        for box, reach, chosen in (
            (self.across, self.reach, choices.across),
            (self.up, self.reach_up, choices.up),
        ):
            if [box.itemData(n) for n in range(box.count())] != ids:
                box.clear()
                for id in ids:
                    box.addItem(board.name(id), id)
            _show(box, chosen)
            found = board.direction(chosen)
            if found is not None:
                reach.show_value(choices.reach_of(found))


def _choice(name: str, tip: str) -> QComboBox:
    box = QComboBox()
    box.setAccessibleName(name)
    box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
    box.setMinimumContentsLength(4)
    box.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    box.view().setTextElideMode(Qt.TextElideMode.ElideRight)
    box.setMaxVisibleItems(20)
    set_tip(box, tip)
    set_role(box, "label")
    return box


def _reach(name: str) -> NumericField:
    return NumericField(name, 0.1, _FARTHEST, form=lambda value: f"± {fixed(value, 1)}")


def _show(box: QComboBox, data: object) -> None:
    box.setCurrentIndex(next((n for n in range(box.count()) if box.itemData(n) == data), -1))
