"""What a command of the window is."""

from collections.abc import Callable
from dataclasses import KW_ONLY, dataclass

from PySide6.QtGui import QKeySequence

Run = Callable[[], object]
Keys = tuple[str | QKeySequence.StandardKey, ...]


@dataclass(frozen=True, slots=True)
class Row:
    """One command.

    Attributes:
        id: Stable name.
        menu: Menu it lives in, and after a slash its submenu.
        text: What it is called.
        run: What it does; None for a gesture that only the sheet lists.
        keys: Shortcuts; the first is shown.
        icon: Name of its icon, or empty.
        checkable: It is on or off.
        needs_model: It makes no sense before a model is open.
        gesture: How the mouse does it, or how a key is held: shown in the sheet.
        apart: A separator stands before it.
        listed: It is in the sheet and the palette.
    """

    id: str
    menu: str
    text: str
    run: Run | None = None
    keys: Keys = ()
    icon: str = ""
    _: KW_ONLY
    checkable: bool = False
    needs_model: bool = False
    gesture: tuple[str, ...] = ()
    apart: bool = False
    listed: bool = True
