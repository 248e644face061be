"""What the window is made of, apart from its bars: each part is given what it uses."""

from collections.abc import Callable
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

from PySide6.QtWidgets import QWidget

from latentstudio.document.history import History
from latentstudio.session.messages import ModelSummary
from latentstudio.ui.canvas.canvas import Canvas
from latentstudio.ui.density.walk_opener import WalkOpener
from latentstudio.ui.directions.column import DirectionsColumn
from latentstudio.ui.discover.panel import DiscoverPanel
from latentstudio.ui.example.page import ExamplePage
from latentstudio.ui.example.panel import ExamplePanel
from latentstudio.ui.example.work import ExampleWork
from latentstudio.ui.library.library import Library
from latentstudio.ui.photo.panel import PhotoPanel
from latentstudio.ui.photo.used_photos import UsedPhotos
from latentstudio.ui.presets.actions import PresetActions
from latentstudio.ui.presets.foreign import ForeignPresets
from latentstudio.ui.presets.import_card import ImportCard
from latentstudio.ui.presets.panel import PresetsPanel
from latentstudio.ui.presets.save_card import SaveCard, SaveParts
from latentstudio.ui.projects.batch import Batch
from latentstudio.ui.projects.project_commands import ProjectCommands
from latentstudio.ui.region.panel import RegionPanel
from latentstudio.ui.region.work import RegionWork
from latentstudio.ui.settings.pages import SettingsPages
from latentstudio.ui.sheet.page import SheetPage
from latentstudio.ui.strip.strip import Strip
from latentstudio.ui.toasts import ToastStack
from latentstudio.ui.variations.breed_page import BreedPage
from latentstudio.ui.variations.page import VariationsPage
from latentstudio.ui.variations.work import VariationWork
from latentstudio.ui.window.actions import Actions
from latentstudio.ui.window.compare import Compare
from latentstudio.ui.window.dropped_files import DroppedFiles
from latentstudio.ui.window.edit_commands import EditCommands, EditParts
from latentstudio.ui.window.finder import Finder, FinderParts
from latentstudio.ui.window.held_keys import HoldKey, SpaceToPan
from latentstudio.ui.window.key_map import KeyMap
from latentstudio.ui.window.latents_offer import LatentsOffer
from latentstudio.ui.window.opening import Opening
from latentstudio.ui.window.preferences import Preferences
from latentstudio.ui.window.snap_back import SnapBack
from latentstudio.ui.window.status_bar import StatusBar

if TYPE_CHECKING:
    from latentstudio.workers.studio_client import StudioClient


@dataclass(frozen=True, slots=True)
class WindowParts:
    """Widgets that are shown, and the objects that answer to commands."""

    canvas: Canvas
    toasts: ToastStack
    strip: Strip
    left: DirectionsColumn
    discover: DiscoverPanel
    photo: PhotoPanel
    region: RegionWork
    region_panel: RegionPanel
    status: StatusBar
    opening: Opening
    dropped: DroppedFiles
    snap: SnapBack
    compare: Compare
    hold: HoldKey
    edits: EditCommands
    finder: Finder
    library: Library
    presets: PresetsPanel
    save_card: SaveCard
    import_card: ImportCard
    projects: ProjectCommands
    batch: Batch
    walks: WalkOpener
    variations: VariationWork
    variations_page: VariationsPage
    breed: BreedPage
    example: ExampleWork
    example_page: ExamplePage
    example_panel: ExamplePanel
    sheet: SheetPage
    settings: SettingsPages

    def as_fields(self) -> dict[str, Any]:
        """Each part by its name, for a dataclass that adds to them."""
        return {part.name: getattr(self, part.name) for part in fields(WindowParts)}


def make_window_parts(
    window: QWidget,
    history: History,
    client: "StudioClient",
    preferences: Preferences,
    model: Callable[[], ModelSummary | None],
    actions: Callable[[], Actions],
    keys: Callable[[], KeyMap],
) -> WindowParts:
    """Make all parts.

    Args:
        window: Their parent.
        history: The document and its undo steps.
        client: The door to the engine.
        preferences: What the person prefers.
        model: The open model, or None.
        actions: The commands, which are made later.
        keys: Which keys call them, made later too.
    """
    canvas = Canvas()
    canvas.view.set_smooth(preferences.now.smooth)
    toasts = ToastStack(canvas, canvas.picture_rect)
    strip = Strip(history, client.previews.want_thumb)
    left = DirectionsColumn(history, client)
    region = RegionWork(history, client, left.board, canvas, window)
    opening = Opening(client, preferences, window)
    LatentsOffer(history, client, window)
    photos = UsedPhotos(history, client, window)
    compare = Compare(history, client, canvas, photos, window)
    SpaceToPan(canvas, canvas.view.set_panning)
    edits = EditCommands(
        window,
        EditParts(history, client, canvas, strip, toasts, preferences, left.board, opening, model),
    )
    settings = SettingsPages(client, preferences, keys, window)
    finder = Finder(
        window,
        FinderParts(
            history=history,
            board=left.board,
            toasts=toasts,
            actions=actions,
            reveal=left.panel.reveal,
            recall=edits.recall,
            set_seed=edits.set_seed,
            change_keys=settings.open_keys,
            model_open=lambda: model() is not None,
        ),
    )
    example = ExampleWork(history, client, window)
    variations = VariationWork(history, client, left.board, edits.snapshot_name, window)
    recent = lambda: preferences.now.recent_models  # noqa: E731
    folders = lambda: preferences.now.preset_folders  # noqa: E731
    asks = PresetActions(window, history, client, toasts, folders, preferences.watch_presets)
    save_card = SaveCard(canvas, SaveParts(left.board, client, preferences))
    import_card = ImportCard(canvas, history, client)
    for card in (save_card, import_card):
        toasts.beside.append(card)
        card.moved.connect(toasts.place)
    asks.save_preset = lambda: save_card.open(left.chosen_ids(), look=left.has_edits())
    presets = PresetsPanel(client, asks, folders, ForeignPresets(window, client))
    batch = Batch(window, history, client, preferences)
    batch.looks, batch.list_anew, asks.draw_many = presets.looks, presets.refresh, batch.ask_for
    photo = PhotoPanel(history, client, photos)
    projects = ProjectCommands(window, history, client, preferences, model)
    return WindowParts(
        canvas=canvas,
        toasts=toasts,
        strip=strip,
        left=left,
        discover=DiscoverPanel(left.board, client),
        photo=photo,
        region=region,
        region_panel=RegionPanel(region),
        status=StatusBar(),
        opening=opening,
        dropped=DroppedFiles(opening, client, projects.open_picture, window),
        snap=SnapBack(history, client, window),
        compare=compare,
        hold=HoldKey(compare.hold, window),
        edits=edits,
        finder=finder,
        library=Library(client, recent, opening.open, opening.ask, toasts, window),
        presets=presets,
        save_card=save_card,
        import_card=import_card,
        projects=projects,
        batch=batch,
        walks=WalkOpener(history, client, left.board, window),
        variations=variations,
        variations_page=VariationsPage(variations, canvas),
        settings=settings,
        example=example,
        example_page=ExamplePage(example, canvas),
        example_panel=ExamplePanel(example, left.board),
        sheet=SheetPage(left.board, canvas),
        breed=BreedPage(history, client, canvas, strip.model, strip.thumbs, edits.snapshot_name),
    )
