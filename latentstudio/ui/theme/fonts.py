"""Inter at the sizes of the design, with figures of one width."""

from functools import cache
from typing import Literal

from PySide6.QtGui import QFont, QFontDatabase

from latentstudio.core.paths import resources_dir

FontRole = Literal[
    "heading", "verdict", "title", "body", "strong", "control", "label", "caption", "mark"
]

_W = QFont.Weight
_SIZES: dict[str, tuple[int, QFont.Weight]] = {
    "heading": (20, _W.DemiBold),
    "verdict": (15, _W.DemiBold),
    "title": (13, _W.DemiBold),
    "body": (13, _W.Normal),
    "strong": (13, _W.Medium),
    "control": (12, _W.Medium),
    "label": (12, _W.Normal),
    "caption": (11, _W.Normal),
    "mark": (11, _W.Medium),
}


@cache
def load_fonts() -> str:
    """Make the bundled Inter known to Qt and give its family name.

    Where the files are missing Qt falls back to the system's own sans serif.
    """
    families: list[str] = []
    for path in sorted((resources_dir() / "fonts").glob("*.ttf")):
        number = QFontDatabase.addApplicationFont(str(path))
        families += QFontDatabase.applicationFontFamilies(number) if number >= 0 else []
    return "Inter" if "Inter" in families else QFont().family()


def font(role: FontRole, scale: float = 1.0) -> QFont:
    """The font of a role; `scale` is the text scale, 1.0 to 1.5."""
    pixels, weight = _SIZES[role]
    made = QFont(load_fonts())
    made.setPixelSize(round(pixels * scale))
    made.setWeight(weight)
    made.setFeature(QFont.Tag("tnum"), 1)
    # Screen fonts this small are sharper unhinted horizontally, and measure alike everywhere.
    made.setHintingPreference(QFont.HintingPreference.PreferNoHinting)
    return made
