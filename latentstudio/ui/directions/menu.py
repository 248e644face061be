"""What can be done with one direction."""

from collections.abc import Callable

from PySide6.QtCore import QPoint
from PySide6.QtGui import QAction, QGuiApplication
from PySide6.QtWidgets import QMenu, QWidget

from latentstudio.ui.directions.board import Board
from latentstudio.ui.directions.layer_range import LayerRange
from latentstudio.ui.theme import icon
from latentstudio.ui.widgets.plain_text import set_tip
from latentstudio.ui.widgets.sentences import filled
from latentstudio.ui.widgets.words import MINUS, signed, tr


def direction_menu(
    board: Board,
    id: str,
    parent: QWidget,
    rename: Callable[[], object],
    at: QPoint,
    card: Callable[[], object],
    split: Callable[[], object] = lambda: None,
    hold: Callable[[], object] = lambda: None,
    save: Callable[[], object] = lambda: None,
    chosen: int = 1,
) -> QMenu:
    """The menu of a row: rename, layer range, reset, copy, pin, reject, save, its card.

    A direction that works through groups of channels has its switches here too; of others
    `split` makes groups. `hold` keeps it to what is painted. Where several rows are chosen they
    are saved together.
    """
    menu = QMenu(parent)
    menu.setToolTipsVisible(True)
    edit = board.document.picture.edit(id)
    _add(menu, tr("Rename"), "", rename, keys="F2")
    layers = _add(menu, tr("Layer range"), "", lambda: open_layers(board, id, at))
    if board.layers < 2:
        layers.setEnabled(False)
        set_tip(layers, tr("Layer ranges need a model with several inputs; this one has one."))
    _add_groups(menu, board, id)
    reset = _add(menu, tr("Reset"), "rotate-ccw", lambda: board.commands.reset(id))
    reset.setEnabled(edit is not None)
    _add(menu, tr("Copy value"), "", lambda: copy_value(board, id))
    menu.addSeparator()
    pinned = id in board.document.pinned
    _add(menu, tr("Unpin") if pinned else tr("Pin"), "pin", lambda: board.commands.toggle_pin(id))
    _add(menu, tr("Reject"), "x", lambda: board.commands.toggle_reject(id))
    menu.addSeparator()
    held = _add(menu, tr("Hold to the painted region"), "brush", hold)
    held.setEnabled(board.can_hold(id))
    if not held.isEnabled():
        set_tip(held, tr("Paint a region first; straight directions can be held to it."))
    several = filled(tr("Save %1 directions as a preset…"), str(chosen))
    _add(menu, several if chosen > 1 else tr("Save preset…"), "save", save)
    if board.can_split(id):
        _add(menu, tr("Split into groups…"), "", split)
    _add(menu, tr("How it was found"), "info", card)
    return menu


def _add_groups(menu: QMenu, board: Board, id: str) -> None:
    switches = board.rows.groups(id)
    if not switches:
        return
    inner = menu.addMenu(tr("Channels"))
    for group, on in switches.items():
        action = inner.addAction(tr("Group %1").replace("%1", str(group + 1)))
        action.setCheckable(True)
        action.setChecked(on)
        action.triggered.connect(lambda _=False, g=group: board.commands.toggle_group(id, g))


def open_layers(board: Board, id: str, at: QPoint) -> LayerRange:
    """Let the artist choose layers; every choice is a command."""
    edit, direction = board.document.picture.edit(id), board.direction(id)
    now = edit.layers if edit else None
    own = direction.layers if direction else None
    popup = LayerRange(board.name(id), board.layers, now, own)
    popup.chosen.connect(lambda layers: board.commands.layers(id, layers))
    popup.open_at(at)
    return popup


def copy_value(board: Board, id: str) -> None:
    """Put the amount on the clipboard, with a minus that programs read."""
    text = signed(board.document.picture.amount(id), 2).replace(MINUS, "-")
    QGuiApplication.clipboard().setText(text.lstrip("+"))


def _add(
    menu: QMenu, text: str, icon_name: str, do: Callable[[], object], keys: str = ""
) -> QAction:
    action = menu.addAction(text)
    if icon_name:
        action.setIcon(icon(icon_name, "tx2"))
    if keys:
        # Shown only: the list itself listens, and two shortcuts would cancel each other.
        action.setText(f"{text}\t{keys}")
    action.triggered.connect(lambda: do())
    return action
