"""A project with nothing left at its default."""

from dataclasses import replace

import numpy as np

from latentstudio.core.spaces import Space
from latentstudio.document import commands, region_commands
from latentstudio.document.assets import MemoryAssets
from latentstudio.document.direction import (
    ChannelGroups,
    CurvedPath,
    Direction,
    Linear,
    Local,
    ModelKey,
    Provenance,
)
from latentstudio.document.history import History
from latentstudio.document.start import Latent
from latentstudio.document.state import Document, MaskUse
from latentstudio.exchange.projects import ModelRef
from latentstudio.exchange.projects.project import gathered

KEY = ModelKey("f" * 64, "stylegan2", 64, {"z": 6, "w": 4, "w+": 4})
MODEL = ModelRef("/models/faces.pt", "faces", KEY)
PNG = b"\x89PNG\r\n\x1a\nand so on"


def unit(*shape, seed=0):
    vector = np.random.RandomState(seed).randn(*shape).astype(np.float32)
    return vector / np.linalg.norm(vector)


def directions(mask):
    """One of every kind, and one that nothing uses."""
    support = np.stack([unit(6, seed=n) for n in range(4)])
    ones = np.ones(4, np.float32)
    return (
        Direction("pca-1", "Smile", Space.W, Linear(unit(4, seed=1)), 2.5, -3.0, 4.0, (1, 2),
                  Provenance("ganspace", {"samples": 100}, 7, KEY.fingerprint)),
        Direction("path-1", "Path", Space.Z, CurvedPath(unit(6, seed=2), support, ones, ones)),
        Direction("groups-1", "Groups", Space.W,
                  ChannelGroups(unit(4, seed=3), np.array([0, 1, 1]), "b8.conv0", frozenset({1}))),
        Direction("local-1", "Mouth", Space.W, Local(unit(4, seed=4), mask)),
        Direction("pca-9", "Unused", Space.W, Linear(unit(4, seed=5))),
    )  # fmt: skip


def edited(assets):
    """A history with a mask, a latent, snapshots, something undone, and the mask's digest."""
    mask = assets.put(np.arange(64, dtype=np.uint8).reshape(8, 8))
    codes = assets.put(unit(4, seed=6))
    history = History(Document("/models/faces.pt", KEY.fingerprint))
    do = history.do
    do(commands.set_seed(12))
    do(commands.set_amount("pca-1", 1.5, "Smile"))
    do(commands.keep_snapshot("Smile ☕"))
    do(region_commands.paint_region(mask))
    do(region_commands.set_local_amount("local-1", 2.0, MaskUse(mask, 0.02), "Mouth"))
    do(
        commands.show_picture(
            "recall", replace(history.document.picture, start=Latent(codes, Space.WPLUS))
        )
    )
    do(commands.set_amount("path-1", -1.0))
    do(commands.set_amount("groups-1", 0.25))
    history.undo()
    history.undo()
    return history, mask


def project():
    """A project as the window saves it."""
    assets = MemoryAssets()
    history, mask = edited(assets)
    found = gathered(history.steps(), MODEL, directions(mask), assets)
    return replace(found, preview=PNG, pixels="a" * 64, saved=1_795_862_400.5)
