"""Fitting the model to the photo: the button, the switch for noise inputs, and the way back."""

from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from latentstudio.core.spaces import Ability
from latentstudio.document import commands
from latentstudio.document.history import History
from latentstudio.document.start import Latent, tuning_of, without_tuning
from latentstudio.session.photo_messages import PhotoTuned
from latentstudio.ui.photo.used_photos import UsedPhotos
from latentstudio.ui.widgets.buttons import text_button
from latentstudio.ui.widgets.labels import label
from latentstudio.ui.widgets.plain_text import set_tip
from latentstudio.ui.widgets.toggle import Toggle
from latentstudio.ui.widgets.words import fixed, tr

if TYPE_CHECKING:
    from latentstudio.core.spaces import GeneratorInfo
    from latentstudio.workers.studio_client import StudioClient


class FitCard(QWidget):
    """Offers a fit of the picture that the document starts from; the document holds it."""

    begun = Signal()

    def __init__(self, history: History, client: "StudioClient", photos: UsedPhotos) -> None:
        super().__init__()
        self._history, self._client, self._photos = history, client, photos
        self.fit = text_button(tr("Fit the model to this photo"), "sparkles", self._fit)
        why = tr("Changes the weights of a copy until it draws the photo. It can be undone.")
        set_tip(self.fit, why)
        self.noise = Toggle(tr("Noise inputs, too"))
        self.noise_row = QWidget()
        row = QHBoxLayout(self.noise_row)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(label(tr("Noise inputs, too"), "caption", "tx2"))
        row.addStretch(1)
        row.addWidget(self.noise)
        self.state = label("", "body", wrap=True)
        self.remove = text_button(tr("Remove the fit"), "x", self._remove)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        for widget in (self.fit, self.noise_row, self.state, self.remove):
            column.addWidget(widget)

    def show_model(self, info: "GeneratorInfo") -> None:
        """A switch that does nothing is not shown."""
        self.noise_row.setVisible(Ability.NOISE in info.abilities)
        self.state.setText("")

    def show_document(self, busy: bool) -> None:
        """Offer what the picture allows now."""
        start = self._history.document.picture.start
        there, fitted = self._photos.of(start) is not None, bool(tuning_of(start))
        self.setVisible(there or fitted)
        self.fit.setVisible(there)
        self.fit.setEnabled(not busy)
        self.remove.setVisible(fitted)
        self.state.setVisible(fitted)
        if fitted and not self.state.text():
            self.state.setText(tr("The model is fitted to this photo."))

    def take(self, tuned: PhotoTuned) -> None:
        """The fit becomes a part of the picture: one undo step."""
        packed = self._client.assets.put(tuned.packed)
        words = tr("Error %1 instead of %2.").replace("%1", fixed(tuned.after.error, 3))
        self.state.setText(words.replace("%2", fixed(tuned.before.error, 3)))
        self._history.do(
            commands.set_start(replace(tuned.start, tuning=packed), tr("fit the model"))
        )

    def _fit(self) -> None:
        start = self._history.document.picture.start
        used = self._photos.of(start)
        if used is not None and isinstance(start, Latent):
            self.begun.emit()
            self._client.photos.tune(used, start, self.noise.isChecked())

    def _remove(self) -> None:
        start = without_tuning(self._history.document.picture.start)
        self.state.setText("")
        self._history.do(commands.set_start(start, tr("remove the fit")))
