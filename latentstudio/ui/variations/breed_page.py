"""Two pictures and what is bred of them, in the place of the canvas."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QIcon, QKeyEvent, QPixmap
from PySide6.QtWidgets import QComboBox, QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from latentstudio.document.history import History
from latentstudio.document.lineage import shares
from latentstudio.document.lineage_commands import adopt_bred
from latentstudio.document.state import Document, Picture, Snapshot
from latentstudio.session.messages import ModelSummary
from latentstudio.session.variation_messages import Bred
from latentstudio.ui.canvas.pixels import to_pixmap
from latentstudio.ui.strip.snapshot_menu import NOW
from latentstudio.ui.strip.snapshot_model import SnapshotModel
from latentstudio.ui.strip.thumbs import Thumbs
from latentstudio.ui.theme import set_role
from latentstudio.ui.variations.picture_box import PictureBox
from latentstudio.ui.widgets.buttons import icon_button, text_button
from latentstudio.ui.widgets.canvas_page import CanvasPage
from latentstudio.ui.widgets.labels import label
from latentstudio.ui.widgets.numeric_field import NumericField
from latentstudio.ui.widgets.plain_slider import PlainSlider
from latentstudio.ui.widgets.plain_text import set_tip
from latentstudio.ui.widgets.sentences import shown
from latentstudio.ui.widgets.words import tr

if TYPE_CHECKING:
    from latentstudio.workers.studio_client import StudioClient

_SIDE = 512


class BreedPage(CanvasPage):
    """Chooses two parents and how much of each; what comes out is a start like any other.

    Args:
        history: The document.
        client: The engine.
        canvas: What it covers.
        snapshots: Those of the document.
        small: Small pictures.
        name_now: Names the picture as it is.
    """

    opened = Signal(bool)

    def __init__(
        self,
        history: History,
        client: "StudioClient",
        canvas: QWidget,
        snapshots: SnapshotModel,
        small: Thumbs,
        name_now: Callable[[Document], str],
    ) -> None:
        super().__init__(canvas)
        self._history, self._client = history, client
        self._snapshots, self._small, self._name_now = snapshots, small, name_now
        self._made: Bred | None = None
        self._layers = 1
        self._parents: tuple[Picture, Picture] | None = None
        self.setProperty("surface", "canvas")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setAccessibleName(tr("Breed two pictures"))
        self.first, self.second = _chooser(tr("First picture")), _chooser(tr("Second picture"))
        self.pictures = (PictureBox(), PictureBox(), PictureBox())
        self.coarse = PlainSlider(tr("Second picture in coarse layers"), 0.0, 1.0, 0.0)
        self.fine = PlainSlider(tr("Second picture in fine layers"), 0.0, 1.0, 1.0)
        self.start_of_fine = NumericField(tr("First fine layer"), 0, 1, whole=True)
        self.use = text_button(tr("Use this picture"), "check", self.take, kind="primary")
        self._values = (label("", "label"), label("", "label"))
        self._state = label("", "label", "tx2")
        self._arrange()
        self._connect()

    @property
    def made(self) -> Bred | None:
        """What came of the two, once it is there."""
        return self._made

    def toggle(self) -> None:
        """Open it with the picture now and the snapshot it is most unlike to, or close it."""
        if self.isVisible():
            self.close_page()
            return
        current, count = self._snapshots.current_row(), self._snapshots.rowCount()
        others = [row for row in range(count) if row != current]
        self.open(others[-1] if others else NOW, NOW)

    def open(self, first: int, second: int) -> None:
        """Open it with two rows of the strip, of which `NOW` is the picture as it is."""
        self._fill_choosers()
        self.first.setCurrentIndex(self.first.findData(first))
        self.second.setCurrentIndex(self.second.findData(second))
        self._place()
        self.raise_()
        self.show()
        self.opened.emit(True)
        self.first.setFocus(Qt.FocusReason.OtherFocusReason)
        self._ask()

    def close_page(self) -> None:
        """Back to the canvas."""
        if self.isVisible():
            self.hide()
            self.opened.emit(False)

    def swap(self) -> None:
        """Exchange the two."""
        first, second = self.first.currentIndex(), self.second.currentIndex()
        self.first.setCurrentIndex(second)
        self.second.setCurrentIndex(first)
        self._ask()

    def take(self) -> None:
        """Go on with what was bred: one undo step."""
        if self._made is None or self._parents is None:
            return
        parents = (self._snapshot(self.first), self._snapshot(self.second))
        name = f"{parents[0].name} × {parents[1].name}"
        self._history.do(adopt_bred(self._made.picture, parents, name))
        self.close_page()

    # What it shows

    def _fill_choosers(self) -> None:
        for box in (self.first, self.second):
            kept = box.currentData()
            box.clear()
            box.addItem(tr("The picture now"), NOW)
            for row in range(self._snapshots.rowCount()):
                shot = self._snapshots.snapshot(row)
                thumb = self._snapshots.thumb(shot.picture)
                box.addItem(QIcon(thumb) if thumb else QIcon(), f"{row + 1} {shot.name}", row)
            box.setCurrentIndex(max(0, box.findData(kept)))

    def _snapshot(self, box: QComboBox) -> Snapshot:
        row = box.currentData()
        if isinstance(row, int) and 0 <= row < self._snapshots.rowCount():
            return self._snapshots.snapshot(row)
        document = self._history.document
        return Snapshot(self._name_now(document), document.picture)

    def _ask(self) -> None:
        """Show the parents, and ask for their child."""
        if not self.isVisible():
            return
        one, other = self._snapshot(self.first).picture, self._snapshot(self.second).picture
        if (one, other) != self._parents:
            self._parents, self._made = (one, other), None
            self.use.setEnabled(False)
            self._show_parents()
        self._say()
        how = self.shares()
        self._client.variations.want_bred(one, other, how, _SIDE)

    def shares(self) -> tuple[float, ...]:
        """How much of the second each layer has."""
        coarse, fine = self.coarse.number, self.fine.number
        if self._layers == 1:
            return (fine,)
        return shares(self._layers, coarse, fine, int(self.start_of_fine.value))

    def _say(self) -> None:
        for words, slider in zip(self._values, (self.coarse, self.fine), strict=True):
            percent = str(round(slider.number * 100))
            words.setText(tr("%1 % of the second").replace("%1", percent))

    def _bred(self, made: Bred) -> None:
        self._made = made
        self.pictures[1].show_picture(to_pixmap(made.pixels))
        words = {"on": tr("On the shell"), "edge": tr("Near the edge"), "off": tr("Too far")}
        self._state.setText(words[made.state] if made.state else "")
        self.use.setEnabled(True)

    def _failed(self, sentence: str) -> None:
        self._made = None
        self.use.setEnabled(False)
        self._state.setText(shown(sentence))

    def _show_parents(self) -> None:
        if self._parents is not None and self.isVisible():
            for parent, box in zip(self._parents, self.pictures[::2], strict=True):
                box.show_picture(self._small.get(parent) or QPixmap())

    def _model_opened(self, summary: ModelSummary) -> None:
        self.close_page()
        self._made = self._parents = None
        self._layers = summary.info.code_layers
        several = self._layers > 1
        for part in (self.coarse, self._coarse_label, self._values[0], self._split):
            part.setVisible(several)
        self._fine_label.setText(tr("Fine layers") if several else tr("Of the second"))
        self.start_of_fine.set_limits(1, max(1, self._layers - 1))
        self.start_of_fine.show_value(max(1, self._layers // 2))
        if not several:
            self.fine.show_number(0.5)

    # Building

    def _arrange(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 14, 24, 14)
        column.setSpacing(12)
        head = QHBoxLayout()
        head.addWidget(label(tr("Breed two pictures"), "title"))
        head.addStretch(1)
        head.addWidget(icon_button("x", tr("Close"), self.close_page))
        column.addLayout(head)
        column.addLayout(self._make_pictures(), 1)
        column.addLayout(self._make_sliders())

    def _make_pictures(self) -> QGridLayout:
        grid = QGridLayout()
        grid.setSpacing(10)
        for place, (box, stretch) in enumerate(zip(self.pictures, (3, 5, 3), strict=True)):
            grid.addWidget(box, 0, place)
            grid.setColumnStretch(place, stretch)
        grid.setRowStretch(0, 1)
        grid.addWidget(self.first, 1, 0)
        middle = QHBoxLayout()
        middle.addStretch(1)
        middle.addWidget(icon_button("arrow-left-right", tr("Swap"), self.swap))
        middle.addWidget(self._state)
        middle.addStretch(1)
        grid.addLayout(middle, 1, 1)
        grid.addWidget(self.second, 1, 2)
        return grid

    def _make_sliders(self) -> QGridLayout:
        grid = QGridLayout()
        grid.setHorizontalSpacing(12)
        self._coarse_label = label(tr("Coarse layers"), "label", "tx2")
        self._fine_label = label(tr("Fine layers"), "label", "tx2")
        self._split = QWidget()
        row = QHBoxLayout(self._split)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(label(tr("Fine from layer"), "label", "tx2"))
        self.start_of_fine.setFixedWidth(56)
        row.addWidget(self.start_of_fine)
        lines = ((self._coarse_label, self.coarse), (self._fine_label, self.fine))
        for number, (words, slider) in enumerate(lines):
            grid.addWidget(words, number, 0)
            grid.addWidget(slider, number, 1)
            self._values[number].setMinimumWidth(120)
            grid.addWidget(self._values[number], number, 2)
        grid.addWidget(self._split, 0, 3)
        grid.addWidget(self.use, 1, 3)
        grid.setColumnStretch(1, 1)
        self.use.setEnabled(False)
        self.fine.show_number(1.0)
        set_tip(self.coarse, tr("Shape, pose and what is large"))
        set_tip(self.fine, tr("Colours, texture and what is small"))
        return grid

    def _connect(self) -> None:
        for box in (self.first, self.second):
            box.activated.connect(lambda _: self._ask())
        for slider in (self.coarse, self.fine):
            slider.asked.connect(lambda number, _, one=slider: self._slide(one, number))
        self.start_of_fine.committed.connect(lambda _: self._ask())
        self._client.variations.bred_ready.connect(self._bred)
        self._client.variations.breeding_failed.connect(self._failed)
        self._small.changed.connect(self._show_parents)
        self._client.models.model_opened.connect(self._model_opened)
        self._client.models.model_closed.connect(self.close_page)
        stop = self._history.changed.connect(lambda _: self._document_changed())
        self.destroyed.connect(lambda: stop())

    def _slide(self, slider: PlainSlider, number: float) -> None:
        slider.show_number(number)
        self._ask()

    def _document_changed(self) -> None:
        if self.isVisible():
            self._fill_choosers()
            self._ask()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.close_page()
        else:
            event.ignore()


def _chooser(name: str) -> QComboBox:
    box = QComboBox()
    box.setAccessibleName(name)
    box.setIconSize(QSize(20, 20))
    box.setMinimumWidth(60)
    box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
    box.setMinimumContentsLength(6)
    set_role(box, "label")
    set_tip(box, name)
    return box
