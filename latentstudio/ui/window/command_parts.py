"""What the commands of the window act on."""

from collections.abc import Callable
from dataclasses import dataclass

from latentstudio.document.history import History
from latentstudio.ui.window.preferences import Preferences
from latentstudio.ui.window.window_parts import WindowParts

Run = Callable[[], object]


@dataclass(frozen=True, slots=True, kw_only=True)
class CommandParts(WindowParts):
    """Parts of the window that commands call, and what only the window itself can do.

    Attributes:
        close: Closes the window.
        close_model: Closes the model.
        show_panel: Brings the panel of an id to the front.
        toggle_panels: Hides everything round the canvas, or shows it again.
        toggle_pixels: Pixels as squares, or smooth.
        set_tool: Chooses a tool of the canvas by its id.
        go_pane: Moves the focus so many panes on.
        current_direction: Id of the one that is selected in the list, or empty.
    """

    history: History
    preferences: Preferences
    close: Run
    close_model: Run
    show_panel: Callable[[str], object]
    toggle_panels: Run
    toggle_pixels: Run
    set_tool: Callable[[str], object]
    go_pane: Callable[[int], object]
    current_direction: Callable[[], str]
