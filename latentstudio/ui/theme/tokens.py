"""The colours of both looks, read from ``resources/theme/tokens.json``."""

import json
from dataclasses import dataclass, fields
from functools import cache
from typing import Literal

from PySide6.QtGui import QColor

from latentstudio.core.paths import resources_dir

Look = Literal["dark", "light"]


@dataclass(frozen=True, slots=True)
class Tokens:
    """One look. Field names are the roles of the token file; values are ``#rrggbb``.

    `color` gives a role as a `QColor`, with an opacity where something is drawn faint.
    """

    look: Look
    canvas: str
    win: str
    panel: str
    raised: str
    ctl: str
    ctlh: str
    line: str
    line2: str
    edge: str
    tx: str
    tx2: str
    tx3: str
    acc: str
    accbg: str
    onacc: str
    ok: str
    okbg: str
    warn: str
    warnbg: str
    bad: str
    badbg: str
    groove: str
    handle: str
    handle0: str
    band2: str
    hline: str
    bar: str
    hud: str

    @property
    def field(self) -> str:
        """Background of text fields: sunk in the dark look, white in the light one."""
        return self.canvas if self.look == "dark" else self.ctl

    def hex(self, role: str) -> str:
        """A role's ``#rrggbb``. A role nobody defined is a mistake in the program."""
        value = getattr(self, role)
        assert isinstance(value, str)
        return value

    def color(self, role: str, opacity: float = 1.0) -> QColor:
        """A role as a colour; `opacity` from 0 to 1."""
        color = QColor(self.hex(role))
        color.setAlphaF(opacity)
        return color

    def roles(self) -> dict[str, str]:
        """Every role and its value, as the style sheet's template wants them."""
        named = {f.name: self.hex(f.name) for f in fields(self) if f.name != "look"}
        return {**named, "field": self.field}


@cache
def load_tokens(look: Look) -> Tokens:
    """The tokens of one look."""
    text = (resources_dir() / "theme" / "tokens.json").read_text(encoding="utf-8")
    return Tokens(look=look, **{role: both[look] for role, both in json.loads(text).items()})
