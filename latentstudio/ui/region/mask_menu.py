"""The menu of the mask, and masks from and to picture files."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np
from PySide6.QtWidgets import QFileDialog, QInputDialog, QMenu, QWidget

from latentstudio.core.errors import LatentStudioError
from latentstudio.region.mask_files import read_mask, write_mask
from latentstudio.region.registry import METHODS
from latentstudio.ui.region.work import RegionWork
from latentstudio.ui.widgets.words import tr

_MASKS = "PNG, JPEG, WebP, TIFF, BMP (*.png *.jpg *.jpeg *.webp *.tif *.tiff *.bmp)"


class MaskMenu:
    """What can be done to the mask beside the buttons, and the other masks.

    Args:
        work: What is painted.
        parent: Whose menu and dialogs these are.
    """

    def __init__(self, work: RegionWork, parent: QWidget) -> None:
        self._work, self._parent = work, parent

    def make(self) -> QMenu:
        """A menu that knows what there is now."""
        work, menu = self._work, QMenu(self._parent)
        for index, region in enumerate(work.document.regions):
            name = region.name or tr("Mask %1").replace("%1", str(index + 1))
            action = menu.addAction(name, partial(work.choose, index))
            action.setCheckable(True)
            action.setChecked(index == work.document.region)
        if work.document.regions:
            menu.addSeparator()
        menu.addAction(tr("New mask"), work.new_region)
        menu.addAction(tr("Rename…"), self._rename)
        menu.addAction(tr("Remove this mask"), work.remove)
        menu.addSeparator()
        for words, what in (
            (tr("Clear"), "clear"),
            (tr("All of the picture"), "all"),
            (tr("Mirror"), "mirror"),
        ):
            menu.addAction(words, partial(work.apply, what))
        menu.addSeparator()
        menu.addAction(tr("Read from a picture file…"), self.ask_read)
        menu.addAction(tr("Save as a picture…"), self.ask_save)
        menu.addSeparator()
        for id, title in ((one.id, one.title) for one in METHODS.values()):
            action = menu.addAction(title, partial(work.set_method, id))
            action.setCheckable(True)
            action.setChecked(work.method == id)
        return menu

    def _rename(self) -> None:
        old = self._work.region.name if self._work.region is not None else ""
        name, good = QInputDialog.getText(self._parent, tr("Name the mask"), tr("Name"), text=old)
        if good:
            self._work.rename(name)

    def ask_save(self) -> None:
        """Ask where to, and write the mask."""
        path, _ = QFileDialog.getSaveFileName(
            self._parent, tr("Save the mask"), "mask.png", "PNG (*.png)"
        )
        if path:
            self.save_to(Path(path))

    def ask_read(self) -> None:
        """Ask for a picture, and take the mask from it."""
        path, _ = QFileDialog.getOpenFileName(self._parent, tr("Read a mask"), "", _MASKS)
        if path:
            self.read_from(Path(path))

    def save_to(self, path: Path) -> None:
        """Write the mask as a grey picture; a failure is told."""
        mask = self._work.mask
        if mask is not None:
            self._tell(lambda: write_mask((mask / 255).astype(np.float32), path))

    def read_from(self, path: Path) -> None:
        """Take a mask from a picture; a failure is told."""
        work = self._work

        def read() -> None:
            if work.mask is not None:
                work.take(read_mask(path, work.mask.shape), tr("mask from file"))

        self._tell(read)

    def _tell(self, run: Callable[[], None]) -> None:
        try:
            run()
        except LatentStudioError as error:
            self._work.complain(error.sentence())
