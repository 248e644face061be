"""How local sliders are found: paths, layers, pictures."""

from functools import partial

from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QMenu, QVBoxLayout, QWidget

from latentstudio.core.spaces import Ability
from latentstudio.ui.directions.layer_range import LayerRange
from latentstudio.ui.region.panel_layout import line
from latentstudio.ui.region.work import RegionWork
from latentstudio.ui.widgets.buttons import text_button
from latentstudio.ui.widgets.labels import label
from latentstudio.ui.widgets.plain_text import set_tip
from latentstudio.ui.widgets.toggle import Toggle
from latentstudio.ui.widgets.words import tr

PICTURES = (1, 4, 8, 16)
"""How many pictures a direction is to be local in."""


class FindingOptions(QWidget):
    """Shows how sliders are found, and changes it."""

    def __init__(self, work: RegionWork) -> None:
        super().__init__()
        self._work = work
        self.bends = Toggle(tr("Bend to stay inside"))
        self.bends.clicked.connect(lambda: work.set_bends(self.bends.isChecked()))
        tip = tr("Sliders leave the straight line where it leaks; this is worked out behind you.")
        set_tip(self.bends, tip)
        self.layers = text_button("", "", self.open_layers, kind="")
        self.pictures = text_button("", "", self.open_pictures, kind="")
        set_tip(self.pictures, tr("Directions can be looked for that are local in all of some."))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 6, 0, 0)
        column.setSpacing(6)
        column.addLayout(line(label(tr("Bend to stay inside")), None, self.bends))
        self._layers_line = QWidget()
        layers = line(label(tr("Layers")), None, self.layers)
        layers.setContentsMargins(0, 0, 0, 0)
        self._layers_line.setLayout(layers)
        column.addWidget(self._layers_line)
        column.addLayout(line(label(tr("Local in")), None, self.pictures))

    def show_all(self) -> None:
        """Show what is set."""
        work, model = self._work, self._work.model
        self.bends.show_on(work.bends)
        able = model is not None and Ability.LAYERS in model.info.abilities
        self._layers_line.setVisible(able)
        chosen = work.layer_range
        usual = tr("Usual ones") if work.layers == "auto" else tr("All layers")
        self.layers.setText(usual if chosen is None else f"{chosen[0]}–{chosen[1]}")
        self.pictures.setText(picture_words(work.pictures))

    def open_layers(self) -> LayerRange | None:
        """Let the artist choose layers."""
        work = self._work
        if work.model is None:
            return None
        count = work.model.info.code_layers
        popup = LayerRange(tr("Layers that may change"), count, work.layer_range, None)
        popup.chosen.connect(work.set_layer_range)
        popup.open_at(self.layers.mapToGlobal(QPoint(0, self.layers.height())))
        return popup

    def make_pictures(self) -> QMenu:
        """In how many pictures a direction is to be local."""
        menu = QMenu(self)
        for count in PICTURES:
            action = menu.addAction(picture_words(count), partial(self._work.set_pictures, count))
            action.setCheckable(True)
            action.setChecked(self._work.pictures == count)
        return menu

    def open_pictures(self) -> None:
        """Open that menu."""
        menu = self.make_pictures()
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(self.pictures.mapToGlobal(QPoint(0, self.pictures.height())))


def picture_words(count: int) -> str:
    """``This picture``, or ``4 pictures``."""
    return tr("This picture") if count == 1 else tr("%1 pictures").replace("%1", str(count))
