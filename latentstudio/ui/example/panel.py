"""What the marks give: the direction on the artist's picture, how sure it is, what is like it."""

from PySide6.QtCore import QRectF, QSize, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QProgressBar, QVBoxLayout, QWidget

from latentstudio.session.example_messages import ExampleFit
from latentstudio.ui.directions.board import Board
from latentstudio.ui.directions.delegate import paint_film
from latentstudio.ui.directions.editor import RowSlider
from latentstudio.ui.example.work import ExampleWork
from latentstudio.ui.theme import set_role, set_tone
from latentstudio.ui.widgets.buttons import text_button
from latentstudio.ui.widgets.labels import label, rule
from latentstudio.ui.widgets.words import fixed, tr

FRAMES = 7
_ALIKE = 0.95
"""From this likeness on an artist may have it already."""


class ExamplePanel(QWidget):
    """Takes the place of the Discover panel while samples are marked."""

    films_wanted = Signal()

    def __init__(self, work: ExampleWork, board: Board) -> None:
        super().__init__()
        self._work, self._board = work, board
        self.name = QLineEdit()
        self.name.setPlaceholderText(tr("By example"))
        self.name.setAccessibleName(tr("Name of the direction"))
        set_role(self.name, "body")
        self.film = _Film(board)
        self.slider = RowSlider(board, self)
        self.sure = label("", "strong", wrap=True)
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.told = label("", "caption", "tx2", wrap=True)
        self.similar = label("", "label", "tx2", wrap=True)
        self.keep = text_button(tr("Keep direction"), "check", self._keep, kind="primary")
        self.cancel = text_button(tr("Cancel"), "", work.cancel, kind="")
        self._found = QWidget()
        self._arrange()
        work.changed.connect(self._show)
        work.opened.connect(lambda opened: self.name.clear() if opened else None)
        board.row_changed.connect(self._row_changed)
        board.document_changed.connect(self._refresh)
        self._show()

    def wanted_films(self) -> dict[str, int]:
        """The strip in view."""
        fit = self._work.fit
        return {fit.direction: FRAMES} if fit is not None and self.isVisible() else {}

    def _arrange(self) -> None:
        inside = QVBoxLayout(self._found)
        inside.setContentsMargins(0, 0, 0, 0)
        inside.setSpacing(8)
        inside.addWidget(label(tr("On your picture"), "title"))
        inside.addWidget(self.film)
        inside.addWidget(self.slider)
        inside.addWidget(rule())
        inside.addWidget(label(tr("Similar to"), "title"))
        inside.addWidget(self.similar)
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        buttons.addWidget(self.keep)
        buttons.addWidget(self.cancel)
        buttons.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 12, 12, 12)
        column.setSpacing(8)
        column.addWidget(label(tr("Name"), "label", "tx2"))
        column.addWidget(self.name)
        column.addWidget(rule())
        column.addWidget(self.sure)
        column.addWidget(self.bar)
        column.addWidget(self.told)
        column.addWidget(self._found)
        column.addLayout(buttons)
        column.addStretch(1)

    def _keep(self) -> None:
        self._work.keep(self.name.text().strip() or tr("By example"))

    def _show(self) -> None:
        fit = self._work.fit
        self._found.setVisible(fit is not None)
        self.keep.setEnabled(fit is not None)
        set_tone(self.sure, "bad" if self._work.trouble else "tx")
        self.sure.setText(self._headline(fit))
        self.bar.setRange(0, 0 if self._work.busy else 100)
        self.bar.setVisible(fit is not None or self._work.busy)
        self.told.setVisible(fit is not None)
        if fit is None:
            return
        many = len(fit.marks)
        self.bar.setValue(round(100 * fit.told_apart / many))
        words = tr("%1 of %2 marks are told apart when left out.")
        self.told.setText(words.replace("%1", str(fit.told_apart)).replace("%2", str(many)))
        self.similar.setText(self._similar(fit))
        self.film.id = fit.direction
        if self._board.direction(fit.direction) is not None:
            self.slider.bind(fit.direction)
        self.film.update()
        self.films_wanted.emit()

    def _headline(self, fit: ExampleFit | None) -> str:
        if self._work.trouble:
            return self._work.trouble
        if fit is None and self._work.enough:
            return tr("Getting to know the model’s pictures")
        if fit is None:
            return tr("Mark at least two of each.")
        sure = {
            "good": tr("How sure: good, %1 marks"),
            "fair": tr("How sure: fair, %1 marks"),
        }.get(fit.sure, tr("How sure: weak, mark more"))
        return sure.replace("%1", str(len(fit.marks)))

    def _similar(self, fit: ExampleFit) -> str:
        lines = [f"{self._board.name(id)}  {fixed(cosine, 2)}" for id, cosine in fit.similar]
        if fit.similar and fit.similar[0][1] >= _ALIKE:
            lines.append(tr("You may already have this"))
        return "\n".join(lines)

    def _row_changed(self, id: str) -> None:
        if id == self.film.id:
            self.film.update()
            self._refresh()

    def _refresh(self) -> None:
        fit = self._work.fit
        if fit is not None and self._board.direction(fit.direction) is not None:
            self.slider.refresh()


class _Film(QWidget):
    """Seven frames on the picture now."""

    def __init__(self, board: Board) -> None:
        super().__init__()
        self._board = board
        self.id = ""
        self.setMinimumHeight(44)

    def sizeHint(self) -> QSize:
        return QSize(280, 44)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHints(
            QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform
        )
        side = min(float(self.height()), (self.width() - FRAMES + 1) / FRAMES)
        places = [QRectF(k * (side + 1), 0, side, side) for k in range(FRAMES)]
        frames = self._board.frames(self.id, FRAMES) if self.id else None
        paint_film(painter, places, frames)
        painter.end()
