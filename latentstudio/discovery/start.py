"""Starting a discovery method: its options fitted to a model, and what it needs checked."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import msgspec

from latentstudio.core.errors import AbilityError, OptionError
from latentstudio.core.options import as_record, check, parse
from latentstudio.core.progress import Job
from latentstudio.core.spaces import GeneratorInfo
from latentstudio.discovery.dp_lase import DpLaseOptions, usual_apart
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
    options = options_for(method, generator.info, pairs, state)
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


def options_for(
    method: str, info: GeneratorInfo, pairs: Sequence[str], state: RunState | None = None
) -> Any:
    """A method's options: `pairs` over those of an earlier run, or over what suits the model.

    Raises:
        OptionError: Unknown method or option, or a value out of its range.
    """
    chosen = get(method)
    if state is not None and state.method == method:
        return parse(chosen.options, pairs, **as_record(typed(chosen, state.options)))
    options: Any = parse(chosen.options, pairs)
    named = {pair.partition("=")[0].strip() for pair in pairs}
    if isinstance(options, DpLaseOptions) and "apart" not in named:
        options = replace(options, apart=usual_apart(info, options.space))
    return options


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
