"""Where own pictures come from: a dialog, the clipboard, a file that was dropped."""

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QBuffer, QIODevice, QMimeData
from PySide6.QtGui import QGuiApplication, QImage
from PySide6.QtWidgets import QFileDialog, QWidget

from latentstudio.inversion.pictures import ENDINGS
from latentstudio.ui.widgets.words import tr

if TYPE_CHECKING:
    from latentstudio.workers.studio_client import StudioClient


def is_picture(path: str) -> bool:
    """Whether a file's name says that it is a picture."""
    return Path(path).suffix.lower() in ENDINGS


def ask_for_picture(parent: QWidget, title: str) -> str:
    """Let a person choose a picture; empty where none was chosen."""
    kinds = " ".join(f"*{ending}" for ending in ENDINGS)
    path, _ = QFileDialog.getOpenFileName(parent.window(), title, "", f"{tr('Pictures')} ({kinds})")
    return path


def paste_picture(client: "StudioClient") -> None:
    """Open the picture on the clipboard; a file that was copied, too."""
    data: QMimeData | None = QGuiApplication.clipboard().mimeData()
    if data is None:
        data = QMimeData()  # what an empty clipboard holds on some systems
    files = [url.toLocalFile() for url in data.urls() if url.isLocalFile()]
    if len(files) == 1 and is_picture(files[0]):
        client.photos.open(files[0])
    elif data.hasImage():
        client.photos.paste(_as_png(QGuiApplication.clipboard().image()), tr("Pasted"))
    else:
        client.notice.emit("info", tr("There is no picture on the clipboard."))


def _as_png(image: QImage) -> bytes:
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    image.save(buffer, "PNG")  # type: ignore[call-overload]
    return bytes(buffer.data().data())
