"""Options of a method fitted to a model and a device: limits, choices and defaults that suit them.

Each method has a `fit` made of these pieces, and the window's form and the command line both
start from what it gives, so that the same run has the same numbers in both.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any

from latentstudio.core.options import OptionInfo
from latentstudio.core.spaces import GeneratorInfo

CPU_STEPS = 1000
"""Most steps that a run takes by itself on a processor; the published numbers are for a GPU."""


@dataclass(frozen=True, slots=True)
class Setting:
    """What options are fitted to.

    Attributes:
        info: Facts of the model.
        device: ``cpu``, ``cuda`` or ``mps``.
        chosen: What was chosen already, as text by name; other defaults may depend on it.
    """

    info: GeneratorInfo
    device: str = "cpu"
    chosen: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))


Fields = tuple[OptionInfo, ...]
Fit = Callable[[Fields, Setting], Fields]


def unfitted(fields: Fields, _: Setting) -> Fields:
    """The options as they are declared."""
    return fields


def change(fields: Fields, name: str, **changes: Any) -> Fields:
    """One option with other limits, choices or default; those of other names as they are."""
    return tuple(replace(f, **changes) if f.name == name else f for f in fields)


def find(fields: Fields, name: str) -> OptionInfo:
    """The option of this name."""
    return next(f for f in fields if f.name == name)


def at_most_dim(fields: Fields, setting: Setting) -> Fields:
    """No more directions than the model's codes have dimensions."""
    count, dim = find(fields, "count"), setting.info.code_dim
    most = int(min(count.high or dim, dim))
    return change(fields, "count", high=most, default=min(count.default, most))


def steps(fields: Fields, setting: Setting) -> Fields:
    """Fewer steps on a processor."""
    if setting.device != "cpu":
        return fields
    return change(fields, "steps", default=min(find(fields, "steps").default, CPU_STEPS))


def spaces(fields: Fields, setting: Setting) -> Fields:
    """Only the spaces that the model has."""
    here = (c for c in find(fields, "space").choices if c == "auto" or c in setting.info.spaces)
    return change(fields, "space", choices=tuple(here))
