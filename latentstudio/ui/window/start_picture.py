"""The picture to show before there is an engine: the last one, or the one that ships."""

import time

from PySide6.QtGui import QImage, QImageReader, QPixmap

from latentstudio.core.paths import resources_dir
from latentstudio.store.last_work import last_picture_path
from latentstudio.ui.canvas.canvas import Canvas
from latentstudio.ui.widgets.words import tr

_MOST = 4096


def start_picture() -> tuple[QPixmap, str]:
    """The picture and what it is; a broken file is as good as none."""
    last = _read(str(last_picture_path()))
    if not last.isNull():
        return QPixmap.fromImage(last), tr("Last picture")
    shipped = _read(str(resources_dir() / "preview.png"))
    return QPixmap.fromImage(shipped), tr("A picture of the built-in model")


def show_start(canvas: Canvas, model: str, began: float) -> None:
    """Show the picture and the starting card.

    Args:
        canvas: Where.
        model: The name of the model that will be opened.
        began: `time.monotonic()` when the program started.
    """
    picture, words = start_picture()
    if not picture.isNull():
        canvas.show_still(picture, words)
    canvas.starting.start(time.monotonic() - began, model)
    canvas.starting.show()


def _read(path: str) -> QImage:
    reader = QImageReader(path)
    size = reader.size()
    if not size.isValid() or max(size.width(), size.height()) > _MOST:
        return QImage()
    image = reader.read()
    # As RGB888 the pixmap is a copy of its own.
    return image if image.isNull() else image.convertToFormat(QImage.Format.Format_RGB888)
