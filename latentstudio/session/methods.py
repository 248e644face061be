"""Discovery methods as forms: their options, fitted to the open model."""

from latentstudio.core.spaces import GeneratorInfo
from latentstudio.discovery.registry import METHODS, Method, needs_met
from latentstudio.discovery.start import fields_for
from latentstudio.session.messages import MethodForm


def forms(info: GeneratorInfo, device: str) -> tuple[MethodForm, ...]:
    """All methods, those that can't run included.

    Args:
        info: Facts of the model.
        device: What it computes on: ``cpu``, ``cuda`` or ``mps``.
    """
    return tuple(_form(m, info, device) for m in METHODS.values())


def _form(method: Method, info: GeneratorInfo, device: str) -> MethodForm:
    fields = fields_for(method, info, device)
    return MethodForm(
        id=method.id,
        title=method.title,
        help=method.help,
        fields=fields,
        missing=needs_met(method, info) or "",
        learns=any(f.name == "steps" for f in fields),
        of_direction=method.of_direction,
    )
