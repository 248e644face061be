"""The panels of the right column, in one list."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QWidget

from latentstudio.document.history import History
from latentstudio.ui.density.panel import DensityPanel
from latentstudio.ui.jobs.panel import JobsPanel
from latentstudio.ui.model.panel import ModelPanel
from latentstudio.ui.window.command_table import tr

if TYPE_CHECKING:
    from latentstudio.workers.studio_client import StudioClient


@dataclass(frozen=True, slots=True)
class PanelSpec:
    """One panel: its id, title, icon, whether it stands in the upper half, and its widget."""

    id: str
    title: str
    icon: str
    upper: bool
    widget: QWidget


def make_panels(history: History, client: "StudioClient") -> tuple[PanelSpec, ...]:
    """The panels there are, in the order of their tabs."""
    return (
        PanelSpec("density", tr("Density"), "activity", True, DensityPanel(history, client)),
        PanelSpec("model", tr("Model"), "box", False, ModelPanel(history, client)),
        PanelSpec("jobs", tr("Jobs"), "list-checks", False, JobsPanel(client)),
    )
