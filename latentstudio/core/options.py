"""Options of a method, declared once as a frozen dataclass.

From the fields come the form in the window, the ``--option key=value`` of the command line,
the limits, and the record kept with every direction.
"""

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar, get_type_hints

from latentstudio.core.errors import OptionError

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class OptionInfo:
    """What a form or a flag needs to know about one field."""

    name: str
    type: type
    default: Any
    label: str
    help: str
    low: float | None
    high: float | None
    unit: str
    choices: tuple[str, ...]
    advanced: bool


def option(
    default: Any,
    label: str,
    help: str,
    *,
    low: float | None = None,
    high: float | None = None,
    unit: str = "",
    choices: Sequence[str] = (),
    advanced: bool = False,
) -> Any:
    """Declare one field of an options dataclass: default, artist's words, limits, unit."""
    info = {
        "label": label,
        "help": help,
        "low": low,
        "high": high,
        "unit": unit,
        "choices": tuple(choices),
        "advanced": advanced,
    }
    return field(default=default, metadata=info)


def describe(options: type) -> list[OptionInfo]:
    """The fields of an options dataclass, in order."""
    hints = get_type_hints(options)
    return [
        OptionInfo(name=f.name, type=hints[f.name], default=f.default, **f.metadata)
        for f in dataclasses.fields(options)
    ]


def check(options: T) -> T:
    """Check every field against its limits and give the options back.

    Raises:
        OptionError: A value is outside its range or not among its choices.
    """
    for info in describe(type(options)):
        value = getattr(options, info.name)
        if info.choices and value not in info.choices:
            allowed = ", ".join(info.choices)
            raise OptionError(f"{info.name} can't be '{value}'. Choose one of: {allowed}.")
        too_low = info.low is not None and value < info.low
        too_high = info.high is not None and value > info.high
        # A NaN is neither below nor above, so ask for it by name.
        if too_low or too_high or value != value:
            raise OptionError(f"{info.name} can't be {value}. {_range(info)}")
    return options


def parse(options: type[T], pairs: Sequence[str], **given: Any) -> T:
    """Build options from ``key=value`` texts over the defaults; `given` wins where not None.

    Raises:
        OptionError: Unknown key, a value of the wrong type, or one outside its range.
    """
    known = {info.name: info for info in describe(options)}
    values = {key: value for key, value in given.items() if value is not None and key in known}
    for pair in pairs:
        key, equals, text = pair.partition("=")
        key = key.strip().replace("-", "_")
        if key in known and not equals:
            raise OptionError(f"{key} has no value. Write it as {key}={known[key].default}.")
        if key not in known:
            names = ", ".join(known)
            raise OptionError(f"'{pair}' isn't an option of this method. It knows: {names}.")
        values[key] = _convert(known[key], text.strip())
    return check(options(**values))


def as_record(options: Any) -> Mapping[str, Any]:
    """Options as plain values, for provenance and presets."""
    return dataclasses.asdict(options)


def _convert(info: OptionInfo, text: str) -> Any:
    if info.type is bool:
        words = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}
        if text.lower() not in words:
            raise OptionError(f"{info.name} is yes or no, not '{text}'.")
        return words[text.lower()]
    try:
        return info.type(text)
    except ValueError:
        kind = {int: "a whole number", float: "a number"}.get(info.type, info.type.__name__)
        raise OptionError(f"{info.name} is {kind}, not '{text}'.") from None


def _range(info: OptionInfo) -> str:
    low, high = ("" if limit is None else _words(limit) for limit in (info.low, info.high))
    if low and high:
        return f"It goes from {low} to {high}."
    return f"It starts at {low}." if low else f"At most {high}."


def _words(limit: float) -> str:
    """A limit as a person writes it: 10,000,000 and 0.25."""
    return f"{limit:,.0f}" if limit % 1 == 0 else f"{limit:g}"
