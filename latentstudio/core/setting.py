"""How a setting is declared, once, at its field: what a page, a file and a check need to know."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Annotated, Any, Literal, TypeVar, get_args, get_origin, get_type_hints

import msgspec

from latentstudio.core.options import OptionInfo

T = TypeVar("T", bound=msgspec.Struct)


@dataclass(frozen=True, slots=True)
class Declared:
    """What stands beside a setting's type; see `setting`."""

    label: str
    help: str
    group: str
    low: float | None = None
    high: float | None = None
    words: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    listed: bool = False
    folder: bool = False


@dataclass(frozen=True, slots=True)
class SettingInfo:
    """One setting as a page shows it.

    Attributes:
        option: Name, type, default, title, sentence and limits.
        group: Heading that it stands under.
        words: What its choices are called.
        listed: Its choices are known when the program runs: devices, languages.
        folder: It names a folder.
    """

    option: OptionInfo
    group: str
    words: Mapping[str, str]
    listed: bool
    folder: bool


def setting(
    label: str,
    help: str,
    group: str,
    *,
    low: float | None = None,
    high: float | None = None,
    words: Mapping[str, str] | None = None,
    listed: bool = False,
    folder: bool = False,
) -> Declared:
    """Declare a setting, inside the ``Annotated`` of its type.

    All texts are translated where they are shown.

    Args:
        label: Its title.
        help: One sentence.
        group: Heading that it stands under.
        low: Least value.
        high: Largest value.
        words: What its choices are called.
        listed: Its choices are known when the program runs only.
        folder: It names a folder.
    """
    return Declared(label, help, group, low, high, words or {}, listed, folder)


def declared(settings: type[msgspec.Struct]) -> list[SettingInfo]:
    """The settings that a person can set, in the order of their fields."""
    hints = get_type_hints(settings, include_extras=True)
    defaults = {one.name: one.default for one in msgspec.structs.fields(settings)}
    found = []
    for name, hint in hints.items():
        if get_origin(hint) is not Annotated:
            continue
        kind, said = get_args(hint)[:2]
        if isinstance(said, Declared):
            option = _option(name, kind, defaults[name], said)
            found.append(SettingInfo(option, said.group, said.words, said.listed, said.folder))
    return found


def within_limits(settings: T) -> T:
    """The settings with every number brought into its range."""
    changed: dict[str, Any] = {}
    for info in declared(type(settings)):
        option, value = info.option, getattr(settings, info.option.name)
        if option.low is not None and value < option.low:
            changed[option.name] = option.type(option.low)
        elif option.high is not None and value > option.high:
            changed[option.name] = option.type(option.high)
    return msgspec.structs.replace(settings, **changed)


def _option(name: str, kind: Any, default: Any, said: Declared) -> OptionInfo:
    literal = get_origin(kind) is Literal
    choices: Sequence[str] = get_args(kind) if literal else ()
    return OptionInfo(
        name=name,
        type=str if literal else kind,
        default=default,
        label=said.label,
        help=said.help,
        low=said.low,
        high=said.high,
        unit="",
        choices=tuple(choices),
        advanced=False,
    )
