"""What the commands of the window act on."""

from collections.abc import Callable
from dataclasses import dataclass

from latentstudio.document.history import History
from latentstudio.ui.canvas.canvas import Canvas
from latentstudio.ui.library.library import Library
from latentstudio.ui.photo.panel import PhotoPanel
from latentstudio.ui.region.panel import RegionPanel
from latentstudio.ui.region.work import RegionWork
from latentstudio.ui.window.compare import Compare
from latentstudio.ui.window.edit_commands import EditCommands
from latentstudio.ui.window.finder import Finder
from latentstudio.ui.window.held_keys import HoldKey
from latentstudio.ui.window.opening import Opening
from latentstudio.ui.window.preferences import Preferences
from latentstudio.ui.window.snap_back import SnapBack

Run = Callable[[], object]


@dataclass(frozen=True, slots=True)
class CommandParts:
    """Parts of the window that commands call, and what only the window itself can do.

    Attributes:
        close: Closes the window.
        close_model: Closes the model.
        focus_search: Puts the cursor in the search field of the directions.
        show_panel: Brings the panel of an id to the front.
        show_discover: Brings the Discover panel to the front.
        toggle_panels: Hides everything round the canvas, or shows it again.
        toggle_pixels: Pixels as squares, or smooth.
        set_tool: Chooses a tool of the canvas by its id.
        go_pane: Moves the focus so many panes on.
        current_direction: Id of the one that is selected in the list, or empty.
    """

    history: History
    canvas: Canvas
    opening: Opening
    library: Library
    photo: PhotoPanel
    region: RegionWork
    region_panel: RegionPanel
    edits: EditCommands
    finder: Finder
    snap: SnapBack
    hold: HoldKey
    compare: Compare
    preferences: Preferences
    close: Run
    close_model: Run
    focus_search: Run
    show_panel: Callable[[str], object]
    show_discover: Run
    toggle_panels: Run
    toggle_pixels: Run
    set_tool: Callable[[str], object]
    go_pane: Callable[[int], object]
    current_direction: Callable[[], str]
