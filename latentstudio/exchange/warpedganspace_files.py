"""WarpedGANSpace's own experiment folders: ``args.json`` and ``models/support_sets.pt``.

The file of tensors holds SUPPORT_SETS (K, 2N d), ALPHAS (K, 2N) and LOGGAMMA (K, 1). It is read
by torch's reader for weights only, after its size was checked: nothing in it is executed.
"""

import json
import math
import pickle
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from latentstudio.core.errors import FileError, OptionError
from latentstudio.core.files import atomic_path, open_file, read_file, write_bytes
from latentstudio.core.spaces import GeneratorInfo, Prior, Space, SpaceInfo
from latentstudio.discovery.warpedganspace import (
    METHOD,
    WarpedOptions,
    curved_set,
)
from latentstudio.document.direction import CurvedPath, Direction, DirectionSet
from latentstudio.engine.paths import RbfPath
from latentstudio.exchange.presets.sources import ARGS, SETS

MAX_PATHS = 4096
MAX_ARGS = 2**20
MAX_SETS = 4 * 2**30


def import_folder(folder: Path, info: GeneratorInfo) -> DirectionSet:
    """Paths of an experiment folder, for the open model.

    Args:
        folder: Holds ``args.json`` and ``models/support_sets.pt``.
        info: Facts of the model the paths belong to; the folder itself only names its kind.

    Raises:
        FileError: Something is missing or damaged.
        OptionError: The paths don't fit this model.
    """
    args = _read_args(folder / ARGS)
    space = Space.W if args.get("shift_in_w_space") else Space.Z
    if space not in info.spaces:
        raise OptionError("These paths live in W, which this model doesn't have.")
    paths = _paths(_read_sets(folder / SETS), args, info.spaces[space].dim, folder)
    options = WarpedOptions(
        count=len(paths),
        dipoles=len(paths[0].support) // 2,
        space=space.value,
        learn_alphas=bool(args.get("learn_alphas")),
        learn_gammas=bool(args.get("learn_gammas")),
        least=_number(args, "min_shift_magnitude", 0.25),
        most=_number(args, "max_shift_magnitude", 0.45),
    )
    centre = torch.zeros(info.spaces[space].dim)
    measured = [{"gan_type": str(args.get("gan_type", ""))[:100]}]
    found = curved_set(info, options, 0, paths, centre, space=space, measured=measured * len(paths))
    return replace(found, directions=tuple(map(_imported, found.directions)))


def _imported(one: Direction) -> Direction:
    return replace(one, provenance=replace(one.provenance, source="WarpedGANSpace"))


def info_of_folder(folder: Path) -> GeneratorInfo:
    """What a folder itself tells of its model: space, size and kind, but no fingerprint.

    Raises:
        FileError: Something is missing or damaged.
    """
    args = _read_args(folder / ARGS)
    sets = _read_sets(folder / SETS)
    dim, rest = divmod(sets["SUPPORT_SETS"].shape[1], sets["ALPHAS"].shape[1])
    if rest or not dim:
        raise _damaged(folder / SETS)
    kind = str(args.get("gan_type", ""))[:100]
    resolution = args.get("stylegan2_resolution")
    side = resolution if "StyleGAN" in kind and type(resolution) is int else 0
    spaces = {Space.Z: SpaceInfo(dim, 1, Prior.NORMAL)}
    if args.get("shift_in_w_space"):
        spaces[Space.W] = SpaceInfo(dim, 1, Prior.MAPPED)
    return GeneratorInfo(kind, kind, min(max(side, 0), 65_536), 3, 0, 0, "", spaces)


def export_folder(found: DirectionSet, folder: Path) -> None:
    """Write the paths of a set as an experiment folder of that project.

    Raises:
        OptionError: There are no paths, or they differ in size or space.
        FileError: The folder cannot be written to.
        ResourceError: The disk is full.
    """
    curved = [(d, d.payload) for d in found.directions if isinstance(d.payload, CurvedPath)]
    if not curved or len({(d.space, path.support.shape) for d, path in curved}) > 1:
        raise OptionError("Only curved paths of one space and size can be written in this form.")
    if any(len(path.gammas) > 1 for _, path in curved):
        raise OptionError("Paths with more than one width can't be written in this form.")
    paths = [RbfPath.from_arrays(path.arrays) for _, path in curved]
    tensors = {
        "SUPPORT_SETS": torch.stack([path.support.flatten() for path in paths]),
        "ALPHAS": torch.stack([path.alphas for path in paths]),
        "LOGGAMMA": torch.stack([path.gammas.log() for path in paths]),
    }
    first = curved[0][0]
    options = first.provenance.options
    args = {
        "gan_type": found.model.family,
        "z_truncation": None,
        "biggan_target_classes": None,
        "stylegan2_resolution": found.model.resolution,
        "shift_in_w_space": first.space is Space.W,
        "num_support_sets": len(curved),
        "num_support_dipoles": len(paths[0].support) // 2,
        "learn_alphas": bool(options.get("learn_alphas", False)),
        "learn_gammas": bool(options.get("learn_gammas", False)),
        "gamma": paths[0].gammas.mean().item(),
        "reconstructor_type": "LeNet" if options.get("reconstructor") == "lenet" else "ResNet",
        "min_shift_magnitude": float(options.get("least", 0.25)) * first.unit,
        "max_shift_magnitude": float(options.get("most", 0.45)) * first.unit,
    }
    with atomic_path(folder / SETS) as temporary:
        torch.save(tensors, temporary)
    write_bytes(folder / ARGS, json.dumps(args).encode())


def _read_args(path: Path) -> dict[str, Any]:
    try:
        if path.stat().st_size > MAX_ARGS:
            raise _damaged(path)
        args = json.loads(read_file(path))
    except (OSError, ValueError, RecursionError) as error:
        raise _damaged(path) from error
    if not isinstance(args, dict):
        raise _damaged(path)
    return args


def _read_sets(path: Path) -> dict[str, Tensor]:
    try:
        if path.stat().st_size > MAX_SETS:
            raise _damaged(path)
        with open_file(path) as file:
            found = torch.load(file, map_location="cpu", weights_only=True)
    except (OSError, RuntimeError, ValueError, EOFError, KeyError, pickle.UnpicklingError) as error:
        raise _damaged(path) from error
    names = ("SUPPORT_SETS", "ALPHAS", "LOGGAMMA")
    if not isinstance(found, Mapping) or not all(_numbers(found.get(name)) for name in names):
        raise _damaged(path)
    sets = {name: found[name].detach().float() for name in names}
    widths = sets["LOGGAMMA"].exp()
    if not all(bool(one.isfinite().all()) for one in (*sets.values(), widths, 1 / widths)):
        raise _damaged(path)
    return sets


def _numbers(value: Any) -> bool:
    """Whether it is a matrix of numbers, each of which the file really holds."""
    fits = isinstance(value, Tensor) and value.ndim == 2 and value.is_floating_point()
    return fits and value.numel() > 0 and value.is_contiguous()


def _paths(
    sets: Mapping[str, Tensor], args: Mapping[str, Any], dim: int, folder: Path
) -> list[RbfPath]:
    support, alphas, gammas = sets["SUPPORT_SETS"], sets["ALPHAS"], sets["LOGGAMMA"].exp()
    count, points = alphas.shape
    if count > MAX_PATHS:
        raise OptionError(f"This folder holds {count:,} paths; up to {MAX_PATHS:,} can be opened.")
    if len(support) != count or gammas.shape != (count, 1) or support.shape[1] % points:
        raise _damaged(folder / SETS)
    found = support.shape[1] // points
    if found != dim:
        raise OptionError(
            f"These paths were made for a model with {found} dimensions; this one has {dim}."
        )
    if count != args.get("num_support_sets", count):
        raise _damaged(folder / ARGS)
    rows = zip(support.view(count, points, dim), alphas, gammas, strict=True)
    return [RbfPath(s.clone(), a.clone(), g.clone()) for s, a, g in rows]


def _number(args: Mapping[str, Any], name: str, default: float) -> float:
    value = args.get(name)
    good = isinstance(value, int | float) and math.isfinite(value) and value > 0
    return float(value) if good and value is not None else default


def _damaged(path: Path) -> FileError:
    return FileError(
        f"{path.name} is missing or damaged, so this isn't a folder of {METHOD[1]}. Choose the "
        "folder that holds args.json and models."
    )
