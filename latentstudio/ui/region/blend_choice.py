"""How protected edits end at their mask: by pixels, or by features from a layer on."""

from functools import partial

from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QMenu, QVBoxLayout, QWidget

from latentstudio.core.spaces import Ability
from latentstudio.document.state import AUTO
from latentstudio.ui.region.panel_layout import line
from latentstudio.ui.region.work import RegionWork
from latentstudio.ui.widgets.buttons import text_button
from latentstudio.ui.widgets.labels import label
from latentstudio.ui.widgets.plain_text import set_tip
from latentstudio.ui.widgets.words import tr


class BlendChoice(QWidget):
    """Shows how the chosen region is blended, and changes it."""

    def __init__(self, work: RegionWork) -> None:
        super().__init__()
        self._work = work
        self.chosen = text_button("", "", self.open, kind="")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addLayout(line(label(tr("Blend by")), None, self.chosen))

    def show_all(self) -> None:
        """Show what is set."""
        region, model = self._work.region, self._work.model
        features = region.mask.features if region is not None else ""
        self.setVisible(region is None or region.mask.protect)
        self.chosen.setText(_words(features))
        able = model is not None and Ability.TAPS in model.info.abilities
        self.chosen.setEnabled(able or bool(features))
        if able:
            tip = tr("Features: the network joins edit and surroundings; a rim may change, too.")
        else:
            tip = tr("This model's inner layers can't be read, so edits are blended by pixels.")
        set_tip(self.chosen, tip)

    def open(self) -> QMenu:
        """Let the artist choose."""
        model, region = self._work.model, self._work.region
        now = region.mask.features if region is not None else ""
        able = model is not None and Ability.TAPS in model.info.abilities
        taps = model.info.taps if model is not None and able else ()
        menu = QMenu(self)
        for features in ("", AUTO, *taps) if able else ("",):
            if taps and features == taps[0]:
                menu.addSeparator()
            action = menu.addAction(_words(features).replace("&", "&&"))
            action.setCheckable(True)
            action.setChecked(features == now)
            action.triggered.connect(partial(self._work.set_blend, features))
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(self.chosen.mapToGlobal(QPoint(0, self.chosen.height())))
        return menu


def _words(features: str) -> str:
    if not features:
        return tr("Pixels")
    if features == AUTO:
        return tr("Features")
    return tr("Features from %1").replace("%1", features, 1)
