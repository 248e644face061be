"""Where the model computes, and how exactly; shown only where there is a choice."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QComboBox, QWidget

from latentstudio.session.messages import ModelSummary
from latentstudio.ui.theme import set_role
from latentstudio.ui.widgets.labels import label
from latentstudio.ui.widgets.plain_text import set_tip
from latentstudio.ui.widgets.sentences import shown
from latentstudio.ui.widgets.words import tr

if TYPE_CHECKING:
    from latentstudio.workers.studio_client import StudioClient

AUTO = "auto"


class DeviceChoice(QComboBox):
    """Automatic, or one of the devices of this computer.

    Args:
        client: Tells which there are, and opens the model elsewhere.
        parent: The panel.

    Attributes:
        name: The label beside it, hidden with it.
    """

    def __init__(self, client: "StudioClient", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._client = client
        self.name = label(tr("Device"), "label", "tx2")
        self.setAccessibleName(tr("Device"))
        set_role(self, "label")
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setMinimumContentsLength(8)
        self.activated.connect(lambda _: client.models.set_device(str(self.currentData())))
        client.models.devices_ready.connect(self.show_devices)
        self.show_devices(())

    def show_devices(self, devices: Sequence[tuple[str, str]]) -> None:
        """Offer devices, (id, name) each; one alone is no choice."""
        self.clear()
        self.addItem(tr("Automatic, the fastest"), AUTO)
        for id, name in devices:
            self.addItem(shown(name), id)
        kept = self.findData(self._client.models.device)
        self.setCurrentIndex(max(0, kept))
        for part in (self, self.name):
            part.setVisible(len(devices) > 1)


class PrecisionChoice(QComboBox):
    """Full precision, or a half one that the device is fast in.

    Args:
        client: Computes the open model's pictures in it.
    """

    def __init__(self, client: "StudioClient", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.name = label(tr("Precision"), "label", "tx2")
        self.setAccessibleName(tr("Precision"))
        set_tip(self, tr("Half is faster on this device and looks the same; saving is full"))
        set_role(self, "label")
        self.activated.connect(lambda _: client.models.set_precision(str(self.currentData())))
        self._offer((), "")

    def show_model(self, summary: ModelSummary) -> None:
        """Offer what the model's device computes in."""
        self._offer(summary.precisions, summary.precision)

    def _offer(self, ids: Sequence[str], now: str) -> None:
        words = {
            "float32": tr("Full, 32 bits"),
            "bfloat16": tr("Half, 16 bits (bfloat16)"),
            "float16": tr("Half, 16 bits (float16)"),
        }
        self.clear()
        for id in ids:
            self.addItem(words.get(id, id), id)
        self.setCurrentIndex(max(0, self.findData(now)))
        for part in (self, self.name):
            part.setVisible(len(ids) > 1)
