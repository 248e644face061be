"""A window with a model, and cards to list."""

import pytest

from latentstudio.core.spaces import Space
from latentstudio.document.direction import ModelKey
from latentstudio.store.preset_cards import DirectionRow, LookRow, PresetCard
from latentstudio.store.preset_library import Listing
from tests.ui.window.conftest import client, settings, starting, window  # noqa: F401

PRINT = "0c3b90b1" * 8
OWN = ModelKey(PRINT, "stylegan2", 64, {"w": 256})
SMILE = DirectionRow("d", "Smile", "linear", Space.W, -4, 4)
EVENING = LookRow("look-1", "Evening", (("Smile", 0.9), ("Hair", -1.0)))


def card(tmp_path, name, **more):
    values = {"model": OWN, "directions": (SMILE,), **more}
    return PresetCard(tmp_path / f"{name}.lpreset", name, **values)


@pytest.fixture
def cards(tmp_path):
    """One of each sort."""
    other = ModelKey("x", "stylegan2", 64, {"w": 256})
    large = ModelKey("y", "stylegan2", 64, {"w": 512})
    return [
        card(tmp_path, "Basics", author="Mira", tags=("Mood", "face"), looks=(EVENING,)),
        card(tmp_path, "Old masters", model=other, shared=True, tags=("mood",), changed=5.0),
        card(tmp_path, "Too large", model=large, starred=True, author="Ada"),
        card(tmp_path, "Broken", directions=(), problem="Broken.lpreset is damaged."),
    ]


@pytest.fixture
def panel(window, client, cards):  # noqa: F811
    """The panel with these cards."""
    window.side.show_panel("presets")
    client.presets.listed.emit(Listing(tuple(cards)))
    return window.parts.presets
