"""Palette and style sheet, filled from the tokens."""

from functools import cache
from string import Template

from PySide6.QtGui import QColor, QPalette

from latentstudio.core.paths import resources_dir
from latentstudio.ui.theme.tokens import Tokens

_R = QPalette.ColorRole
_ROLES: dict[QPalette.ColorRole, str] = {
    _R.Window: "panel",
    _R.WindowText: "tx",
    _R.Base: "field",
    _R.AlternateBase: "raised",
    _R.Text: "tx",
    _R.PlaceholderText: "tx3",
    _R.Button: "ctl",
    _R.ButtonText: "tx",
    _R.BrightText: "bad",
    _R.Light: "ctlh",
    _R.Midlight: "ctl",
    _R.Mid: "line2",
    _R.Dark: "line",
    _R.Shadow: "canvas",
    _R.ToolTipBase: "raised",
    _R.ToolTipText: "tx",
    _R.Highlight: "accbg",
    _R.HighlightedText: "tx",
    _R.Link: "acc",
    _R.LinkVisited: "acc",
    _R.Accent: "acc",
}


def palette(tokens: Tokens) -> QPalette:
    """The palette that Fusion draws with; disabled text at 55 %."""
    made = QPalette()
    for role, token in _ROLES.items():
        made.setColor(role, tokens.color(token))
    for role in (_R.WindowText, _R.Text, _R.ButtonText):
        made.setColor(QPalette.ColorGroup.Disabled, role, tokens.color("tx2", 0.55))
    return made


def style_sheet(tokens: Tokens, scale: float) -> str:
    """The one style sheet of the application at a text scale of 1.0 to 1.5."""
    dark = tokens.look == "dark"
    derived = {
        "look": tokens.look,
        "arrows": (resources_dir() / "theme").as_posix(),
        "tx255": tokens.color("tx2", 0.55).name(QColor.NameFormat.HexArgb),
        # White buttons on white need an outline; grey ones on black do not.
        "outline": "transparent" if dark else tokens.line2,
        "chosen": tokens.ctlh if dark else tokens.ctl,
        "h24": str(round(24 * scale)),
    }
    return Template(_source()).substitute(tokens.roles() | derived)


@cache
def _source() -> str:
    return (resources_dir() / "theme" / "studio.qss").read_text(encoding="utf-8")
