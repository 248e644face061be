"""The main window: makes the parts, passes the engine's answers on, folds when it is small."""

import time
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QByteArray, Qt
from PySide6.QtGui import (
    QCloseEvent,
    QDragEnterEvent,
    QDragLeaveEvent,
    QDropEvent,
    QPixmap,
    QResizeEvent,
    QShowEvent,
)
from PySide6.QtWidgets import QMainWindow, QSplitter, QVBoxLayout, QWidget

from latentstudio.core.settings import Settings
from latentstudio.document.history import History
from latentstudio.document.state import Document, Snapshot
from latentstudio.session.messages import Frame, ModelSummary, Pixels
from latentstudio.ui.canvas.canvas import Canvas
from latentstudio.ui.canvas.pixels import to_pixmap
from latentstudio.ui.directions.column import DirectionsColumn
from latentstudio.ui.strip.strip import Strip
from latentstudio.ui.toasts import ToastStack
from latentstudio.ui.widgets.labels import rule
from latentstudio.ui.window.actions import Actions
from latentstudio.ui.window.centre import Centre
from latentstudio.ui.window.command_table import command_rows, tr
from latentstudio.ui.window.compare import Compare
from latentstudio.ui.window.edit_commands import EditCommands
from latentstudio.ui.window.finder import Finder
from latentstudio.ui.window.fold import LEAST_HEIGHT, LEAST_WIDTH, Fold, fold_for
from latentstudio.ui.window.held_keys import HoldKey, SpaceToPan
from latentstudio.ui.window.opening import Opening, dropped_file, title_of
from latentstudio.ui.window.options_bar import OptionsBar
from latentstudio.ui.window.panels import make_panels
from latentstudio.ui.window.panes import Panes
from latentstudio.ui.window.preferences import Preferences
from latentstudio.ui.window.side import USUAL, Side
from latentstudio.ui.window.snap_back import SnapBack
from latentstudio.ui.window.start_picture import start_picture
from latentstudio.ui.window.status_bar import StatusBar
from latentstudio.ui.window.tool_rail import ToolRail
from latentstudio.ui.window.toolbar import Toolbar

if TYPE_CHECKING:
    from latentstudio.workers.studio_client import StudioClient

LEFT, LEFT_LEAST, LEFT_MOST, LEFT_COMPACT = 343, 280, 480, 299


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
        self._fold = Fold()
        self._offered: tuple[Snapshot, ...] | None = None
        self._live = False
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
        self.toasts = ToastStack(self.canvas)
        self.strip = Strip(self.history, self.client.want_thumb)
        self.left = DirectionsColumn(self.history, self.client)
        self.status = StatusBar()
        self.opening = Opening(self.client, self.preferences, self)
        self.snap = SnapBack(self.history, self.client, self)
        self.compare = Compare(self.history, self.client, self.canvas, self)
        self.hold = HoldKey(self.compare.hold, self)
        self.space = SpaceToPan(self.canvas, self.canvas.view.set_panning)
        self.edits = EditCommands(self)
        self.finder = Finder(self)

    def _make_commands(self) -> None:
        self.panes = Panes((), self)
        self.side: Side
        rows = command_rows(self)
        self.actions_ = Actions(rows, self)
        self.toolbar = Toolbar(self.actions_)
        self.options = OptionsBar(self.actions_)
        self.tools = ToolRail(self.actions_)

    def _arrange(self) -> None:
        self.centre = Centre(self.options, self.tools, self.canvas, self.strip)
        self.side = Side(make_panels(self.history, self.client), self.centre.below)
        self.left.setMinimumWidth(LEFT_LEAST)
        self.left.setMaximumWidth(LEFT_MOST)
        self._columns = QSplitter(Qt.Orientation.Horizontal)
        self._columns.setHandleWidth(1)
        self._columns.setChildrenCollapsible(False)
        for number, part in enumerate((self.left, self.centre, self.side)):
            self._columns.addWidget(part)
            self._columns.setStretchFactor(number, int(number == 1))
        body = QWidget()
        column = QVBoxLayout(body)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        for piece in (rule(), self.toolbar, rule()):
            column.addWidget(piece)
        column.addWidget(self._columns, 1)
        column.addWidget(rule())
        column.addWidget(self.status)
        self.setCentralWidget(body)
        self.menuBar().setNativeMenuBar(False)
        self.actions_.fill(self.menuBar())
        self.edits.add_recent_menu(self.menuBar())
        self.setMinimumSize(LEAST_WIDTH, LEAST_HEIGHT)
        self.resize(1440, 900)
        self._columns.setSizes([LEFT, 1440 - LEFT - USUAL - 1, USUAL])
        self.setAcceptDrops(True)
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
        client.engine_ready.connect(canvas.starting.engine_ready)
        client.model_opened.connect(self._model_opened)
        client.model_failed.connect(self._model_failed)
        client.frame_ready.connect(self._frame)
        client.thumb_ready.connect(self._thumb)
        client.job_changed.connect(self.status.job.show_job)
        client.notice.connect(self._notice)
        client.saved.connect(self._saved)
        canvas.moved.connect(self._canvas_moved)
        canvas.warning.snap_back.connect(self.snap.go)
        canvas.warning.stay_on_shell.connect(self.edits.toggle_stay)
        canvas.empty.open_model.connect(self.opening.ask)
        canvas.empty.open_built_in.connect(self.opening.open_built_in)
        self.snap.previewed.connect(self._preview)
        self.strip.recalled.connect(self.edits.recall)
        self.toolbar.seed_asked.connect(self.edits.set_seed)
        self.status.cancel_asked.connect(client.cancel)
        self.status.jobs_asked.connect(lambda: self.side.show_panel("jobs"))
        self.side.cover_changed.connect(self._cover)
        self.options.mode_asked.connect(self.compare.set_mode)
        self.options.before_asked.connect(self.compare.set_source)
        self.options.zoom_asked.connect(canvas.view.set_zoom)
        self.compare.changed.connect(self._show_compare)
        self.preferences.changed.connect(self._show_choices)
        self.opening.asked.connect(self._opening)

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
        if self._live:
            self.client.show(document.picture)

    def _show_document(self, document: Document) -> None:
        self.toolbar.show_seed(document.picture.seed)
        self.strip.show_document(document)
        self.compare.show_document(document)
        self.edits.show_document(document)
        if document.snapshots != self._offered:
            self._show_compare()

    # What the engine says

    def _opening(self, ref: str) -> None:
        self.status.model.say(tr("Opening %1").replace("%1", title_of(ref)), "loader")

    def _model_opened(self, summary: ModelSummary) -> None:
        self.model = summary
        self._live = True
        self.preferences.add_recent(summary.ref)
        self.status.model.say(summary.info.name, "box")
        self.status.device.say(summary.device)
        self.setWindowTitle(f"{summary.info.name} – LatentStudio")
        self._set_model_open(True)
        self.strip.model.ask_again(forget=True)
        self.compare.forget()
        self.client.show(self.history.document.picture)

    def _model_failed(self, ref: str, sentence: str) -> None:
        self.toasts.show("error", sentence)
        self.canvas.starting.finish()
        if self.model is None:
            self.canvas.clear()
            self.options.say(tr("Open a model to begin"))
            self.status.model.say(tr("Engine ready"), "circle-check")
        else:
            self.status.model.say(self.model.info.name, "box")

    def _frame(self, frame: Frame) -> None:
        self.canvas.starting.finish()
        self.options.say("")
        state = frame.reading.state if frame.reading else None
        self.canvas.show_frame(self.edits.with_names(frame))
        self.side.show_state(state)
        self.status.frame.say(
            tr("%1 ms a frame").replace("%1", str(max(1, round(frame.milliseconds))))
        )
        self.edits.describe(frame)
        if state == "off":
            self.snap.ask(frame.picture)

    def _thumb(self, picture: object, pixels: Pixels) -> None:
        self.strip.model.add_thumb(picture, pixels)  # type: ignore[arg-type]
        self._show_compare()

    def _preview(self, pixels: Pixels | None) -> None:
        self.canvas.warning.set_preview(None if pixels is None else to_pixmap(pixels))

    def _notice(self, kind: str, text: str) -> None:
        self.toasts.show(kind, text)

    def _saved(self, path: str) -> None:
        self.toasts.show("ok", tr("Saved %1").replace("%1", Path(path).name))

    # Showing

    def _set_model_open(self, is_open: bool) -> None:
        self.actions_.set_model_open(is_open)
        self.toolbar.set_model_open(is_open)
        self.edits.show_document(self.history.document)

    def _show_compare(self) -> None:
        self.actions_["compare"].setChecked(self.compare.on)
        self.actions_["swap"].setEnabled(self.model is not None and self.compare.on)
        self.options.set_comparing(self.compare.on)
        self.options.mode.show_choice(self.compare.mode)
        document, model = self.history.document, self.strip.model
        self._offered = document.snapshots
        choices: list[tuple[str, QPixmap | None]] = [(tr("Start"), None)]
        choices += [
            (f"{number} {shot.name}", model.thumb(shot.picture))
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
        """Choose the hand or the zoom tool."""
        self.canvas.view.set_tool(tool)

    def toggle_panels(self) -> None:
        """Hide everything round the canvas, or show it again."""
        bare = self.actions_["hide"].isChecked()
        self.side.drawer.dismiss()
        for part in (self.left, self.side):
            part.setVisible(not bare)
        self.centre.set_bare(bare)

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
            self._apply_fold()

    def _apply_fold(self) -> None:
        fold = self._fold
        self.toolbar.set_icons_only(fold.icons_only)
        self.options.set_short(fold.rail)
        self.left.set_compact(fold.compact_left)
        self.left.set_edits_folded(fold.edits_folded)
        self.left.setMinimumWidth(LEFT_COMPACT if fold.compact_left else LEFT_LEAST)
        self.left.setMaximumWidth(LEFT_COMPACT if fold.compact_left else LEFT_MOST)
        self.strip.set_folded(fold.strip_bar)
        self.side.set_railed(fold.rail)
        left = LEFT_COMPACT if fold.compact_left else LEFT
        if not self.left.isHidden():
            side = self.side.usual_width
            self._columns.setSizes([left, max(1, self.width() - left - side - 2), side])

    # Window

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.canvas.view.setFocus()

    def closeEvent(self, event: QCloseEvent) -> None:
        geometry = bytes(self.saveGeometry().toBase64().data()).decode()
        self.preferences.change(window=geometry)
        super().closeEvent(event)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        path = dropped_file(event.mimeData())
        if path:
            event.acceptProposedAction()
            self.canvas.empty.set_dragging(Path(path).name)
            self.canvas.empty.show()
            self.options.say(tr("Drop a file anywhere in this window"))

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        self._end_drag()

    def dropEvent(self, event: QDropEvent) -> None:
        self._end_drag()
        path = dropped_file(event.mimeData())
        if path:
            event.acceptProposedAction()
            self.opening.open(path)

    def _end_drag(self) -> None:
        self.canvas.empty.set_dragging("")
        waits = self.canvas.pixels is None and self.canvas.starting.isHidden()
        self.canvas.empty.setVisible(waits)
        starting = not self.canvas.starting.isHidden()
        words = tr("Starting") if starting else tr("Open a model to begin") if waits else ""
        self.options.say(words)
