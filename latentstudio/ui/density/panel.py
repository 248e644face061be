"""The density panel: verdict, histogram, stay on shell, snap back, numbers, layers."""

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QStackedLayout,
    QVBoxLayout,
    QWidget,
)

from latentstudio.core.reading import Reading, ReferenceCurve, State
from latentstudio.document import commands
from latentstudio.document.history import History
from latentstudio.document.state import Document, Picture
from latentstudio.render.messages import Frame
from latentstudio.ui.density import words
from latentstudio.ui.density.loading import PlotLoader
from latentstudio.ui.density.looks_row import LooksRow
from latentstudio.ui.density.trail import Trail
from latentstudio.ui.density.walk_choice import WalkChoice
from latentstudio.ui.widgets.accessible import announce
from latentstudio.ui.widgets.buttons import text_button
from latentstudio.ui.widgets.fold import Fold
from latentstudio.ui.widgets.labels import ElidedLabel, label, rule
from latentstudio.ui.widgets.layer_strip import LayerStrip
from latentstudio.ui.widgets.meter import Meter
from latentstudio.ui.widgets.scroll_column import ScrollColumn
from latentstudio.ui.widgets.sentences import shown
from latentstudio.ui.widgets.skeleton import Skeleton
from latentstudio.ui.widgets.timers import timer
from latentstudio.ui.widgets.words import tr

if TYPE_CHECKING:
    from latentstudio.ui.density.plot import DensityPlot
    from latentstudio.workers.studio_client import StudioClient

_SETTLED = 500  # ms a verdict must last before it is announced


class DensityPanel(QWidget):
    """Shows the newest frame's reading on the reference of the open model."""

    walk_asked = Signal()
    """The artist wants to see where a slider leads."""

    def __init__(
        self, history: History, client: "StudioClient", parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._history, self._client = history, client
        self._curve: ReferenceCurve | None = None
        self._reading: Reading | None = None
        self._start: Reading | None = None
        self._snap_from: Picture | None = None
        self._open = False
        self._said: State | None = None
        self._trail = Trail()
        self.meter = Meter()
        self.plot: DensityPlot | None = None
        self._loader = PlotLoader(self)
        self._loader.loaded.connect(self._plot_loaded)
        self.axis = label("", "caption", "tx3", wrap=True)
        self.walk = WalkChoice(history)
        self.looks = LooksRow()
        self.looks.asked.connect(self._judge_asked)
        self.snap = text_button(tr("Snap back"), "undo-dot", self._snap_asked, kind="")
        self.see = text_button(tr("See the walk"), "activity", self.walk_asked.emit, kind="")
        self.snap_line = ElidedLabel("label", "tx2")
        self.numbers = Fold(tr("Numbers"))
        self.numbers.setObjectName("numbers")
        self.strip = LayerStrip()
        self._quiet = timer(self, _SETTLED, self._announce)
        self.setProperty("surface", "panel")
        self._arrange()
        client.models.model_opened.connect(self._model_opened)
        client.models.model_closed.connect(self._model_closed)
        client.models.model_failed.connect(self._model_failed)
        client.previews.reference_ready.connect(self._reference_ready)
        client.previews.frame_ready.connect(self._frame_ready)
        client.previews.snap_ready.connect(self._snap_ready)
        client.previews.judge_ready.connect(self.looks.offer_again)
        client.previews.judge_missing.connect(self.looks.offer_again)
        self.destroyed.connect(history.changed.connect(self._show_document))
        self._show_document(history.document)

    @property
    def measured(self) -> bool:
        """The plot is shown, not its skeleton."""
        return self._stack.currentIndex() == 1

    # Layout

    def _arrange(self) -> None:
        body = QWidget()
        self._column = QVBoxLayout(body)
        self._column.setContentsMargins(0, 10, 0, 12)
        self._column.setSpacing(0)
        self._column.addLayout(_padded(self.meter))
        self._plot_place = QVBoxLayout()
        self._plot_place.setContentsMargins(12, 8, 12, 0)
        self._column.addLayout(self._plot_place)
        self.axis.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self._column.addWidget(self.axis)
        self._layers = QWidget()
        layers = QVBoxLayout(self._layers)
        layers.setContentsMargins(12, 10, 12, 0)
        layers.setSpacing(2)
        layers.addWidget(label(tr("Layers"), "label", "tx2"))
        layers.addWidget(self.strip)
        self._layers.hide()
        self._column.addSpacing(12)
        self._column.addWidget(rule())
        self._column.addWidget(self.looks)
        self._column.addWidget(rule())
        self._column.addWidget(self.walk)
        self._column.addLayout(self._snap_row())
        self._column.addLayout(self._see_row())
        self._column.addWidget(rule())
        # Below what is pressed, since it comes and goes with the picture.
        self._column.addWidget(self._layers)
        self._column.addLayout(_padded(self.numbers, top=6))
        self._column.addStretch(1)
        self._grid = QGridLayout()
        self._grid.setContentsMargins(0, 4, 0, 0)
        self._grid.setVerticalSpacing(5)
        self._grid.setColumnStretch(0, 1)
        self.numbers.set_content(self._grid)
        scroll = ScrollColumn(body)
        waiting = QWidget()
        blocks = QVBoxLayout(waiting)
        blocks.setContentsMargins(12, 12, 12, 12)
        blocks.addWidget(Skeleton("plot"))
        self._stack = QStackedLayout(self)
        self._stack.addWidget(waiting)
        self._stack.addWidget(scroll)
        self._stack.addWidget(_nothing())

    def _snap_row(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setContentsMargins(12, 4, 12, 12)
        row.addWidget(self.snap_line, 1)
        row.addWidget(self.snap)
        return row

    def _see_row(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setContentsMargins(12, 0, 12, 12)
        row.addWidget(label(tr("What each walk makes of it"), "label", "tx2"), 1)
        row.addWidget(self.see)
        return row

    # What comes in

    def _model_opened(self) -> None:
        self._open = True
        self._forget()

    def _model_closed(self) -> None:
        self._open = False
        self._forget()

    def _model_failed(self) -> None:
        if not self._open:
            self._forget()

    def _forget(self) -> None:
        self._curve = self._reading = self._start = self._said = None
        self._trail.clear()
        self.looks.show_looks(None)
        self.looks.offer_again()
        self._stack.setCurrentIndex(0 if self._open else 2)

    def _reference_ready(self, curve: ReferenceCurve) -> None:
        self._curve = curve
        if not curve.flat:
            self._loader.ask()
        elif self.plot is not None:
            self.plot.hide()
        self.axis.setText(shown(curve.words))
        self.axis.setVisible(not curve.flat)
        self._show_reading()

    def _plot_loaded(self) -> None:
        """The plot can be made: for the curve there is now, which may be another model's."""
        from latentstudio.ui.density.plot import DensityPlot

        if self._curve is None or self._curve.flat:
            return
        if self.plot is None:
            self.plot = DensityPlot()
            self._plot_place.addWidget(self.plot)
        self.plot.show()
        self.plot.show_curve(self._curve)
        self.plot.show_reading(self._reading, self._trail.points)

    def _frame_ready(self, frame: Frame) -> None:
        self._reading, self._start = frame.reading, frame.start
        self.looks.show_looks(frame.looks)
        if not frame.coarse:
            self.looks.show_cost(frame.milliseconds)
        if frame.reading is not None:
            self._trail.add(frame.picture, frame.reading, frame.start)
        self._show_reading()

    def _show_document(self, _: Document) -> None:
        self._show_snap()

    def _show_reading(self) -> None:
        curve, reading = self._curve, self._reading
        if curve is None or (reading is None and not curve.flat):
            return
        self._stack.setCurrentIndex(1)
        if curve.flat:
            self.meter.show_state("on", words.flat_words(curve), tr("Always on the shell"))
        elif reading is not None:
            self.meter.show_state(reading.state, words.sentence(reading))
            self._quiet.start()
        if self.plot is not None and not curve.flat:
            self.plot.show_reading(reading, self._trail.points)
        self._show_layers(reading, curve)
        self._show_numbers(words.numbers(reading, self._start, curve))
        self._show_snap()

    def _show_layers(self, reading: Reading | None, curve: ReferenceCurve) -> None:
        layers = reading.layers if reading is not None and not curve.flat else ()
        self._layers.setVisible(bool(layers))
        if layers:
            self.strip.show_layers(layers, curve.shell[1])

    def _show_numbers(self, pairs: list[tuple[str, str]]) -> None:
        for row in range(len(pairs), self._grid.rowCount()):
            for part in self._pair(row):
                part.hide()
        for row, (name, value) in enumerate(pairs):
            left, right = self._pair(row)
            left.show()
            right.show()
            left.say(name)
            right.setText(value)
            right.setAccessibleName(f"{name}: {value}")

    def _pair(self, row: int) -> tuple[ElidedLabel, QLabel]:
        """The labels of a line of numbers, made when first needed."""
        item = self._grid.itemAtPosition(row, 0)
        if item is None:
            left, right = ElidedLabel("label", "tx2"), label("", "label")
            right.setAlignment(Qt.AlignmentFlag.AlignRight)
            select = Qt.TextInteractionFlag.TextSelectableByMouse
            right.setTextInteractionFlags(select)
            self._grid.addWidget(left, row, 0)
            self._grid.addWidget(right, row, 1)
            return left, right
        found: list[Any] = [self._grid.itemAtPosition(row, column) for column in (0, 1)]
        return found[0].widget(), found[1].widget()

    # Snap back

    def _show_snap(self) -> None:
        text, can = tr("Already inside"), False
        if self._reading is not None and self._curve is not None:
            picture = self._history.document.picture
            text, can = words.snap_words(self._reading, self._curve, picture)
        self.snap_line.say(text)
        self.snap.setEnabled(can)
        kind = "caution" if can and self._reading and self._reading.state == "off" else ""
        if self.snap.property("kind") != kind:
            self.snap.setProperty("kind", kind)
            self.snap.style().unpolish(self.snap)
            self.snap.style().polish(self.snap)

    def _judge_asked(self) -> None:
        self._client.previews.teach_judge(self._history.document.picture.label)

    def _snap_asked(self) -> None:
        self._snap_from = self._history.document.picture
        self._client.previews.want_snap_back(self._snap_from)

    def _snap_ready(self, target: Picture, _pixels: object) -> None:
        # The canvas asks too, for its preview: only an answer to our own question moves sliders.
        asked, self._snap_from = self._snap_from, None
        if asked == self._history.document.picture:
            self._history.do(commands.show_picture(tr("snap back"), target))

    # Accessibility

    def _announce(self) -> None:
        if self._reading is not None and self._reading.state != self._said:
            first, self._said = self._said is None, self._reading.state
            if not first:
                announce(self, words.verdict(self._reading))


def _padded(widget: QWidget, top: int = 0) -> QVBoxLayout:
    box = QVBoxLayout()
    box.setContentsMargins(12, top, 12, 0)
    box.addWidget(widget)
    return box


def _nothing() -> QWidget:
    """What is shown while no model is open."""
    made = QWidget()
    column = QVBoxLayout(made)
    column.setContentsMargins(12, 20, 12, 12)
    column.setSpacing(6)
    column.addWidget(label(tr("No model is open"), "title", wrap=True))
    words = tr("Where its pictures lie shows here once one is.")
    column.addWidget(label(words, "body", "tx2", wrap=True))
    column.addStretch(1)
    return made
