"""Directions from files and folders, brought to the open model and kept for it."""

import re
from dataclasses import replace
from pathlib import Path

from latentstudio.core.errors import FileError, PresetError
from latentstudio.core.spaces import GeneratorInfo
from latentstudio.discovery.warpedganspace_files import import_folder
from latentstudio.document.direction import Direction, DirectionSet, ModelKey
from latentstudio.presets import read_preset, write_preset
from latentstudio.presets.kinds import problem
from latentstudio.presets.sources import ENDING, holds_directions
from latentstudio.session import cache, run_files

_LONGEST = 40


def take(path: Path, info: GeneratorInfo, report: cache.Report = lambda _: None) -> DirectionSet:
    """Read directions for a model, and keep a copy for the next time it opens.

    Args:
        path: A preset, or an experiment folder of WarpedGANSpace.
        info: Facts of the open model.
        report: Told what a person should hear once.

    Raises:
        PresetError: The preset can't be read, or none of its directions fits this model.
        FileError: The folder is damaged, or it is neither.
        OptionError: The folder's paths don't fit this model.
    """
    if not holds_directions(path):
        raise FileError(
            f"{path.name} holds no directions. Choose a preset ({ENDING}) or an experiment folder "
            "of WarpedGANSpace, with args.json and models."
        )
    given = import_folder(path, info) if path.is_dir() else read_preset(path)
    found = _dressed(given, path, info)
    if given.model.fingerprint not in ("", info.fingerprint):
        report("These directions were made for another model. They may do something else here.")
    write_preset(found, folder(info.fingerprint) / f"{_key(path)}{ENDING}")
    return found


def folder(fingerprint: str) -> Path:
    """Where directions that were brought to a model are kept."""
    return cache.folder(fingerprint) / "imported"


def taken_earlier(fingerprint: str, report: cache.Report = lambda _: None) -> list[DirectionSet]:
    """What was brought to a model before."""
    return run_files.presets_in(folder(fingerprint), fingerprint, report)


def _dressed(given: DirectionSet, path: Path, info: GeneratorInfo) -> DirectionSet:
    """The directions that fit, with ids of their own and a group named by their file."""
    dims = {space.value: found.dim for space, found in info.spaces.items()}
    fit = [one for one in given.directions if one.space in info.spaces and not problem(one, dims)]
    if given.directions and not fit:
        wrong = given.directions[0]
        why = problem(wrong, dims) or f"lives in {wrong.space.upper()}, which this one lacks"
        raise PresetError(f"{path.name} was made for another model: {wrong.name} {why}.")
    group = (given.name or path.stem)[:_LONGEST]

    def dress(one: Direction) -> Direction:
        return replace(one, id=f"{_key(path)}-{one.id}", note={**one.note, "group": group})

    return replace(given, model=ModelKey.of(info), directions=tuple(map(dress, fit)))


def _key(path: Path) -> str:
    return "from-" + (re.sub(r"[^\w.-]+", "-", path.stem).strip("-.") or "file")[:_LONGEST]
