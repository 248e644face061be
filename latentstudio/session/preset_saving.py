"""Directions and looks of a document become a preset, with strips of the picture it shows."""

from dataclasses import replace
from pathlib import Path

from latentstudio.core.errors import FileError, OptionError
from latentstudio.core.file_names import free_paths
from latentstudio.core.files import new_path
from latentstudio.core.progress import Job, Step
from latentstudio.document.assets import Assets
from latentstudio.document.direction import Direction, DirectionSet
from latentstudio.document.looks import Look, look_of
from latentstudio.document.state import Document, Picture
from latentstudio.exchange.presets import write_preset
from latentstudio.exchange.presets.sources import ENDING
from latentstudio.exchange.previews import write_with_previews
from latentstudio.exchange.sharing import edited_directions, with_masks, without_masks
from latentstudio.render import bands
from latentstudio.render.renderer import Renderer
from latentstudio.session.preset_messages import Draft
from latentstudio.store import cache
from latentstudio.store.preset_cards import USEFUL
from latentstudio.store.preset_library import home


def drafted(found: DirectionSet, doc: Document, draft: Draft, assets: Assets) -> DirectionSet:
    """The set that a draft asks for.

    Args:
        found: All directions of the open model.
        doc: What is to be saved of it.
        draft: What a person chose.
        assets: Where masks are looked up.

    Raises:
        OptionError: Nothing is chosen.
        MissingAssetError: The mask of an edit is lost.
    """
    edits = doc.picture.edits if draft.look else ()
    ids = list(dict.fromkeys((*draft.ids, *(edit.direction for edit in edits))))
    left = edited_directions(found, doc, ids)
    there = {one.id for one in left.directions}
    looks: tuple[Look, ...] = ()
    if draft.look:
        if not edits:
            raise OptionError("There is no look to save. Move a slider first.")
        look = look_of(doc.picture, _free_id(there), draft.name)
        known = tuple(edit for edit in look.edits if edit.direction in there)
        looks = (replace(look, edits=known),)
    told = replace(
        left,
        name=draft.name,
        author=draft.author,
        licence=draft.licence,
        notes=draft.notes,
        tags=draft.tags,
        looks=looks,
        masks={},
    )
    return with_masks(told, assets) if draft.masks else without_masks(told)


def with_useful_ranges(renderer: Renderer, found: DirectionSet, shown: Picture) -> DirectionSet:
    """The set with the amounts of each direction that keep a picture on the shell.

    Args:
        renderer: Knows the directions, and the density where it has been measured.
        found: The set.
        shown: The picture, without edits.
    """

    def ranged(one: Direction) -> Direction:
        band = bands.band(renderer, shown, one.id)
        if band.shell is None:
            return one
        useful = [round(float(end), 4) for end in band.shell]
        return replace(one, measured={**one.measured, USEFUL: useful})

    if renderer.density(shown) is None:
        return found
    return replace(found, directions=tuple(map(ranged, found.directions)))


def save(
    renderer: Renderer,
    found: DirectionSet,
    shown: Picture,
    place: Path,
    report: cache.Report,
) -> Job[Path]:
    """Write a preset, with its strips as soon as they are made.

    Args:
        renderer: Of the open model.
        found: From `drafted`.
        shown: The picture that strips show, without its edits.
        place: A file to be replaced, or a folder in which it gets a file of its own.
        report: Told if there is no room for the strips.

    Returns:
        The file.

    Raises:
        FileError: The folder can't be written to.
        ResourceError: The disk is full.
        PresetError: Directions that can't be kept.
    """
    yield Step(0.0, "Measuring useful ranges")
    own = found.directions
    renderer.directions = {**renderer.directions, **{one.id: one for one in own}}
    found = with_useful_ranges(renderer, found, shown.original())
    yield Step(0.1, "Writing")
    path = place if place.suffix.lower() == ENDING else write_new(found, place)
    yield from write_with_previews(
        renderer.generator, found, path, report, shown, renderer.coarse, renderer.assets
    )
    return path


def write_new(found: DirectionSet, folder: Path) -> Path:
    """Write a preset under its name, or where that is taken under the next that is free.

    Raises:
        FileError: The folder can't be written to.
        ResourceError: The disk is full.
        PresetError: Directions that can't be kept.
    """
    if folder != home() and not folder.is_dir():
        raise FileError(
            f"The folder {folder.name or folder} is not reachable: nothing was saved. Save to "
            "your library instead."
        )
    became: list[Path] = []
    with new_path(free_paths(folder, found.name, ENDING), became.append) as temporary:
        write_preset(found, temporary)
    return became[0]


def _free_id(taken: set[str]) -> str:
    numbers = range(1, len(taken) + 2)
    return next(f"look-{n}" for n in numbers if f"look-{n}" not in taken)
