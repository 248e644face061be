"""Discovery methods as forms: their options, fitted to the open model."""

from collections.abc import Mapping

from latentstudio.core.spaces import GeneratorInfo
from latentstudio.discovery.registry import METHODS, Method, needs_met
from latentstudio.discovery.start import fields_for
from latentstudio.engine.early_pictures import is_large
from latentstudio.session.messages import MethodForm


def forms(
    info: GeneratorInfo,
    device: str,
    paces: Mapping[str, float] | None = None,
    picture: float = 0.0,
) -> tuple[MethodForm, ...]:
    """All methods, those that can't run included.

    Args:
        info: Facts of the model.
        device: What it computes on: ``cpu``, ``cuda`` or ``mps``.
        paces: Measured seconds for one step or sample here, by method.
        picture: Seconds that one picture takes here, 0 where it is not known.
    """
    known = paces or {}
    if is_large(info):
        picture = 0.0  # small ones are read early, and what part of it that takes isn't known
    return tuple(
        _form(m, info, device, known.get(m.id) or m.pictures * picture) for m in METHODS.values()
    )


def _form(method: Method, info: GeneratorInfo, device: str, pace: float) -> MethodForm:
    fields = fields_for(method, info, device)
    return MethodForm(
        id=method.id,
        title=method.title,
        finds=method.finds or method.title,
        help=method.help,
        fields=fields,
        missing=needs_met(method, info) or "",
        learns=any(f.name == "steps" for f in fields),
        of_direction=method.of_direction,
        pace=pace,
    )
