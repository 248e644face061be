"""Export a picture: format, how much larger, smooth or pixel by pixel, where."""

from pathlib import Path

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialog,
    QFileDialog,
    QGridLayout,
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from latentstudio.ui.theme import icon, set_role, set_tone
from latentstudio.ui.widgets.labels import label
from latentstudio.ui.widgets.plain_text import ask, bare, set_tip
from latentstudio.ui.widgets.words import tr

_FORMATS = (("PNG", "png"), ("WebP", "webp"), ("JPEG", "jpg"), ("PSD", "psd"))
_SCALES = (1, 2, 4, 8)


class ExportDialog(QDialog):
    """Gathers what `StudioClient.save_picture` needs; nothing is written here.

    Args:
        size: Width and height of the picture.
        folder: Where to suggest saving.
        name: File name to suggest, without its ending.
    """

    def __init__(
        self, size: tuple[int, int], folder: str, name: str, smooth: bool, parent: QWidget
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("Export picture"))
        self._size = size
        self.path_field = QLineEdit(str(Path(folder or Path.home()) / f"{name}.png"))
        self.format = QComboBox()
        self.scale = QComboBox()
        self.smooth = QCheckBox(tr("Smooth"))
        self.smooth.setChecked(smooth)
        self.recipe = QCheckBox(tr("Keep the recipe in the picture"))
        set_tip(self.recipe, tr("Dropped on a window of LatentStudio, the picture opens as it is"))
        self.made = QCheckBox(tr("Say that it was made with a generative model"))
        for box in (self.recipe, self.made):
            box.setChecked(True)
        self._result = bare()
        self._build()
        self._say()

    @property
    def path(self) -> Path:
        """Where to save, with the ending of the chosen format."""
        typed = Path(self.path_field.text().strip()).expanduser()
        ending = f".{_FORMATS[self.format.currentIndex()][1]}"
        known = {f".{e}" for _, e in _FORMATS} | {".jpeg"}
        if typed.suffix.lower() in known:
            return typed.with_suffix(ending)
        return typed.with_name(typed.name + ending) if typed.name else typed

    @property
    def factor(self) -> int:
        """How many times larger."""
        return _SCALES[self.scale.currentIndex()]

    def accept(self) -> None:
        """Ask before replacing a file; stay open without a name."""
        path = self.path
        if not self.path_field.text().strip() or not path.stem:
            self.path_field.setFocus()
            return
        if path.exists() and not self._may_replace(path):
            return
        super().accept()

    def _may_replace(self, path: Path) -> bool:
        question = tr("%1 is there already. Replace it?").replace("%1", path.name)
        return ask(self, self.windowTitle(), question, tr("Replace"))

    def _build(self) -> None:
        for text, _ in _FORMATS:
            self.format.addItem(text)
        for factor in _SCALES:
            self.scale.addItem(self._scale_words(factor))
        set_role(self._result, "caption")
        set_tone(self._result, "tx3")
        browse = QPushButton(tr("Browse…"))
        browse.clicked.connect(self._browse)
        place = QHBoxLayout()
        place.setSpacing(8)
        place.addWidget(self.path_field, 1)
        place.addWidget(browse)
        grid = QGridLayout()
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(8)
        rows: tuple[tuple[str, QWidget], ...] = (
            (tr("Format"), self.format),
            (tr("Size"), self.scale),
            ("", self.smooth),
            ("", self.recipe),
            ("", self.made),
        )
        for number, (text, widget) in enumerate(rows):
            grid.addWidget(label(text, "label", "tx2"), number, 0)
            grid.addWidget(widget, number, 1)
            widget.setAccessibleName(widget.text() if isinstance(widget, QCheckBox) else text)
        grid.addWidget(label(tr("File"), "label", "tx2"), len(rows), 0)
        grid.addLayout(place, len(rows), 1)
        grid.addWidget(self._result, len(rows) + 1, 1)
        grid.setColumnStretch(1, 1)
        self.path_field.setAccessibleName(tr("File"))
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 16, 16, 16)
        column.setSpacing(16)
        column.addLayout(grid)
        column.addLayout(self._buttons())
        self.setMinimumWidth(460)
        self.format.currentIndexChanged.connect(self._say)
        self.format.currentIndexChanged.connect(lambda: self.path_field.setText(str(self.path)))
        self.scale.currentIndexChanged.connect(self._say)

    def _buttons(self) -> QHBoxLayout:
        save = QPushButton(tr("Export"))
        save.setProperty("kind", "primary")
        save.setIcon(icon("share", "onacc"))
        save.setIconSize(QSize(19, 16))
        save.setDefault(True)
        save.clicked.connect(self.accept)
        cancel = QPushButton(tr("Cancel"))
        cancel.clicked.connect(self.reject)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addStretch(1)
        row.addWidget(cancel)
        row.addWidget(save)
        for button in (save, cancel):
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        return row

    def _scale_words(self, factor: int) -> str:
        width, height = (side * factor for side in self._size)
        words = tr("%1 × %2 pixels") if factor == 1 else tr("%1 × %2 pixels, %3 times")
        for mark, number in (("%1", width), ("%2", height), ("%3", factor)):
            words = words.replace(mark, str(number))
        return words

    def _say(self) -> None:
        kind = _FORMATS[self.format.currentIndex()][1]
        self.recipe.setEnabled(kind in ("png", "webp"))
        self.made.setEnabled(kind != "psd")
        self.smooth.setEnabled(self.factor > 1)
        set_tip(
            self.smooth,
            tr("Smooth between pixels, or every pixel as a square")
            if self.factor > 1
            else tr("Only an enlarged picture can be smooth"),
        )
        self._result.setText(
            tr("The original and each edit as a layer, masks as layer masks")
            if kind == "psd"
            else tr("8 bit sRGB, without the warning or the labels")
        )

    def _browse(self) -> None:
        kinds = " ".join(f"*.{ending}" for _, ending in _FORMATS)
        # Replacing is asked about once, on Export.
        path, _ = QFileDialog.getSaveFileName(
            self,
            self.windowTitle(),
            str(self.path),
            " ".join((tr("Pictures"), f"({kinds})")),
            options=QFileDialog.Option.DontConfirmOverwrite,
        )
        if path:
            self._choose_format(Path(path).suffix.lower())
            self.path_field.setText(path)

    def _choose_format(self, suffix: str) -> None:
        endings = [f".{ending}" for _, ending in _FORMATS]
        found = {".jpeg": ".jpg"}.get(suffix, suffix)
        if found in endings:
            self.format.setCurrentIndex(endings.index(found))
