"""The commands of the window, and the bars that show them."""

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtWidgets import QWidget

from latentstudio.ui.variations.bar import VariationsBar
from latentstudio.ui.window.actions import Actions
from latentstudio.ui.window.command_parts import CommandParts
from latentstudio.ui.window.command_states import CommandStates
from latentstudio.ui.window.command_table import command_rows
from latentstudio.ui.window.compare_choices import CompareChoices
from latentstudio.ui.window.key_map import KeyMap
from latentstudio.ui.window.options_bar import OptionsBar
from latentstudio.ui.window.tool_rail import ToolRail
from latentstudio.ui.window.toolbar import Toolbar


@dataclass(frozen=True, slots=True)
class Bars:
    """Commands, what follows the document in them, and the bars.

    Attributes:
        actions: The commands.
        keys: Which keys call them.
        states: Names and switches them.
        choices: What a picture is compared with, in the options bar.
        toolbar: Above everything.
        options: Above the canvas.
        variations: In the same place while there is a grid of variations.
        tools: Left of the canvas.
    """

    actions: Actions
    keys: KeyMap
    states: CommandStates
    choices: CompareChoices
    toolbar: Toolbar
    options: OptionsBar
    variations: VariationsBar
    tools: ToolRail


def make_bars(window: QWidget, parts: CommandParts, model_open: Callable[[], bool]) -> Bars:
    """Make the commands and their bars.

    Args:
        window: Where shortcuts are heard.
        parts: What the commands act on.
        model_open: Whether a model is open.
    """
    history, compare = parts.history, parts.compare
    actions = Actions(command_rows(parts), window)
    keys = KeyMap(actions, parts.preferences)  # before anything shows a shortcut
    options = OptionsBar(actions, parts.region)
    return Bars(
        actions=actions,
        keys=keys,
        states=CommandStates(history, actions, compare, parts.opening, model_open),
        choices=CompareChoices(history, compare, parts.strip, options, actions, model_open),
        toolbar=Toolbar(actions),
        options=options,
        variations=VariationsBar(parts.variations, actions),
        tools=ToolRail(actions),
    )
