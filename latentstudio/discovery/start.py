"""Starting a discovery method: its options fitted to a model, and what it needs checked."""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from latentstudio.core.errors import AbilityError, OptionError
from latentstudio.core.options import as_record, check, describe, parse
from latentstudio.core.progress import Job
from latentstudio.core.spaces import GeneratorInfo
from latentstudio.discovery.fitting import Fields, Setting
from latentstudio.discovery.registry import Method, get, needs_met
from latentstudio.discovery.state import RunState
from latentstudio.document.direction import Direction, DirectionSet
from latentstudio.engine.generator import Generator


def discover(
    generator: Generator,
    method: str,
    pairs: Sequence[str] = (),
    seed: int = 0,
    state: RunState | None = None,
    direction: Direction | None = None,
) -> Job[DirectionSet]:
    """Run one method.

    Args:
        generator: The model.
        method: Registry id, for example ``sefa``.
        pairs: Options as ``key=value`` over the method's defaults; see `options_for`.
        seed: The method's seed.
        state: Where an earlier run was, to go on from there.
        direction: What a method that works on one direction works on.

    Raises:
        OptionError: Unknown method or option, or a state of another run.
        AbilityError: The model lacks what the method needs; the sentence says what.
    """
    chosen = able(method, generator.info)
    options = options_for(method, generator.info, pairs, state, device=generator.device.type)
    if state is not None:
        # Said before the method surveys the space, which takes its time.
        state.check(method, generator.info, options, seed)
    given = {"direction": direction} if chosen.of_direction else {}
    return chosen.discover(generator, options, seed, state, **given)


def able(method: str, info: GeneratorInfo) -> Method:
    """The method of an id, which can run on this model.

    Raises:
        OptionError: There is none.
        AbilityError: The model lacks what the method needs; the sentence says what.
    """
    chosen = get(method)
    missing = needs_met(chosen, info)
    if missing:
        raise AbilityError(missing)
    return chosen


def fields_for(
    method: Method, info: GeneratorInfo, device: str, pairs: Sequence[str] = ()
) -> Fields:
    """A method's options, with limits, choices and defaults that suit a model and a device.

    Args:
        method: Whose.
        info: Facts of the model.
        device: ``cpu``, ``cuda`` or ``mps``.
        pairs: What was chosen already, ``key=value``; other defaults may depend on it.
    """
    split = (pair.partition("=") for pair in pairs)
    chosen = {key.strip(): value.strip() for key, _, value in split}
    return method.fit(tuple(describe(method.options)), Setting(info, device, chosen))


def options_for(
    method: str,
    info: GeneratorInfo,
    pairs: Sequence[str],
    state: RunState | None = None,
    *,
    device: str = "cpu",
) -> Any:
    """A method's options: `pairs` over those of an earlier run, or over what suits the model.

    Raises:
        OptionError: Unknown method or option, or a value out of its range.
    """
    chosen = get(method)
    if state is not None and state.method == method:
        return parse(chosen.options, pairs, **as_record(typed(chosen, state.options)))
    fields = fields_for(chosen, info, device, pairs)
    return parse(chosen.options, pairs, **{f.name: f.default for f in fields})


def typed(method: Method, record: Mapping[str, Any]) -> Any:
    """Options of a run from the disk.

    Raises:
        OptionError: They are not those of this method, or out of range.
    """
    try:
        return check(msgspec.convert(dict(record), method.options))
    except msgspec.ValidationError as error:
        raise OptionError(
            f"This run's options don't fit {method.title}. Start a new run."
        ) from error
