"""What is written to the disk: pictures, presets, and the work as it is."""

from pathlib import Path

from PySide6.QtCore import QObject, Signal

from latentstudio.document.state import Picture
from latentstudio.session.project_messages import NOTHING, MetadataChoice
from latentstudio.workers.engine import QUICK, Engine, MakeJob


class FileClient(QObject):
    """Writes between the steps of what else goes on."""

    saved = Signal(str)  # path
    copied = Signal(object)  # Pixels, with alpha where the model makes it

    def __init__(self, engine: Engine, parent: QObject) -> None:
        super().__init__(parent)
        self._engine = engine

    def save_picture(
        self,
        picture: Picture,
        path: str,
        scale: int = 1,
        smooth: bool = False,
        metadata: MetadataChoice = NOTHING,
        quality: int | None = None,
    ) -> None:
        """Write a picture as PNG, WebP or JPEG, by the file's ending."""
        target = Path(path)
        self._save(
            target, lambda s: s.pictures.save(picture, target, scale, smooth, metadata, quality)
        )

    def copy_picture(self, picture: Picture) -> None:
        """Render a picture as it is saved, for the clipboard; `copied` follows."""
        job = self._engine.later(lambda s: s.pictures.copied(picture))
        self._engine.run("Copying the picture", job, self.copied.emit, lane=QUICK)

    def save_density_rows(self, picture: Picture, direction: str, path: str) -> None:
        """Write one walk from a denser, the same and a sparser start, as PNG or SVG."""
        target = Path(path)
        self._save(target, lambda s: s.pictures.save_density_rows(picture, direction, target))

    def _save(self, target: Path, make: MakeJob) -> None:
        job = self._engine.later(make)
        done = lambda path: self.saved.emit(str(path))  # noqa: E731
        self._engine.run(f"Saving {target.name}", job, done, lane=QUICK)
