"""The main window: joins its parts, gives changes of the document to the engine and the widgets."""

import time
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QCloseEvent, QKeyEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QMainWindow

from latentstudio.core.settings import Settings
from latentstudio.document.history import History
from latentstudio.document.state import Document
from latentstudio.session.messages import ModelSummary
from latentstudio.ui.model.words import title_of
from latentstudio.ui.projects.recent import RecentProjects
from latentstudio.ui.projects.title import ProjectTitle
from latentstudio.ui.region.strokes import PAINTING
from latentstudio.ui.widgets.words import tr
from latentstudio.ui.window.answers import AnswerParts, Answers
from latentstudio.ui.window.bars import make_bars
from latentstudio.ui.window.command_parts import CommandParts
from latentstudio.ui.window.connections import connect_parts
from latentstudio.ui.window.drop_target import DropActions, DropTarget
from latentstudio.ui.window.fold import LEAST_HEIGHT, LEAST_WIDTH, Fold
from latentstudio.ui.window.folding import Folding
from latentstudio.ui.window.held_keys import takes_text
from latentstudio.ui.window.layout import Layout
from latentstudio.ui.window.layout_memory import LayoutMemory, folds_in
from latentstudio.ui.window.panels import make_panels
from latentstudio.ui.window.panes import Panes
from latentstudio.ui.window.placement import Placement
from latentstudio.ui.window.preferences import Preferences
from latentstudio.ui.window.start_picture import show_start
from latentstudio.ui.window.window_parts import WindowParts, make_window_parts

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
        # The engine starts on a change before it is written and before any widget repaints.
        stop = history.changed.connect(self._ask_for_picture, first=True)
        self.destroyed.connect(lambda: stop())
        self.preferences = Preferences(settings, lambda text: self.toasts.show("error", text))
        self.preferences.apply()
        self._take(
            make_window_parts(
                self,
                history,
                client,
                self.preferences,
                lambda: self.model,
                lambda: self.actions_,
                lambda: self.bars.keys,
            )
        )
        self._make_commands()
        self._lay_out()
        self._connect()
        self._begin()

    # Building

    def _take(self, parts: WindowParts) -> None:
        self.parts = parts
        self.canvas, self.toasts, self.strip = parts.canvas, parts.toasts, parts.strip
        self.left, self.discover, self.photo = parts.left, parts.discover, parts.photo
        self.region, self.region_panel = parts.region, parts.region_panel
        self.status, self.opening, self.library = parts.status, parts.opening, parts.library
        self.snap, self.compare, self.hold = parts.snap, parts.compare, parts.hold
        self.edits, self.finder = parts.edits, parts.finder
        self.variations, self.variations_page = parts.variations, parts.variations_page
        self.breed = parts.breed

    def _make_commands(self) -> None:
        self.bars = bars = make_bars(self, self._command_parts(), self._model_is_open)
        self.actions_, self.toolbar = bars.actions, bars.toolbar
        self.options, self.tools = bars.options, bars.tools

    def _command_parts(self) -> CommandParts:
        return CommandParts(
            **self.parts.as_fields(),
            history=self.history,
            preferences=self.preferences,
            close=self.close,
            close_model=self.client.models.close_model,
            # The side and the panes are made later.
            show_panel=lambda id: self.side.show_panel(id),
            toggle_panels=lambda: self.columns.set_bare(self.actions_["hide"].isChecked()),
            toggle_pixels=self.toggle_pixels,
            set_tool=self.set_tool,
            go_pane=lambda by: self.panes.go(by),
            current_direction=lambda: self.left.panel.view.current,
        )

    def _answer_parts(self) -> AnswerParts:
        return AnswerParts(
            **self.parts.as_fields(),
            history=self.history,
            client=self.client,
            side=self.side,
            options=self.options,
            preferences=self.preferences,
            model=lambda: self.model,
            set_model=self.set_model,
            show_compare=self.bars.choices.show,
        )

    def _drop_actions(self) -> DropActions:
        return DropActions(
            say=self.options.say,
            open_files=self.parts.dropped.open,
        )

    def _model_is_open(self) -> bool:
        return self.model is not None

    def _lay_out(self) -> None:
        panels = make_panels(
            self.history,
            self.client,
            self.discover,
            self.library.show_models,
            self.photo,
            self.region_panel,
            self.parts.presets,
            lambda: self.parts.walks.open_for(self.left.panel.view.current),
        )
        body = Layout(self.parts, self.bars, panels, _SIZE[0])
        self.centre, self.side, self.columns = body.centre, body.side, body.columns
        scale = lambda: self.preferences.now.text_scale  # noqa: E731
        self._folding = Folding(self, scale, self.bars, self.strip, self.columns)
        self.setCentralWidget(body)
        self.menuBar().setNativeMenuBar(False)
        self.actions_.fill(self.menuBar())
        self.bars.states.add_recent_menu(self.menuBar())
        recent = RecentProjects(self.parts.projects, self.preferences)
        self.bars.states.add_recent_projects(self.menuBar(), recent.fill)
        self.setMinimumSize(LEAST_WIDTH, LEAST_HEIGHT)
        self.resize(*_SIZE)
        ProjectTitle(self, self.parts.projects, self.client)
        self.panes = Panes(body.panes(), self)
        folds = folds_in({panel.id: panel.widget for panel in panels})
        self._memory = LayoutMemory(self.columns, self.side, self.strip, folds)

    def _connect(self) -> None:
        connect_parts(self.parts, self.bars, self.centre, self.side, self.client)
        stop = self.history.changed.connect(self._show_document)
        self.destroyed.connect(lambda: stop())
        self.preferences.changed.connect(self._show_preferences)
        self.answers = Answers(self, self._answer_parts())
        self.drops = DropTarget(self, self.canvas, self._drop_actions())

    def _begin(self) -> None:
        self._show_document(self.history.document)
        self._show_preferences()
        self._set_model_open(False)
        self.actions_["hand"].setChecked(True)
        self.options.say(tr("Starting"))
        self.status.model.say(tr("Starting the engine"))
        show_start(self.canvas, title_of(self.history.document.model), self._began)
        self._memory.restore(self.preferences.now.layout)
        self.placement = Placement(self, self.preferences.now.window)

    # What the document says

    def _ask_for_picture(self, document: Document) -> None:
        if self.model is not None:
            self.client.previews.show(document.picture)

    def _show_document(self, document: Document) -> None:
        if document.picture.seed is not None:
            self.toolbar.show_seed(document.picture.seed)
        self.strip.show_document(document)
        self.compare.show_document(document)
        self.bars.states.show_document(document)
        self.bars.choices.show_document(document)

    # Showing

    def set_model(self, summary: ModelSummary | None) -> None:
        """While a model is open, every change of the document is rendered.

        Keys go to the canvas from then on; else Qt would choose whatever follows a button that
        has just been hidden or switched off.
        """
        self.model = summary
        self._set_model_open(summary is not None)
        read_anew = summary is not None and summary.again
        if not read_anew and not takes_text(self.focusWidget()):
            self.canvas.view.setFocus()

    def _set_model_open(self, is_open: bool) -> None:
        self.actions_.set_model_open(is_open)
        self.toolbar.set_model_open(is_open)
        self.strip.set_model_open(is_open)
        self.bars.states.forget()
        self.bars.states.show_document(self.history.document)

    def _show_preferences(self) -> None:
        now, actions = self.preferences.now, self.actions_
        self.menuBar().setFixedHeight(round(28 * now.text_scale / 100))
        self.side.set_scale(now.text_scale / 100)
        self._folding.apply()
        actions.show_preferences(now)
        self.options.pixels.show_on(not now.smooth)
        self.canvas.view.set_smooth(now.smooth)

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

    # Window

    @property
    def fold(self) -> Fold:
        """What is folded away at this size."""
        return self._folding.now

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._folding.apply()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        # What nobody else wanted, wherever the focus is.
        if event.key() == Qt.Key.Key_Escape and self.side.drawer.panel:
            self.side.drawer.dismiss()
        else:
            super().keyPressEvent(event)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.canvas.view.setFocus()
        self.placement.shown()

    def closeEvent(self, event: QCloseEvent) -> None:
        self.preferences.change(window=self.placement.text(), layout=self._memory.now())
        self.parts.projects.current.close()
        super().closeEvent(event)
