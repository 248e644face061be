"""Export a picture: format, quality, how much larger, smooth or pixel by pixel, where."""

from pathlib import Path

from PySide6.QtCore import QLocale, Qt
from PySide6.QtGui import QPixmap
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialog,
    QGridLayout,
    QHBoxLayout,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from latentstudio.core.settings import Settings
from latentstudio.render.messages import Pixels
from latentstudio.ui.canvas.pixels import to_pixmap
from latentstudio.ui.theme import set_role, set_tone
from latentstudio.ui.widgets.dialog_buttons import dialog_buttons
from latentstudio.ui.widgets.labels import label
from latentstudio.ui.widgets.plain_text import bare, set_tip
from latentstudio.ui.widgets.sentences import filled
from latentstudio.ui.widgets.words import tr
from latentstudio.ui.window.export_names import free
from latentstudio.ui.window.export_size import Choice, ExportTrial, TriedExport
from latentstudio.ui.window.save_place import PlaceField, may_save

FORMATS = (("PNG", "png"), ("WebP", "webp"), ("JPEG", "jpg"), ("PSD", "psd"))
SCALES = (1, 2, 4, 8)
_SIDE = 208
_WITH_QUALITY = ("webp", "jpg")


class ExportDialog(QDialog):
    """Gathers what `StudioClient.save_picture` needs; nothing is written here.

    It starts with what was chosen last.

    Args:
        pixels: The picture as it is shown, (height, width, 3).
        name: File name to suggest, without its ending.
        last: Format, size, quality and folder chosen last.
        parent: The window.
    """

    def __init__(self, pixels: Pixels, name: str, last: Settings, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("Export picture"))
        self._size = (pixels.shape[1], pixels.shape[0])
        endings = [ending for _, ending in FORMATS]
        folder = Path(last.save_folder or Path.home())
        start = free(folder / f"{name}.{last.save_format}")
        self.place = PlaceField(start, tuple(endings), tr("Pictures"))
        self.format = QComboBox()
        self.scale = QComboBox()
        self.quality = QSpinBox()
        self.smooth = QCheckBox(tr("Smooth"))
        self.smooth.setChecked(last.smooth)
        self.recipe = QCheckBox(tr("Keep the recipe in the picture"))
        self.recipe.setChecked(last.save_recipe)
        set_tip(self.recipe, tr("Dropped on a window of LatentStudio, the picture opens as it is"))
        self.made = QCheckBox(tr("Say that it was made with a generative model"))
        self.made.setChecked(last.save_made)
        self.preview = bare()
        self.facts = bare()
        self._build()
        self.format.setCurrentIndex(endings.index(last.save_format))
        self.scale.setCurrentIndex(
            SCALES.index(last.save_scale) if last.save_scale in SCALES else 0
        )
        self.quality.setValue(last.save_quality)
        self._show_picture(to_pixmap(pixels))
        self._trial = ExportTrial(pixels, self)
        self._trial.ready.connect(self._tried)
        self._connect()
        self._say()

    @property
    def path_field(self) -> QWidget:
        """Where the file’s name is typed."""
        return self.place.edit

    @property
    def path(self) -> Path:
        """Where to save, with the ending of the chosen format."""
        return self.place.path_with(self.choice.ending)

    @property
    def factor(self) -> int:
        """How many times larger."""
        return SCALES[self.scale.currentIndex()]

    @property
    def choice(self) -> Choice:
        """As what it is to be saved."""
        ending = FORMATS[self.format.currentIndex()][1]
        smooth = self.smooth.isChecked() and self.factor > 1
        quality = self.quality.value() if ending in _WITH_QUALITY else None
        return Choice(ending, self.factor, smooth, quality)

    def accept(self) -> None:
        """Ask before replacing a file; stay open without a name."""
        if may_save(self, self.place, self.path):
            super().accept()

    def done(self, result: int) -> None:
        """Whatever was decided: nothing is tried out any more."""
        self._trial.close()
        super().done(result)

    def _build(self) -> None:
        for text, _ in FORMATS:
            self.format.addItem(text)
        for factor in SCALES:
            self.scale.addItem(self._scale_words(factor), factor)
        self.quality.setRange(1, 100)
        self.quality.setMinimumHeight(self.format.sizeHint().height())
        self.quality.lineEdit().setTextMargins(8, 0, 0, 0)
        set_role(self.facts, "caption")
        set_tone(self.facts, "tx3")
        self.preview.setFixedSize(_SIDE, _SIDE)
        self.preview.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.preview.setAccessibleName(tr("Preview"))
        top = QHBoxLayout()
        top.setSpacing(16)
        top.addWidget(self.preview, alignment=Qt.AlignmentFlag.AlignTop)
        top.addLayout(self._fields(), 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 16, 16, 16)
        column.setSpacing(16)
        column.addLayout(top)
        column.addLayout(dialog_buttons(self, tr("Export"), "share"))
        self.setMinimumWidth(680)

    def _fields(self) -> QGridLayout:
        grid = QGridLayout()
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(8)
        rows: tuple[tuple[str, QWidget], ...] = (
            (tr("Format"), self.format),
            (tr("Quality"), self.quality),
            (tr("Size"), self.scale),
            ("", self.smooth),
            ("", self.recipe),
            ("", self.made),
            (tr("File"), self.place),
        )
        for number, (text, widget) in enumerate(rows):
            grid.addWidget(label(text, "label", "tx2"), number, 0)
            grid.addWidget(widget, number, 1)
            widget.setAccessibleName(widget.text() if isinstance(widget, QCheckBox) else text)
        grid.addWidget(self.facts, len(rows), 1)
        grid.setColumnStretch(1, 1)
        grid.setRowStretch(len(rows) + 1, 1)
        return grid

    def _connect(self) -> None:
        self.format.currentIndexChanged.connect(self._format_chosen)
        self.scale.currentIndexChanged.connect(self._say)
        self.quality.valueChanged.connect(self._say)
        self.smooth.toggled.connect(self._say)
        self.place.browsed.connect(self._choose_format)

    def _scale_words(self, factor: int) -> str:
        width, height = (str(side * factor) for side in self._size)
        if factor == 1:
            return filled(tr("%1 × %2 pixels"), width, height)
        return filled(tr("%1 × %2 pixels, %3 times"), width, height, str(factor))

    def _format_chosen(self) -> None:
        self.place.edit.setText(str(self.path))
        self._say()

    def _say(self) -> None:
        larger = self.factor > 1
        self.smooth.setEnabled(larger)
        how = tr("Smooth between pixels, or every pixel as a square")
        set_tip(self.smooth, how if larger else tr("Only an enlarged picture can be smooth"))
        kind = self.choice.ending
        self.recipe.setEnabled(kind in ("png", "webp"))
        self.made.setEnabled(kind != "psd")
        lossy = kind in _WITH_QUALITY
        self.quality.setEnabled(lossy)
        best = tr("100 loses nothing in WebP and least in JPEG")
        set_tip(self.quality, best if lossy else tr("This format loses nothing"))
        if kind == "psd":
            self.facts.setText(tr("The original and each edit as a layer, masks as layer masks"))
        else:
            self.facts.setText(tr("Looking how large the file gets…"))
            self._trial.ask(self.choice)

    def _tried(self, made: TriedExport) -> None:
        if made.choice != self.choice:
            return
        size = QLocale().formattedDataSize(made.bytes, 1, QLocale.DataSizeFormat.DataSizeSIFormat)
        words = tr("%1, 8 bit sRGB") if made.exact else tr("about %1, 8 bit sRGB")
        self.facts.setText(filled(words, size))
        picture = QPixmap()
        if picture.loadFromData(made.data):
            self._show_picture(picture)

    def _show_picture(self, picture: QPixmap) -> None:
        """The picture as large as it fits; what is smaller shows its pixels."""
        ratio = self.devicePixelRatioF()
        room = round(_SIDE * ratio)
        larger = max(picture.width(), picture.height()) < room
        how = Qt.TransformationMode
        smooth = how.SmoothTransformation
        way = how.FastTransformation if larger and not self.smooth.isChecked() else smooth
        shown = picture.scaled(room, room, Qt.AspectRatioMode.KeepAspectRatio, way)
        shown.setDevicePixelRatio(ratio)
        self.preview.setPixmap(shown)

    def _choose_format(self, path: str) -> None:
        endings = [ending for _, ending in FORMATS]
        suffix = Path(path).suffix.lower().lstrip(".")
        found = {"jpeg": "jpg"}.get(suffix, suffix)
        if found in endings:
            self.format.setCurrentIndex(endings.index(found))
