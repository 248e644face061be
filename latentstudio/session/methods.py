"""Discovery methods as forms: their options, fitted to the open model."""

from dataclasses import replace
from typing import Any

from latentstudio.core.options import OptionInfo, describe
from latentstudio.core.spaces import GeneratorInfo
from latentstudio.discovery.dp_lase import usual_apart
from latentstudio.discovery.features import layers_of
from latentstudio.discovery.registry import METHODS, Method, needs_met
from latentstudio.session.messages import MethodForm

CPU_STEPS = 1000
"""Steps that a run is offered on a CPU; the published numbers are for a GPU."""
_AT_MOST_DIM = ("sefa", "ganspace", "dp-lase")


def forms(info: GeneratorInfo, on_cpu: bool) -> tuple[MethodForm, ...]:
    """All methods, those that can't run included."""
    return tuple(_form(m, info, on_cpu) for m in METHODS.values())


def _form(method: Method, info: GeneratorInfo, on_cpu: bool) -> MethodForm:
    fields = tuple(_fitted(f, method.id, info, on_cpu) for f in describe(method.options))
    return MethodForm(
        id=method.id,
        title=method.title,
        help=method.help,
        fields=fields,
        missing=needs_met(method, info) or "",
        learns=any(f.name == "steps" for f in fields),
        of_direction=method.of_direction,
    )


def _fitted(field: OptionInfo, method: str, info: GeneratorInfo, on_cpu: bool) -> OptionInfo:
    """One option with the limits, choices and default that suit this model."""
    changes: dict[str, Any] = {}
    if field.name == "count" and method in _AT_MOST_DIM:
        most = min(field.high or info.code_dim, info.code_dim)
        changes = {"high": most, "default": min(field.default, int(most))}
    elif field.name == "steps" and on_cpu:
        changes = {"default": min(field.default, CPU_STEPS)}
    elif field.name == "space":
        here = tuple(c for c in field.choices if c == "auto" or c in info.spaces)
        changes = {"choices": here}
    elif field.name == "layer":
        changes = {"choices": ("auto", *(layers_of(info) if method == "dp-lase" else info.taps))}
    elif field.name == "tap":
        changes = {"choices": (field.default, *info.taps)}
    elif field.name == "apart":
        changes = {"default": usual_apart(info, "auto")}
    return replace(field, **changes)
