"""The panels of the right column, in one list."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QWidget

from latentstudio.document.history import History
from latentstudio.ui.density.panel import DensityPanel
from latentstudio.ui.discover.panel import DiscoverPanel
from latentstudio.ui.jobs.panel import JobsPanel
from latentstudio.ui.model.panel import ModelPanel
from latentstudio.ui.photo.panel import PhotoPanel
from latentstudio.ui.presets.panel import PresetsPanel
from latentstudio.ui.region.panel import RegionPanel
from latentstudio.ui.widgets.words import tr

if TYPE_CHECKING:
    from latentstudio.workers.studio_client import StudioClient


@dataclass(frozen=True, slots=True)
class PanelSpec:
    """One panel: its id, title, icon, whether it stands in the upper half, and its widget.

    One that is `whole` takes the column for itself.
    """

    id: str
    title: str
    icon: str
    upper: bool
    widget: QWidget
    whole: bool = False


def make_panels(
    history: History,
    client: "StudioClient",
    discover: DiscoverPanel,
    show_models: Callable[[], object],
    photo: PhotoPanel,
    region: RegionPanel,
    presets: PresetsPanel,
    show_walk: Callable[[], object],
) -> tuple[PanelSpec, ...]:
    """The panels there are, in the order of their tabs.

    Args:
        history: The document.
        client: The engine.
        discover: Made by the window, which joins it with the list of directions.
        show_models: Opens the library.
        photo: Made by the window, whose commands open pictures with it.
        region: Made by the window, whose tools paint.
        presets: Made by the window, whose commands save.
        show_walk: Shows where the selected slider leads.
    """
    model = ModelPanel(history, client)
    model.library_asked.connect(lambda: show_models())
    density = DensityPanel(history, client)
    density.walk_asked.connect(lambda: show_walk())
    return (
        PanelSpec("density", tr("Density"), "activity", True, density),
        PanelSpec("region", tr("Region"), "brush", True, region, whole=True),
        PanelSpec("discover", tr("Discover"), "sparkles", True, discover, whole=True),
        PanelSpec("photo", tr("Own picture"), "image", True, photo, whole=True),
        PanelSpec("presets", tr("Presets"), "bookmark", True, presets, whole=True),
        PanelSpec("model", tr("Model"), "box", False, model),
        PanelSpec("jobs", tr("Jobs"), "list-checks", False, JobsPanel(client)),
    )
