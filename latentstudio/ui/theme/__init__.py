"""Colours, type and icons: everything that a picture on screen takes from the tokens."""

from latentstudio.ui.theme.fonts import FontRole, font
from latentstudio.ui.theme.icons import icon
from latentstudio.ui.theme.theme import Choice, Theme, set_role, set_tone, theme
from latentstudio.ui.theme.tokens import Tokens, load_tokens

__all__ = [
    "Choice",
    "FontRole",
    "Theme",
    "Tokens",
    "font",
    "icon",
    "load_tokens",
    "set_role",
    "set_tone",
    "theme",
]
