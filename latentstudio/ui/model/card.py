"""Who the model is: four samples, name, shape, fingerprint, abilities."""

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPaintEvent, QPixmap
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from latentstudio.core.reading import ReferenceCurve
from latentstudio.session.messages import ModelSummary
from latentstudio.ui.directions.films import to_pixmap
from latentstudio.ui.model.words import (
    ability_lines,
    measured_words,
    model_title,
    origin_words,
    recognised_words,
    shape_words,
)
from latentstudio.ui.theme import icon, set_tone, theme
from latentstudio.ui.widgets.buttons import icon_button
from latentstudio.ui.widgets.labels import ElidedLabel, label
from latentstudio.ui.widgets.plain_text import bare, set_tip
from latentstudio.ui.widgets.plate import painter_on_plate
from latentstudio.ui.widgets.sentences import shown
from latentstudio.ui.widgets.words import tr

_SIDE, _GAP = 65, 1


class Thumbs(QWidget):
    """Two by two samples of the model."""

    def __init__(self) -> None:
        super().__init__()
        self._frames: list[QPixmap] = []
        self.setFixedSize(_SIDE, _SIDE)

    def show_frames(self, frames: list[QPixmap]) -> None:
        """Show up to four samples."""
        self._frames = frames[:4]
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = painter_on_plate(self)
        alone = len(self._frames) == 1
        side = _SIDE if alone else (_SIDE - _GAP) / 2
        for number, frame in enumerate(self._frames):
            row, column = divmod(number, 2)
            place = QRectF(column * (side + _GAP), row * (side + _GAP), side, side)
            painter.drawPixmap(place, frame, QRectF(frame.rect()))
        painter.end()


class ModelCard(QWidget):
    """Facts about the open model."""

    library_asked = Signal()
    """The artist wants to see the models there are."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._summary: ModelSummary | None = None
        self._curve: ReferenceCurve | None = None
        self.doubts = label("", "label", "warn", wrap=True)
        self.doubts.setAccessibleName(tr("Warnings"))
        self.doubts.hide()
        self.thumbs = Thumbs()
        self.name = ElidedLabel("title")
        self.shape = label("", "label", "tx2", wrap=True)
        self.origin = ElidedLabel("caption", "tx3")
        self.recognised = label("", "caption", "tx2", wrap=True)
        self.measured = label("", "caption", "tx2", wrap=True)
        names = QVBoxLayout()
        names.setSpacing(1)
        names.addWidget(self.name)
        names.addWidget(self.shape)
        names.addWidget(self.origin)
        names.addStretch(1)
        top = QHBoxLayout()
        top.setSpacing(12)
        top.addWidget(self.thumbs, alignment=Qt.AlignmentFlag.AlignTop)
        top.addLayout(names, 1)
        verb = tr("Models on this computer, and public ones")
        self.models = icon_button("folder-open", verb, self.library_asked.emit)
        top.addWidget(self.models, alignment=Qt.AlignmentFlag.AlignTop)
        # Placed by the panel below what the artist changes: facts are read once.
        self.abilities = QWidget()
        self._grid = QGridLayout(self.abilities)
        self._grid.setContentsMargins(12, 12, 12, 12)
        self._grid.setHorizontalSpacing(8)
        self._grid.setVerticalSpacing(6)
        self._grid.setColumnStretch(2, 1)
        self._lines = [
            (bare(), label("", "label"), ElidedLabel("label", "tx3", at_right=True))
            for _ in range(4)
        ]
        for row, (mark, text, detail) in enumerate(self._lines):
            mark.setFixedWidth(16)
            self._grid.addWidget(mark, row, 0)
            self._grid.addWidget(text, row, 1)
            self._grid.addWidget(detail, row, 2)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 12, 12, 12)
        column.setSpacing(8)
        column.addWidget(self.doubts)
        column.addLayout(top)
        facts = QVBoxLayout()
        facts.setSpacing(2)
        facts.addWidget(self.recognised)
        facts.addWidget(self.measured)
        column.addLayout(facts)
        theme().changed.connect(self._show_abilities)

    @property
    def lines(self) -> list[tuple[str, str]]:
        """Text and detail of the abilities, as shown."""
        return [(text.text(), detail.text) for _, text, detail in self._lines]

    def show_model(self, summary: ModelSummary) -> None:
        """Show another model; its density is not known yet."""
        self._summary, self._curve = summary, None
        self.doubts.setText("\n".join(shown(text) for text in summary.info.warnings))
        self.doubts.setVisible(bool(summary.info.warnings))
        self.thumbs.show_frames([to_pixmap(p) for p in summary.thumbs])
        self.name.say(model_title(summary))
        self.shape.setText(shape_words(summary))
        self.origin.say(origin_words(summary))
        self.recognised.setText(shown(summary.recognised))
        set_tip(self.recognised, recognised_words(summary))
        self.recognised.setVisible(bool(summary.recognised))
        self.measured.setText(measured_words(summary))
        self.measured.setVisible(summary.bytes > 0)
        self._show_abilities()

    def show_curve(self, curve: ReferenceCurve) -> None:
        """Its density was measured."""
        self._curve = curve
        self._show_abilities()

    def _show_abilities(self) -> None:
        if self._summary is None:
            return
        found = ability_lines(self._summary.info, self._curve)
        for (mark, text, detail), line in zip(self._lines, found, strict=True):
            sign = icon("check", "ok") if line.has else icon("minus", "tx3")
            mark.setPixmap(sign.pixmap(QSize(16, 16), self.devicePixelRatioF()))
            text.setText(line.text)
            set_tone(text, "tx" if line.has else "tx3")
            detail.say(line.detail)
