"""The main window: makes the parts, passes the engine's answers on, folds when it is small."""

import time
from typing import TYPE_CHECKING

from PySide6.QtCore import QByteArray, Qt
from PySide6.QtGui import (
    QCloseEvent,
    QKeyEvent,
    QPixmap,
    QResizeEvent,
    QShowEvent,
)
from PySide6.QtWidgets import QMainWindow, QVBoxLayout, QWidget

from latentstudio.core.settings import Settings
from latentstudio.document.direction import Direction
from latentstudio.document.history import History
from latentstudio.document.state import Document, Picture, Snapshot
from latentstudio.session.messages import ModelSummary
from latentstudio.ui.canvas.canvas import Canvas
from latentstudio.ui.directions.column import DirectionsColumn
from latentstudio.ui.discover.panel import DiscoverPanel
from latentstudio.ui.library.library import Library
from latentstudio.ui.photo.panel import PhotoPanel
from latentstudio.ui.region.panel import RegionPanel
from latentstudio.ui.region.strokes import PAINTING
from latentstudio.ui.region.work import RegionWork
from latentstudio.ui.strip.strip import Strip
from latentstudio.ui.toasts import ToastStack
from latentstudio.ui.widgets.labels import rule
from latentstudio.ui.widgets.words import tr
from latentstudio.ui.window.actions import Actions
from latentstudio.ui.window.answers import AnswerParts, Answers
from latentstudio.ui.window.centre import Centre
from latentstudio.ui.window.columns import Columns
from latentstudio.ui.window.command_parts import CommandParts
from latentstudio.ui.window.command_states import CommandStates
from latentstudio.ui.window.command_table import command_rows
from latentstudio.ui.window.compare import Compare
from latentstudio.ui.window.drop_target import DropActions, DropTarget
from latentstudio.ui.window.edit_commands import EditCommands, EditParts
from latentstudio.ui.window.finder import Finder, FinderParts
from latentstudio.ui.window.fold import LEAST_HEIGHT, LEAST_WIDTH, Fold, fold_for
from latentstudio.ui.window.held_keys import HoldKey, SpaceToPan
from latentstudio.ui.window.latents_offer import LatentsOffer
from latentstudio.ui.window.opening import Opening, title_of
from latentstudio.ui.window.options_bar import OptionsBar
from latentstudio.ui.window.panels import make_panels
from latentstudio.ui.window.panes import Panes
from latentstudio.ui.window.preferences import Preferences
from latentstudio.ui.window.side import Side
from latentstudio.ui.window.snap_back import SnapBack
from latentstudio.ui.window.start_picture import start_picture
from latentstudio.ui.window.status_bar import StatusBar
from latentstudio.ui.window.tool_rail import ToolRail
from latentstudio.ui.window.toolbar import Toolbar

if TYPE_CHECKING:
    from latentstudio.workers.studio_client import StudioClient

_SIZE = (1440, 900)


class MainWindow(QMainWindow):
    """Shows `history.document` and asks `client` for everything the engine makes.

    Args:
        history: The document and its undo steps.
        client: The door to the engine; it need not be started yet.
        settings: As read at the start; changes are written at once.
        began: `time.monotonic()` when the program started, for the starting card.
    """

    def __init__(
        self,
        history: History,
        client: "StudioClient",
        settings: Settings,
        began: float | None = None,
    ) -> None:
        super().__init__()
        self._began = time.monotonic() if began is None else began
        self.history, self.client = history, client
        self.model: ModelSummary | None = None
        client.models.device = settings.device
        client.models.precision = settings.precision
        self._fold = Fold()
        self._offered: tuple[tuple[Snapshot, ...], Picture | None] | None = None
        # First of all listeners: the engine starts on a change before any widget repaints.
        stop = history.changed.connect(self._ask_for_picture)
        self.destroyed.connect(lambda: stop())
        self.preferences = Preferences(settings, lambda text: self.toasts.show("error", text))
        self.preferences.apply()
        self._make_parts()
        self._make_commands()
        self._arrange()
        self._connect()
        self._begin()

    # Building

    def _make_parts(self) -> None:
        self.canvas = Canvas()
        self.canvas.view.set_smooth(self.preferences.now.smooth)
        self.toasts = ToastStack(self.canvas, self.canvas.picture_rect)
        self.strip = Strip(self.history, self.client.previews.want_thumb)
        self.left = DirectionsColumn(self.history, self.client)
        self.discover = DiscoverPanel(self.left.board, self.client)
        self.photo = PhotoPanel(self.history, self.client)
        self.region = RegionWork(self.history, self.client, self.left.board, self.canvas, self)
        self.region_panel = RegionPanel(self.region)
        self.status = StatusBar()
        self.opening = Opening(self.client, self.preferences, self)
        self.latents = LatentsOffer(self.history, self.client, self)
        self.snap = SnapBack(self.history, self.client, self)
        self.compare = Compare(self.history, self.client, self.canvas, self)
        self.hold = HoldKey(self.compare.hold, self)
        self.space = SpaceToPan(self.canvas, self.canvas.view.set_panning)
        self.edits = EditCommands(self, self._edit_parts())
        self.finder = Finder(self, self._finder_parts())
        self.library = Library(
            self.client,
            lambda: self.preferences.now.recent_models,
            self.opening.open,
            self.opening.ask,
            self.toasts,
            self,
        )

    def _make_commands(self) -> None:
        self.panes = Panes((), self)
        self.side: Side
        rows = command_rows(self._command_parts())
        self.actions_ = Actions(rows, self)
        self.states = CommandStates(
            self.history, self.actions_, self.compare, self.opening, self._model_is_open
        )
        self.toolbar = Toolbar(self.actions_)
        self.options = OptionsBar(self.actions_, self.region)
        self.tools = ToolRail(self.actions_)

    def _edit_parts(self) -> EditParts:
        return EditParts(
            history=self.history,
            client=self.client,
            canvas=self.canvas,
            strip=self.strip,
            toasts=self.toasts,
            preferences=self.preferences,
            board=self.left.board,
            model=lambda: self.model,
        )

    def _finder_parts(self) -> FinderParts:
        return FinderParts(
            history=self.history,
            board=self.left.board,
            toasts=self.toasts,
            actions=lambda: self.actions_,
            reveal=self.left.panel.reveal,
            recall=self.edits.recall,
            model_open=self._model_is_open,
        )

    def _command_parts(self) -> CommandParts:
        return CommandParts(
            history=self.history,
            canvas=self.canvas,
            opening=self.opening,
            library=self.library,
            photo=self.photo,
            region=self.region,
            region_panel=self.region_panel,
            edits=self.edits,
            finder=self.finder,
            snap=self.snap,
            hold=self.hold,
            compare=self.compare,
            preferences=self.preferences,
            close=self.close,
            close_model=self.client.models.close_model,
            focus_search=self.left.focus_search,
            show_panel=lambda id: self.side.show_panel(id),  # the side is made later
            show_discover=self.show_discover,
            toggle_panels=self.toggle_panels,
            toggle_pixels=self.toggle_pixels,
            set_tool=self.set_tool,
            go_pane=lambda by: self.panes.go(by),  # so are the panes
        )

    def _answer_parts(self) -> AnswerParts:
        return AnswerParts(
            history=self.history,
            client=self.client,
            canvas=self.canvas,
            strip=self.strip,
            side=self.side,
            options=self.options,
            status=self.status,
            toasts=self.toasts,
            preferences=self.preferences,
            opening=self.opening,
            snap=self.snap,
            compare=self.compare,
            edits=self.edits,
            model=lambda: self.model,
            set_model=self.set_model,
            show_compare=self.show_compare,
        )

    def _drop_actions(self) -> DropActions:
        return DropActions(
            say=self.options.say,
            picture_opener=lambda: self.photo.open if self.model is not None else None,
            open_any=self.opening.open_any,
        )

    def _model_is_open(self) -> bool:
        return self.model is not None

    def _arrange(self) -> None:
        self.centre = Centre(self.options, self.tools, self.canvas, self.strip)
        panels = make_panels(
            self.history,
            self.client,
            self.discover,
            self.library.show_models,
            self.photo,
            self.region_panel,
        )
        self.side = Side(panels, self.centre.below)
        self.columns = Columns(self.left, self.centre, self.side, _SIZE[0])
        body = QWidget()
        column = QVBoxLayout(body)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        for piece in (rule(), self.toolbar, rule()):
            column.addWidget(piece)
        column.addWidget(self.columns, 1)
        column.addWidget(rule())
        column.addWidget(self.status)
        self.setCentralWidget(body)
        self.menuBar().setNativeMenuBar(False)
        self.actions_.fill(self.menuBar())
        self.states.add_recent_menu(self.menuBar())
        self.setMinimumSize(LEAST_WIDTH, LEAST_HEIGHT)
        self.resize(*_SIZE)
        self.setWindowTitle("LatentStudio")
        self.panes = Panes(
            (
                (self.toolbar, None),
                (self.left, self.left.focus_search),
                (self.tools, None),
                (self.options, None),
                (self.canvas, self.canvas.view.setFocus),
                (self.strip, None),
                (self.side, None),
                (self.side.drawer, None),
                (self.status, None),
            ),
            self,
        )

    def _connect(self) -> None:
        client, canvas = self.client, self.canvas
        stop = self.history.changed.connect(self._show_document)
        self.destroyed.connect(lambda: stop())
        canvas.moved.connect(self._canvas_moved)
        canvas.warning.snap_back.connect(self.snap.go)
        canvas.warning.stay_on_shell.connect(self.edits.toggle_stay)
        canvas.empty.open_model.connect(self.opening.ask)
        canvas.empty.open_built_in.connect(self.opening.open_built_in)
        self.strip.recalled.connect(self.edits.recall)
        self.toolbar.seed_asked.connect(self.edits.set_seed)
        self.status.cancel_asked.connect(client.cancel)
        self.status.pause_asked.connect(client.runs.pause)
        self.status.resume_asked.connect(client.runs.resume)
        self.left.panel.discover_asked.connect(self.show_discover)
        self.left.panel.again_asked.connect(self._run_again)
        self.left.panel.split_asked.connect(self._split)
        self.left.panel.current_changed.connect(self.discover.form.suggest)
        self.left.panel.others = self.discover.wanted_films
        self.discover.films_wanted.connect(self.left.panel.requests.changed)
        self.discover.chosen.connect(self.left.panel.reveal)
        self.photo.wanted.connect(lambda: self.side.show_panel("photo"))
        self.status.jobs_asked.connect(lambda: self.side.show_panel("jobs"))
        self.side.cover_changed.connect(self._cover)
        self.options.mode_asked.connect(self.compare.set_mode)
        self.options.before_asked.connect(self.compare.set_source)
        self.options.zoom_asked.connect(canvas.view.set_zoom)
        self.compare.changed.connect(self.show_compare)
        self.preferences.changed.connect(self._show_choices)
        self.answers = Answers(self, self._answer_parts())
        self.drops = DropTarget(self, canvas, self._drop_actions())

    def _begin(self) -> None:
        self._show_document(self.history.document)
        self._show_choices()
        self._set_model_open(False)
        self.actions_["hand"].setChecked(True)
        picture, words = start_picture()
        if not picture.isNull():
            self.canvas.show_still(picture, words)
        self.options.say(tr("Starting"))
        self.status.model.say(tr("Starting the engine"))
        name = title_of(self.history.document.model)
        self.canvas.starting.start(time.monotonic() - self._began, name)
        self.canvas.starting.show()
        if self.preferences.now.window:
            self.restoreGeometry(QByteArray.fromBase64(self.preferences.now.window.encode()))

    # What the document says

    def _ask_for_picture(self, document: Document) -> None:
        if self.model is not None:
            self.client.previews.show(document.picture)

    def _show_document(self, document: Document) -> None:
        if document.picture.seed is not None:
            self.toolbar.show_seed(document.picture.seed)
        self.strip.show_document(document)
        self.compare.show_document(document)
        self.states.show_document(document)
        if self._choices() != self._offered:
            self.show_compare()

    def _choices(self) -> tuple[tuple[Snapshot, ...], Picture | None]:
        """What can be compared with: snapshots, and the start while it is offered."""
        document = self.history.document
        start = document.picture.original() if self.compare.on and self.model else None
        return document.snapshots, start

    # Showing

    def set_model(self, summary: ModelSummary | None) -> None:
        """While a model is open, every change of the document is rendered."""
        self.model = summary
        self._set_model_open(summary is not None)

    def _set_model_open(self, is_open: bool) -> None:
        self.actions_.set_model_open(is_open)
        self.toolbar.set_model_open(is_open)
        self.states.forget()
        self.states.show_document(self.history.document)

    def show_compare(self) -> None:
        """Show how and with what is compared."""
        self.actions_["compare"].setChecked(self.compare.on)
        self.actions_["swap"].setEnabled(self.model is not None and self.compare.on)
        self.options.set_comparing(self.compare.on)
        self.options.mode.show_choice(self.compare.mode)
        document, thumbs = self.history.document, self.strip.thumbs
        self._offered = self._choices()
        start = self._offered[1]
        first = thumbs.get(start) if start is not None else None
        choices: list[tuple[str, QPixmap | None]] = [(tr("Start"), first)]
        choices += [
            (f"{number} {shot.name}", thumbs.get(shot.picture))
            for number, shot in enumerate(document.snapshots, 1)
        ]
        self.options.show_choices(choices, self.compare.source)

    def _show_choices(self) -> None:
        scale = self.preferences.now.text_scale / 100
        self.menuBar().setFixedHeight(round(28 * scale))
        self.side.set_scale(scale)
        self._refold()
        now, actions = self.preferences.now, self.actions_
        actions[now.theme].setChecked(True)
        size = f"text-{now.text_scale}"
        if size in actions:
            actions[size].setChecked(True)
        actions["motion"].setChecked(now.reduce_motion)
        actions["pixels"].setChecked(not now.smooth)
        self.options.pixels.show_on(not now.smooth)
        self.canvas.view.set_smooth(now.smooth)

    def _canvas_moved(self) -> None:
        self.options.show_zoom(self.canvas.view.zoom)
        self.toasts.place()

    def _cover(self, pixels: int) -> None:
        self.canvas.set_cover(pixels)
        self.toasts.set_cover(pixels)

    # Commands of the table

    def toggle_pixels(self) -> None:
        """Pixels as squares, or smooth."""
        self.preferences.change(smooth=not self.preferences.now.smooth)

    def set_tool(self, tool: str) -> None:
        """Choose the hand, the zoom tool or one that paints."""
        self.canvas.view.set_tool(tool)
        self.region.set_tool(tool)
        self.options.set_painting(tool in PAINTING)
        self.actions_[tool].setChecked(True)
        if tool in PAINTING and not self.side.railed:
            self.side.show_panel("region")

    def show_discover(self) -> None:
        """Bring the Discover panel to the front."""
        self.side.show_panel("discover")

    def _run_again(self, direction: Direction) -> None:
        self.show_discover()
        how = direction.provenance
        self.discover.fill(how.method, how.options, how.seed, how.of)

    def _split(self, id: str) -> None:
        self.show_discover()
        self.discover.offer_split(id)

    def toggle_panels(self) -> None:
        """Hide everything round the canvas, or show it again."""
        self.columns.set_bare(self.actions_["hide"].isChecked())

    # Folding

    @property
    def fold(self) -> Fold:
        """What is folded away at this size."""
        return self._fold

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._refold()

    def _refold(self) -> None:
        # Larger text needs more room, though not everything grows with it.
        grown = (1 + self.preferences.now.text_scale / 100) / 2
        fold = fold_for(int(self.width() / grown), int(self.height() / grown))
        if fold != self._fold:
            self._fold = fold
            self.toolbar.set_icons_only(fold.icons_only)
            self.options.set_short(fold.rail)
            self.strip.set_folded(fold.strip_bar)
            self.columns.apply(fold, self.width())

    # Window

    def keyPressEvent(self, event: QKeyEvent) -> None:
        # What nobody else wanted, wherever the focus is.
        if event.key() == Qt.Key.Key_Escape and self.side.drawer.panel:
            self.side.drawer.dismiss()
        else:
            super().keyPressEvent(event)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.canvas.view.setFocus()

    def closeEvent(self, event: QCloseEvent) -> None:
        geometry = bytes(self.saveGeometry().toBase64().data()).decode()
        self.preferences.change(window=geometry)
        super().closeEvent(event)
