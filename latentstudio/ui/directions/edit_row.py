"""One edit: grip, eye, thumbnail, name and source, amount, remove."""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QFocusEvent,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPixmap,
)
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from latentstudio.document import commands
from latentstudio.ui.directions.board import Board
from latentstudio.ui.directions.delegate import paint_film
from latentstudio.ui.theme import icon, theme
from latentstudio.ui.widgets.buttons import icon_button
from latentstudio.ui.widgets.labels import ElidedLabel, label
from latentstudio.ui.widgets.plain_text import set_tip
from latentstudio.ui.widgets.words import signed, spoken, tr

HEIGHT = 40
_THUMB = 28
_ALT = Qt.KeyboardModifier.AltModifier


def thumb_of(board: Board, id: str) -> QPixmap | None:
    """The end of the film on the side where the slider stands."""
    edit = board.document.picture.edit(id)
    values = board.mask_values(edit.mask) if edit is not None and edit.mask is not None else None
    if values is not None:
        return mask_pixmap(values, 2 * _THUMB)
    frames = board.frames(id, 3)
    if frames is None:
        return None
    return frames[-1] if board.document.picture.amount(id) >= 0 else frames[0]


def mask_pixmap(values: NDArray[Any], side: int) -> QPixmap:
    """A mask, (h, w), in grey, fitted into a square."""
    grey = values if values.dtype == np.uint8 else (values * 255).round().astype(np.uint8)
    height, width = grey.shape
    image = QImage(grey.tobytes(), width, height, width, QImage.Format.Format_Grayscale8)
    fill = Qt.AspectRatioMode.IgnoreAspectRatio
    return QPixmap.fromImage(
        image.scaled(side, side, fill, Qt.TransformationMode.SmoothTransformation)
    )


class Grip(QWidget):
    """Takes a row by the hand."""

    moved = Signal(float)
    """Where the hand is, in the row's own pixels from its top."""
    dropped = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setFixedSize(20, _THUMB)
        self.setCursor(Qt.CursorShape.OpenHandCursor)
        set_tip(self, tr("Drag to change the order (Alt ↑, Alt ↓)"))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.setCursor(Qt.CursorShape.ClosedHandCursor)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self.moved.emit(self.mapToParent(event.position()).y())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self.setCursor(Qt.CursorShape.OpenHandCursor)
        self.dropped.emit()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        icon("grip-vertical", "tx3").paint(painter, self.rect())
        painter.end()


class _Thumb(QWidget):
    def __init__(self, board: Board, id: str) -> None:
        super().__init__()
        self._board, self._id = board, id
        self.setFixedSize(_THUMB, _THUMB)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHints(
            QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform
        )
        frame = thumb_of(self._board, self._id)
        paint_film(painter, [QRectF(self.rect())], None if frame is None else [frame])
        painter.end()


class EditRow(QWidget):
    """Shows one edit of the document."""

    pressed = Signal()
    step_asked = Signal(int)
    """Move it up or down by so many places."""

    def __init__(self, board: Board, id: str) -> None:
        super().__init__()
        self._board, self.id = board, id
        self._current = False
        self._shown: tuple[object, ...] = ()
        self.grip = Grip()
        self.eye = icon_button(
            "eye", "", lambda: board.commands.toggle_mute(id), side=24, role="tx2"
        )
        self._thumb = _Thumb(board, id)
        self._name = ElidedLabel("label")
        self._source = ElidedLabel("caption", "tx3")
        self._amount = label("", "label")
        self._amount.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.remove = icon_button("x", "", self._remove, side=24)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._arrange()
        self.refresh()

    @property
    def amount_text(self) -> str:
        """The amount as it is written."""
        return self._amount.text()

    def set_current(self, current: bool) -> None:
        """Mark it as the selected direction's."""
        if current != self._current:
            self._current = current
            self.update()

    def refresh(self) -> None:
        """Show what the document says."""
        edit = self._board.document.picture.edit(self.id)
        if edit is None:
            return
        name, source = self._board.name(self.id), self._board.words.edit_words(edit)
        counts = self._board.rows.counts(self.id)
        # A drag tells every row of every step; laying out texts again is what costs.
        if self._shown == (edit, name, source, counts):
            return
        self._shown = (edit, name, source, counts)
        self._name.say(name)
        self._source.say(source)
        self._amount.setText(signed(edit.amount))
        verb = tr("Hide %1") if edit.on else tr("Show %1")
        for button, words in ((self.eye, verb), (self.remove, tr("Remove %1"))):
            set_tip(button, words.replace("%1", name))
            button.setAccessibleName(words.replace("%1", name))
        self.eye.setIcon(icon("eye" if edit.on else "minus", "tx2" if edit.on else "tx3"))
        for part in (self._name, self._source, self._amount):
            part.setEnabled(counts)
        muted = "" if edit.on else ", " + tr("hidden")
        self.setAccessibleName(f"{name}, {spoken(edit.amount)}{muted}")
        self._thumb.update()

    def refresh_thumb(self) -> None:
        """A film came."""
        self._thumb.update()

    def sizeHint(self) -> QSize:
        return QSize(280, round(HEIGHT * theme().text_scale))

    def minimumSizeHint(self) -> QSize:
        return QSize(160, self.sizeHint().height())

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.pressed.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        alt = bool(event.modifiers() & _ALT)
        if alt and key in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            self.step_asked.emit(-1 if key == Qt.Key.Key_Up else 1)
        elif key == Qt.Key.Key_Delete:
            self._remove()
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.pressed.emit()
        elif key == Qt.Key.Key_Up:
            self.focusPreviousChild()
        elif key == Qt.Key.Key_Down:
            self.focusNextChild()
        elif alt and key == Qt.Key.Key_S:
            self._board.commands.toggle_solo(self.id)
        elif alt and key == Qt.Key.Key_M:
            self._board.commands.toggle_mute(self.id)
        else:
            event.ignore()

    def focusInEvent(self, event: QFocusEvent) -> None:
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        tokens = theme().current()
        painter = QPainter(self)
        if self._current:
            painter.fillRect(self.rect(), tokens.color("raised"))
        if self.hasFocus():
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(QPen(tokens.color("acc"), 2))
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(3, 2, -3, -2), 6, 6)
        painter.end()

    def _arrange(self) -> None:
        names = QVBoxLayout()
        names.setContentsMargins(0, 0, 0, 0)
        names.setSpacing(0)
        names.addStretch(1)
        names.addWidget(self._name)
        names.addWidget(self._source)
        names.addStretch(1)
        row = QHBoxLayout(self)
        row.setContentsMargins(1, 0, 8, 0)
        row.setSpacing(8)
        row.addWidget(self.grip)
        row.addWidget(self.eye)
        row.addWidget(self._thumb)
        row.addLayout(names, 1)
        row.addWidget(self._amount)
        row.addWidget(self.remove)

    def _remove(self) -> None:
        name = self._board.name(self.id)
        self._board.history.do(commands.remove_edit(self.id, name))
