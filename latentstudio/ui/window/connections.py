"""What the parts of the window say to each other and to the engine."""

from typing import TYPE_CHECKING

from latentstudio.ui.projects.previews import show_meanwhile
from latentstudio.ui.window.bars import Bars
from latentstudio.ui.window.centre import Centre
from latentstudio.ui.window.discover_links import DiscoverLinks
from latentstudio.ui.window.key_map import key_words
from latentstudio.ui.window.side import Side
from latentstudio.ui.window.variation_links import VariationLinks
from latentstudio.ui.window.window_parts import WindowParts

if TYPE_CHECKING:
    from latentstudio.workers.studio_client import StudioClient


def connect_parts(
    parts: WindowParts, bars: Bars, centre: Centre, side: Side, client: "StudioClient"
) -> None:
    """Connect signals of one part with methods of another."""
    canvas, status, edits = parts.canvas, parts.status, parts.edits
    canvas.moved.connect(lambda: bars.options.show_zoom(canvas.view.zoom))
    canvas.moved.connect(parts.toasts.place)
    canvas.warning.snap_back.connect(parts.snap.go)
    canvas.warning.stay_on_shell.connect(edits.stay_on_shell)
    canvas.empty.open_model.connect(parts.opening.ask)
    canvas.empty.open_built_in.connect(parts.opening.open_built_in)
    parts.left.panel.search.left.connect(canvas.view.setFocus)
    parts.strip.recalled.connect(edits.recall)
    parts.strip.removed.connect(edits.offer_snapshot_back)
    bars.toolbar.seed_asked.connect(edits.set_seed)
    client.previews.frame_ready.connect(bars.states.show_frame)
    bars.options.zoom_asked.connect(canvas.view.set_zoom)
    status.cancel_asked.connect(client.cancel)
    status.pause_asked.connect(client.runs.pause)
    status.resume_asked.connect(client.runs.resume)
    status.jobs_asked.connect(lambda: side.show_panel("jobs"))
    for card in (parts.save_card, parts.import_card):
        card.appearing.connect(side.drawer.dismiss)
        card.left.connect(canvas.view.setFocus)  # else whatever stands next gets a ring
    parts.presets.close_asked.connect(lambda: side.show_panel("density"))
    parts.left.save_asked.connect(parts.save_card.open_for)
    parts.dropped.project_asked.connect(parts.projects.open)
    client.projects.read.connect(lambda path, read: show_meanwhile(canvas, read, path.stem))
    parts.projects.plain_picture.connect(parts.photo.open)
    parts.projects.picture_alone.connect(parts.opening.open)
    parts.photo.wanted.connect(lambda: side.show_panel("photo"))
    side.cover_changed.connect(canvas.set_cover)
    side.cover_changed.connect(parts.toasts.set_cover)
    parts.left.panel.hold_asked.connect(parts.region.hold)
    client.regions.held_ready.connect(parts.left.panel.reveal)
    DiscoverLinks(parts, side)
    VariationLinks(parts, bars, centre, side)
    bars.keys.changed.connect(lambda: show_keys(parts, bars))
    show_keys(parts, bars)


def show_keys(parts: WindowParts, bars: Bars) -> None:
    """Name the keys as they are now where the window names some."""

    def words(id: str) -> str:
        return key_words(bars.keys.keys(id))

    parts.strip.show_keys(words("snapshot"), words("recall-1"), words("recall-9"))
    bars.options.show_held(words("original"))
