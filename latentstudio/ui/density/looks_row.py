"""Whether the picture looks like the model's own, or how to find out."""

from collections.abc import Mapping

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from latentstudio.core.marked import marked
from latentstudio.core.reading import Looks, LooksReading, State
from latentstudio.ui.widgets.buttons import text_button
from latentstudio.ui.widgets.labels import label
from latentstudio.ui.widgets.meter import Meter
from latentstudio.ui.widgets.plain_text import set_tip
from latentstudio.ui.widgets.sentences import shown
from latentstudio.ui.widgets.words import grouped, tr

WORDS: Mapping[Looks, str] = {
    "sound": marked("Picture looks sound"),
    "doubtful": marked("Picture looks doubtful"),
    "broken": marked("Picture looks broken"),
}
_LEAST = 600
"""Pictures that are drawn however long they take."""
_SIGNS: Mapping[Looks, State] = {"sound": "on", "doubtful": "edge", "broken": "off"}


class LooksRow(QWidget):
    """The second needle: before anything was learned it offers to; says where it can't tell."""

    asked = Signal()
    """The model's pictures shall teach a judge."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.meter = Meter()
        self._minutes = 0
        self.learn = text_button(tr("Learn to tell"), "eye", self._ask, kind="")
        set_tip(self.learn, tr("Draws up to 2,500 pictures, once: a minute for small models"))
        self._offer = QWidget()
        row = QHBoxLayout(self._offer)
        row.setContentsMargins(0, 0, 0, 0)
        self.question = label("", "label", "tx2", wrap=True)
        row.addWidget(self.question, 1)
        row.addWidget(self.learn)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 8, 12, 10)
        column.addWidget(self.meter)
        column.addWidget(self._offer)
        self.show_looks(None)

    def show_looks(self, looks: LooksReading | None) -> None:
        """Show a verdict; None where nothing was learned."""
        tells = looks is not None and looks.reliable
        self.meter.setVisible(tells)
        self._offer.setVisible(not tells)
        self.learn.setVisible(looks is None)
        hard = tr("Broken pictures of this model are hard to tell from sound ones.")
        self.question.setText(hard)
        if looks is None:
            self._show_question()
        else:
            self.meter.show_state(_SIGNS[looks.state], sentence(looks), shown(WORDS[looks.state]))

    def show_cost(self, milliseconds: float) -> None:
        """Say with the offer how long it will take where a picture takes so long."""
        self._minutes = round(_LEAST * milliseconds / 60_000)
        if not self.learn.isHidden():
            self._show_question()

    def _show_question(self) -> None:
        words = tr("Does the picture look sound?")
        if self._minutes > 1:
            takes = tr("Learning takes about %1 minutes.")
            words = f"{words} {takes.replace('%1', grouped(self._minutes))}"
        self.question.setText(words)

    def offer_again(self) -> None:
        """What was asked for did not come."""
        self.learn.setEnabled(True)

    def _ask(self) -> None:
        self.learn.setEnabled(False)
        self.asked.emit()


def sentence(looks: LooksReading) -> str:
    """What stands behind a verdict: how many samples look less typical, how often it is right."""
    below = tr("Of 100 samples %1 look less like the rest.")
    parts = [below.replace("%1", grouped(looks.percentile))]
    if looks.broken is not None:
        chance = 100 * looks.broken
        found = grouped(chance) if chance >= 1 else tr("less than 1")
        tried = tr("Broken of 100 walked pictures that look so: %1.")
        parts.append(tried.replace("%1", found))
    return " ".join(parts)
