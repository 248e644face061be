"""The picture of a walk: one slider under each kind of walk, as a plot and as small pictures."""

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QFileDialog,
    QGridLayout,
    QHBoxLayout,
    QVBoxLayout,
    QWidget,
)

from latentstudio.core.walk import WALKS, Walk
from latentstudio.document.history import History
from latentstudio.render.messages import WalkPicture
from latentstudio.ui.canvas.pixels import to_pixmap
from latentstudio.ui.density.walk_plot import LOOKS, WalkPlot
from latentstudio.ui.density.walk_words import NAMES
from latentstudio.ui.directions.board import Board
from latentstudio.ui.widgets.buttons import text_button
from latentstudio.ui.widgets.labels import label
from latentstudio.ui.widgets.plain_text import bare
from latentstudio.ui.widgets.sentences import shown
from latentstudio.ui.widgets.words import signed, tr

if TYPE_CHECKING:
    from PySide6.QtWidgets import QLabel

    from latentstudio.workers.studio_client import StudioClient

_SIDE = 84  # px of a small picture
_KINDS = "PNG (*.png);;SVG (*.svg)"


class WalkWindow(QDialog):
    """Shows where a slider leads; it follows the picture while it is open.

    Args:
        history: The document.
        client: Draws.
        board: Names of the directions.
        parent: The window.
    """

    def __init__(
        self, history: History, client: "StudioClient", board: Board, parent: QWidget
    ) -> None:
        super().__init__(parent)
        self._history, self._client, self._board = history, client, board
        self.setWindowTitle(tr("Picture of a walk"))
        self.choice = QComboBox()
        self.choice.setAccessibleName(tr("Direction"))
        self.plot = WalkPlot()
        self.line = label("", "caption", "tx3", wrap=True)
        self.figure = text_button(tr("Save figure…"), "download", self._save, kind="")
        self.frames: dict[Walk, list[QLabel]] = {}
        self.marks: list[QLabel] = []
        self._build()
        self.choice.activated.connect(lambda _: self._ask())
        client.previews.walk_ready.connect(self._ready)
        client.models.model_closed.connect(self.close)
        self.destroyed.connect(history.changed.connect(lambda _: self._document_changed()))

    def open_for(self, direction: str) -> None:
        """Show a direction's walk, or that of the strongest edit if there is none."""
        self._fill(direction)
        self.show()
        self.raise_()
        self._ask()

    @property
    def direction(self) -> str:
        """Id of the one that is shown, or empty."""
        return self.choice.currentData() or ""

    # Layout

    def _build(self) -> None:
        top = QHBoxLayout()
        top.addWidget(label(tr("Direction"), "label", "tx2"))
        top.addWidget(self.choice, 1)
        grid = QGridLayout()
        grid.setHorizontalSpacing(4)
        grid.setVerticalSpacing(4)
        for row, walk in enumerate(WALKS):
            grid.addWidget(label(shown(NAMES[walk]), "label", LOOKS[walk][0]), row, 0)
            self.frames[walk] = []
            for column in range(5):
                frame = bare()
                frame.setFixedSize(QSize(_SIDE, _SIDE))
                frame.setAlignment(Qt.AlignmentFlag.AlignCenter)
                self.frames[walk].append(frame)
                grid.addWidget(frame, row, column + 1)
        for column in range(5):
            mark = label("", "caption", "tx3")
            mark.setAlignment(Qt.AlignmentFlag.AlignHCenter)
            self.marks.append(mark)
            grid.addWidget(mark, len(WALKS), column + 1)
        grid.setColumnStretch(0, 1)
        bottom = QHBoxLayout()
        bottom.addWidget(self.line, 1)
        bottom.addWidget(self.figure)
        column_ = QVBoxLayout(self)
        column_.setSpacing(10)
        column_.addLayout(top)
        column_.addWidget(self.plot)
        column_.addLayout(grid)
        column_.addLayout(bottom)

    def _fill(self, direction: str) -> None:
        picture = self._history.document.picture
        used = sorted(picture.active(), key=lambda edit: -abs(edit.amount))
        known = [direction.id for direction in self._board.directions]
        ids = [edit.direction for edit in used if edit.direction in known]
        ids += [id for id in known if id not in ids]
        self.choice.clear()
        for id in ids:
            self.choice.addItem(self._board.name(id), id)
        place = self.choice.findData(direction)
        self.choice.setCurrentIndex(max(0, place))

    # What comes in

    def _ask(self) -> None:
        if self.direction:
            self.line.setText(tr("Drawing the walk"))
            self._client.previews.want_walk(self._history.document.picture, self.direction)

    def _document_changed(self) -> None:
        if self.isVisible():
            self._ask()

    def _ready(self, found: WalkPicture) -> None:
        if found.direction != self.direction or not self.isVisible():
            return
        self.plot.show_walks(found, found.picture.amount(found.direction))
        for curve in found.curves:
            for frame, pixels in zip(self.frames[curve.walk], curve.frames, strict=True):
                side = QSize(_SIDE, _SIDE)
                keep, smooth = Qt.AspectRatioMode, Qt.TransformationMode
                small = to_pixmap(pixels).scaled(
                    side, keep.KeepAspectRatio, smooth.SmoothTransformation
                )
                frame.setPixmap(small)
        for mark, amount in zip(self.marks, found.shown, strict=True):
            mark.setText(signed(amount))
        self.line.setText(
            tr("The green band holds 95 of 100 samples; on the left, how many lie closer in")
        )

    # Writing

    def _save(self) -> None:
        name = self._board.name(self.direction)
        start = f"{name} denser same sparser.png".replace("/", "-")
        path, _ = QFileDialog.getSaveFileName(self, tr("Save figure"), start, _KINDS)
        if path:
            target = Path(path)
            if target.suffix.lower() not in (".png", ".svg"):
                target = target.with_name(f"{target.name}.png")
            picture = self._history.document.picture
            self._client.files.save_density_rows(picture, self.direction, str(target))
