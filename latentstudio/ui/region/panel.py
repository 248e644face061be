"""The region panel: the mask, tighter or freer, what leaks, what the region can do."""

import math

from PySide6.QtCore import QPoint
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from latentstudio.region.registry import METHODS
from latentstudio.ui.region.blend_choice import BlendChoice
from latentstudio.ui.region.finding_options import FindingOptions
from latentstudio.ui.region.heat import heat_image
from latentstudio.ui.region.mask_menu import MaskMenu
from latentstudio.ui.region.panel_layout import line, padded
from latentstudio.ui.region.pieces import HeatScale, Spectrum, Thumb, Trials
from latentstudio.ui.region.work import RegionWork
from latentstudio.ui.widgets.buttons import icon_button, text_button
from latentstudio.ui.widgets.labels import ElidedLabel, label, rule
from latentstudio.ui.widgets.plain_slider import PlainSlider
from latentstudio.ui.widgets.scroll_column import ScrollColumn
from latentstudio.ui.widgets.toggle import Toggle
from latentstudio.ui.widgets.words import fixed, grouped, plain, tr

_LOW, _HIGH = -5.0, 0.0
"""Powers of ten of τ, from tighter to freer."""


class RegionPanel(QWidget):
    """Shows what `RegionWork` knows, and asks it."""

    def __init__(self, work: RegionWork, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._work = work
        self.files = MaskMenu(work, self)
        self.thumb = Thumb(70, tr("Mask"))
        self.name = ElidedLabel("strong")
        self.facts = ElidedLabel("label", "tx2")
        self.more = icon_button("ellipsis", tr("More of the mask"), self._open_menu, side=24)
        self.tighter = PlainSlider(tr("Tighter or freer"), _LOW, _HIGH, -3.0)
        self.tau = label("", "label", "tx2")
        self.heat = Thumb(88, tr("Where it changes"))
        self.leak = label("", "verdict")
        self.leak_words = label("", "label", "tx2", wrap=True)
        self.show_heat = Toggle(tr("Show on canvas"))
        self.protect = Toggle(tr("Protect outside"))
        self.blend = BlendChoice(work)
        self.finding = FindingOptions(work)
        self.spectrum = Spectrum()
        self.status = label("", "label", "tx3", wrap=True)
        self.refresh = text_button(tr("Refresh"), "rotate-ccw", work.refresh)
        self.trials = Trials()
        self.tries = text_button(tr("Try on 6 others"), "grid-3x3", work.try_on_others, kind="")
        self.keep = text_button(tr("Keep direction"), "bookmark", work.keep, kind="")
        self.words = label("", "body", "tx2", wrap=True)
        self._arrange()
        self.tighter.asked.connect(lambda power, _: work.set_tau(10.0**power))
        self.show_heat.clicked.connect(lambda: work.show_heat(self.show_heat.isChecked()))
        self.protect.clicked.connect(lambda: work.set_protect(self.protect.isChecked()))
        self.spectrum.count_asked.connect(work.set_count)
        work.changed.connect(self.show_all)
        self.show_all()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._work.wake()
        self.show_all()

    def show_all(self) -> None:
        """Show what there is now."""
        if not self.isVisible():
            return
        work, share = self._work, self._work.share
        painted = share > 0
        self._some.setVisible(painted)
        self._words_box.setVisible(not painted)
        self.words.setText(self._ask_words())
        self._show_mask(share)
        self.tighter.show_number(math.log10(work.tau))
        self.tighter.setEnabled(work.takes_tau)
        self.finding.show_all()
        self.tau.setText(plain(work.tau, 2) if work.takes_tau else METHODS[work.method].title)
        self._show_leak()
        region = work.region
        self.protect.show_on(region is None or region.mask.protect)
        self.protected.setText(_protect_words(region.mask.features if region else ""))
        self.blend.show_all()
        news = work.news if not work.other_mask else None
        self.spectrum.show_values(news.spectrum if news is not None else (), work.count)
        self.status.setText(self._status_words())
        self.refresh.setVisible(work.other_picture and work.looking is None)
        able = bool(work.current())
        self.tries.setEnabled(able)
        self.keep.setEnabled(able)
        self.trials.setVisible(work.trials is not None)
        if work.trials is not None:
            self.trials.show_trials(work.trials.trials)

    def _show_mask(self, share: float) -> None:
        work = self._work
        self.thumb.show_mask(work.mask)
        self.name.say(work.place or tr("Region"))
        percent = 100 * share
        shown = fixed(percent, 1 if 0 < percent < 1 else 0)
        feather = plain(round(work.feather, 1))
        words = tr("%1 % of the image, feather %2 px")
        self.facts.say(words.replace("%1", shown, 1).replace("%2", feather, 1))

    def _show_leak(self) -> None:
        leak = self._work.leak
        self._leak_box.setVisible(leak is not None)
        self.show_heat.show_on(self._work.heat_shown)
        if leak is None:
            return
        self.heat.show_image(heat_image(leak.heat))
        self.leak.setText(tr("%1 %").replace("%1", str(round(100 * leak.outside)), 1))
        if leak.mostly:
            words = tr("of the change lands outside the mask, mostly the %1.")
            self.leak_words.setText(words.replace("%1", leak.mostly))
        else:
            self.leak_words.setText(tr("of the change lands outside the mask."))

    def _ask_words(self) -> str:
        if self._work.model is None:
            return tr("Open a model to begin.")
        return tr("Paint where the picture may change.")

    def _status_words(self) -> str:
        work = self._work
        if work.failure:
            return work.failure
        if work.share >= 1:
            return tr("The mask covers the whole picture. Paint a part of it.")
        if work.looking is not None:
            words = tr("Looking at what the region can do, %1 %")
            return words.replace("%1", str(round(100 * work.looking)), 1)
        if work.news is None:
            return ""
        if work.other_picture:
            return tr("From an earlier picture")
        if work.paths.progress is not None:
            words = tr("Bending slider %1 of %2, so that less leaks")
            now, all_ = work.paths.progress
            return words.replace("%1", str(now), 1).replace("%2", str(all_), 1)
        found, stroke = work.news.seconds, work.news.solving
        words = tr("Found in %1 s. A further stroke is solved in %2 ms.")
        return words.replace("%1", fixed(found, 1)).replace("%2", grouped(max(1, 1000 * stroke)))

    # Building

    def _arrange(self) -> None:
        body = QWidget()
        column = QVBoxLayout(body)
        column.setContentsMargins(0, 0, 0, 12)
        column.setSpacing(0)
        self._some = QWidget()
        some = QVBoxLayout(self._some)
        some.setContentsMargins(0, 0, 0, 0)
        some.setSpacing(0)
        column.addWidget(padded(self._head()))
        column.addWidget(rule())
        self._words_box = padded(self.words)
        column.addWidget(self._words_box)
        self._leak_box = QWidget()
        inner = QVBoxLayout(self._leak_box)
        inner.setContentsMargins(0, 0, 0, 4)
        inner.setSpacing(6)
        inner.addLayout(self._leaks())
        inner.addLayout(line(label(tr("none"), "caption", "tx2"), HeatScale(),
                              label(tr("most change"), "caption", "tx2"), stretch=1))  # fmt: skip
        protect = QVBoxLayout()
        protect.setSpacing(0)
        protect.addWidget(label(tr("Protect outside")))
        self.protected = label(_protect_words(""), "caption", "tx2")
        protect.addWidget(self.protected)
        protected = QHBoxLayout()
        protected.addLayout(protect, 1)
        protected.addWidget(self.protect)
        leaks = QVBoxLayout()
        leaks.setSpacing(6)
        leaks.addWidget(self._leak_box)
        leaks.addLayout(protected)
        leaks.addWidget(self.blend)
        for piece in (self._tight(), leaks, self._can()):
            some.addWidget(padded(piece))
            some.addWidget(rule())
        some.addWidget(padded(self._others()))
        column.addWidget(self._some)
        column.addStretch(1)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(ScrollColumn(body))

    def _head(self) -> QHBoxLayout:
        work = self._work
        buttons = QHBoxLayout()
        buttons.setSpacing(4)
        for image, verb, press in (
            ("shrink", tr("Shrink the mask"), lambda: work.apply("shrink")),
            ("expand", tr("Grow the mask"), lambda: work.apply("grow")),
            ("contrast", tr("Invert the mask"), lambda: work.apply("invert")),
            ("magnet", tr("Snap to edges"), lambda: work.apply("snap")),
            ("save", tr("Save the mask as a picture"), self.files.ask_save),
        ):
            buttons.addWidget(icon_button(image, verb, press, side=24))
        buttons.addStretch(1)
        top = QHBoxLayout()
        top.addWidget(self.name, 1)
        top.addWidget(self.more)
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addLayout(top)
        words.addWidget(self.facts)
        words.addStretch(1)
        words.addLayout(buttons)
        row = QHBoxLayout()
        row.setSpacing(12)
        row.addWidget(self.thumb)
        row.addLayout(words, 1)
        return row

    def _tight(self) -> QVBoxLayout:
        box = QVBoxLayout()
        box.setSpacing(4)
        box.addLayout(line(label(tr("Tighter or freer")), None, self.tau))
        box.addWidget(self.tighter)
        ends = (label(tr("Tighter: less leak"), "caption", "tx2"),
                label(tr("Freer: more change"), "caption", "tx2"))  # fmt: skip
        box.addLayout(line(ends[0], None, ends[1]))
        box.addWidget(self.finding)
        return box

    def _leaks(self) -> QHBoxLayout:
        number = QHBoxLayout()
        number.setSpacing(6)
        number.addWidget(self.leak)
        number.addWidget(label(tr("leak"), "label", "tx2"))
        number.addStretch(1)
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addLayout(number)
        words.addWidget(self.leak_words)
        words.addStretch(1)
        words.addLayout(line(label(tr("Show on canvas"), "caption", "tx2"), None, self.show_heat))
        row = QHBoxLayout()
        row.setSpacing(12)
        row.addWidget(self.heat)
        row.addLayout(words, 1)
        return row

    def _can(self) -> QVBoxLayout:
        box = QVBoxLayout()
        box.setSpacing(6)
        scale = label(tr("log scale"), "caption", "tx3")
        box.addLayout(line(label(tr("What this region can do")), None, scale))
        box.addWidget(self.spectrum)
        row = QHBoxLayout()
        row.addWidget(self.status, 1)
        row.addWidget(self.refresh)
        box.addLayout(row)
        return box

    def _others(self) -> QVBoxLayout:
        box = QVBoxLayout()
        box.setSpacing(8)
        box.addLayout(line(self.tries, None, self.keep))
        box.addWidget(self.trials)
        return box

    def _open_menu(self) -> None:
        menu = self.files.make()
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(self.more.mapToGlobal(QPoint(0, self.more.height())))


def _protect_words(features: str) -> str:
    """What protecting does, for the layer from which features are blended, or empty."""
    if features:
        return tr("A rim around the mask may change, too")
    return tr("Keeps the pixels outside the mask")
