"""The painting half of the line above the canvas: add or subtract, size, feather, tint."""

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QMenu, QToolButton, QWidget, QWidgetAction

from latentstudio.ui.region.work import RegionWork
from latentstudio.ui.widgets.buttons import icon_button
from latentstudio.ui.widgets.labels import label
from latentstudio.ui.widgets.numeric_field import NumericField
from latentstudio.ui.widgets.plain_slider import PlainSlider
from latentstudio.ui.widgets.segmented import Segmented
from latentstudio.ui.widgets.toggle import Toggle
from latentstudio.ui.widgets.words import plain, tr

_MOST_SIZE = 0.5


_FIELD = 66  # wide enough for four digits
_WHOLE = 10  # pixels from which tenths are not told


def _pixels(value: float) -> str:
    return tr("%1 px").replace("%1", plain(round(value) if value >= _WHOLE else value))


class PaintOptions(QWidget):
    """Shows how the brush paints, and changes it."""

    def __init__(self, work: RegionWork, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._work = work
        self.mode = Segmented([("add", tr("Add")), ("subtract", tr("Subtract"))])
        self.size_slider = PlainSlider(tr("Size of the brush"), 0.0, 1.0, 0.3)
        self.size_field = NumericField(tr("Size of the brush"), 1, 2048, form=_pixels, whole=True)
        self.feather = NumericField(tr("Feather"), 0, 256, form=_pixels)
        self.tint = Toggle(tr("Tint"))
        self.more = icon_button("sliders-horizontal", tr("Hardness, strength and pressure"))
        self._arrange()
        self._connect()
        self.show_all()

    def show_all(self) -> None:
        """Show what is set."""
        brush = self._work.strokes.brush
        self.mode.show_choice("subtract" if brush.subtract else "add")
        self.size_slider.show_number(self._to_slider(brush.size))
        self.size_field.show_value(round(brush.size))
        self.feather.show_value(round(self._work.feather, 1))
        self.tint.show_on(self._work.mask_item.tinted)
        self._tinted.setChecked(self._work.mask_item.tinted)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.show_all()

    def _follow(self) -> None:
        # While another tool is held every move of a slider would rewrite what nobody sees.
        if self.isVisible():
            self.show_all()

    def set_short(self, short: bool) -> None:
        """Leave out what the menu has, too, and room beside words, for narrow windows."""
        for part in (self.size_slider, self._tint_word, self.tint):
            part.setVisible(not short)
        self.mode.set_tight(short)

    def _arrange(self) -> None:
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        self.size_slider.setFixedWidth(96)
        self.size_field.setFixedWidth(_FIELD)
        self.feather.setFixedWidth(_FIELD)
        self._tint_word = label(tr("Tint"), "label", "tx2")
        self._menu = QMenu(self.more)
        self._fill_menu()
        self.more.setMenu(self._menu)
        self.more.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        parts = (
            self.mode,
            label(tr("Size"), "label", "tx2"),
            self.size_slider,
            self.size_field,
            label(tr("Feather"), "label", "tx2"),
            self.feather,
            self._tint_word,
            self.tint,
            self.more,
        )
        for part in parts:
            row.addWidget(part, alignment=Qt.AlignmentFlag.AlignVCenter)

    def _fill_menu(self) -> None:
        strokes = self._work.strokes
        for words, name in (
            (tr("Hardness"), "hardness"),
            (tr("Strength"), "strength"),
            (tr("Range of the fill"), "tolerance"),
        ):
            slider = PlainSlider(words, 0.0, 1.0, 0.8)
            slider.show_number(getattr(strokes.brush, name))
            slider.asked.connect(self._setter(slider, name))
            self._menu.addAction(_titled(self._menu, words, slider))
        self._tinted = self._menu.addAction(tr("Tint"))
        self._tinted.setCheckable(True)
        tint = PlainSlider(tr("Tint"), 0.0, 1.0, 0.45)
        tint.show_number(self._work.mask_item.opacity_of_tint)

        def set_tint(value: float, _gesture: object) -> None:
            tint.show_number(value)
            self._work.set_tint(self.tint.isChecked(), value)

        tint.asked.connect(set_tint)
        self._menu.addAction(_titled(self._menu, tr("Strength of the tint"), tint))
        self._menu.addSeparator()
        choices = (
            (tr("Pen pressure: size"), "size"),
            (tr("Pen pressure: strength"), "strength"),
            (tr("Pen pressure: nothing"), "nothing"),
        )
        for words, value in choices:
            self._menu.addAction(words, partial(strokes.change_brush, pressure=value))

    def _setter(self, slider: PlainSlider, name: str) -> Callable[[float, object], None]:
        def set_value(value: float, _gesture: object) -> None:
            slider.show_number(value)
            self._work.strokes.change_brush(**{name: value})

        return set_value

    def _connect(self) -> None:
        work, strokes = self._work, self._work.strokes
        for changed in (strokes.brush_changed, work.changed):
            changed.connect(self._follow)
        self.mode.chosen.connect(lambda key: strokes.change_brush(subtract=key == "subtract"))
        self.size_slider.asked.connect(
            lambda share, _: strokes.change_brush(size=self._from_slider(share))
        )
        self.size_field.committed.connect(lambda size: strokes.change_brush(size=size))
        self.feather.committed.connect(lambda pixels: work.set_feather(pixels))
        for switch in (self.tint.clicked, self._tinted.triggered):
            switch.connect(lambda on: work.set_tint(on, work.mask_item.opacity_of_tint))

    def _most(self) -> float:
        return max(8.0, _MOST_SIZE * self._work.side)

    def _from_slider(self, share: float) -> float:
        return max(1.0, self._most() * share**2)

    def _to_slider(self, size: float) -> float:
        return float((size / self._most()) ** 0.5)


def _titled(menu: QMenu, words: str, slider: PlainSlider) -> QWidgetAction:
    box = QWidget()
    row = QHBoxLayout(box)
    row.setContentsMargins(12, 2, 12, 2)
    title = label(words, "label", "tx2")
    title.setMinimumWidth(130)
    row.addWidget(title)
    row.addWidget(slider)
    action = QWidgetAction(menu)
    action.setDefaultWidget(box)
    return action
