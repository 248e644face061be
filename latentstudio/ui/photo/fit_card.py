"""Fitting the model to the photo: the button, the switch for noise inputs, and the way back."""

from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from latentstudio.core.spaces import Ability
from latentstudio.document import commands
from latentstudio.document.history import History
from latentstudio.document.start import Latent, Start, tuning_of, without_tuning
from latentstudio.session.photo_messages import KeptFit, PhotoTuned
from latentstudio.ui.photo.earlier_card import EarlierCard
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
    offered = Signal()
    """A fit was under way when the studio closed, and its picture is the one that is open."""

    def __init__(self, history: History, client: "StudioClient", photos: UsedPhotos) -> None:
        super().__init__()
        self._history, self._client, self._photos = history, client, photos
        self._said: dict[Start, str] = {}
        self._kept: KeptFit | None = None
        self.earlier = EarlierCard(
            tr("The fit to %1 was under way when the studio closed."),
            tr("Resume the fit"),
            lambda: self._resume(),
            lambda: self._forget(),
        )
        self.fit = text_button(tr("Fit the model to this photo"), "sparkles", lambda: self._fit())
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
        for widget in (self.earlier, self.fit, self.noise_row, self.state, self.remove):
            column.addWidget(widget)

    def show_model(self, info: "GeneratorInfo") -> None:
        """A switch that does nothing is not shown; a fit that is kept is another model's."""
        self._kept = None
        self.noise_row.setVisible(Ability.NOISE in info.abilities)

    def show_document(self, busy: bool) -> None:
        """Offer what the picture allows now."""
        start = self._history.document.picture.start
        there, fitted = self._photos.of(start) is not None, bool(tuning_of(start))
        self.setVisible(there or fitted)
        self.fit.setVisible(there)
        self.fit.setEnabled(not busy)
        self._show_kept(there and not busy)
        self.remove.setVisible(fitted)
        usual = tr("The model is fitted to this photo.") if fitted else ""
        self.state.setText(self._said.get(start, usual))
        self.state.setVisible(bool(self.state.text()))

    def know_kept(self, kept: KeptFit) -> None:
        """A fit did not end when the window went; it is offered with the picture that it is of."""
        self._kept = kept

    def _show_kept(self, able: bool) -> None:
        kept, before = self._kept, not self.earlier.isHidden()
        there = able and kept is not None and self._history.document.picture.start == kept.start
        photo = kept.start.photo if kept is not None and there else None
        self.earlier.offer(photo.name if photo is not None else "")
        if photo is not None and not before:
            self.offered.emit()

    def take(self, tuned: PhotoTuned) -> None:
        """The fit becomes a part of the picture: one undo step. One that helps nothing does not."""
        if tuned.after.error >= tuned.before.error:
            self._said = {tuned.start: tr("The model draws this photo as well without a fit.")}
            return
        packed = self._client.assets.put(tuned.packed)
        words = tr("Error %1 instead of %2.").replace("%1", fixed(tuned.after.error, 3))
        start = replace(tuned.start, tuning=packed)
        self._said = {start: words.replace("%2", fixed(tuned.before.error, 3))}
        self._history.do(commands.set_start(start, tr("fit the model")))

    def _fit(self, kept: KeptFit | None = None) -> None:
        start = self._history.document.picture.start
        used = self._photos.of(start)
        if used is None or not isinstance(start, Latent):
            return
        self._said, self._kept = {}, None
        self.begun.emit()
        noise = self.noise.isChecked() if kept is None else kept.noise
        self._client.photos.tune(used, start, noise, kept is not None)

    def _resume(self) -> None:
        if self._kept is not None:
            self._fit(self._kept)

    def _forget(self) -> None:
        self._kept = None
        self.earlier.offer("")
        self._client.photos.forget_fit()

    def _remove(self) -> None:
        start = without_tuning(self._history.document.picture.start)
        self._history.do(commands.set_start(start, tr("remove the fit")))
