"""Small pictures of project files, which strangers may have made: decoded within limits."""

from pathlib import Path

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QSize, Qt
from PySide6.QtGui import QImage, QImageReader, QPixmap

from latentstudio.exchange.projects import Project
from latentstudio.store.project_notes import preview_path
from latentstudio.ui.canvas.canvas import Canvas

_MOST = 4096


def pixmap_of(png: QByteArray, side: int) -> QPixmap:
    """A PNG file's picture, at most `side` pixels a side; null where it can't be shown."""
    buffer = QBuffer(png)
    buffer.open(QIODevice.OpenModeFlag.ReadOnly)
    reader = QImageReader(buffer, QByteArray(b"png"))
    return _scaled(reader, side)


def show_meanwhile(canvas: Canvas, project: Project, name: str) -> None:
    """Show a project's picture until its model has made a live one."""
    picture = pixmap_of(QByteArray(project.preview), _MOST)
    if canvas.pixels is None and not picture.isNull():
        canvas.show_still(picture, name)


def thumb_of(project: Path, side: int) -> QPixmap:
    """The kept picture of a project file; null where there is none."""
    return _scaled(QImageReader(str(preview_path(project))), side)


def _scaled(reader: QImageReader, side: int) -> QPixmap:
    size = reader.size()
    if not size.isValid() or max(size.width(), size.height()) > _MOST:
        return QPixmap()
    if not (size.width() <= side and size.height() <= side):
        kept = Qt.AspectRatioMode.KeepAspectRatio
        reader.setScaledSize(size.scaled(QSize(side, side), kept).expandedTo(QSize(1, 1)))
    image = reader.read()
    # As RGB888 the pixmap is a copy of its own.
    plain = image if image.isNull() else image.convertToFormat(QImage.Format.Format_RGB888)
    return QPixmap() if plain.isNull() else QPixmap.fromImage(plain)
