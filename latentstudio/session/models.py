"""Opening a model by file or by name."""

from collections.abc import Callable, Sequence
from pathlib import Path

from latentstudio.core.errors import CheckpointError, OptionError, UnknownModelError
from latentstudio.core.options import as_record, parse
from latentstudio.core.progress import Job
from latentstudio.engine.device import choose_device
from latentstudio.engine.generator import Generator, HasChoices
from latentstudio.generators.builtin import builtin_models, find_model
from latentstudio.generators.registry import open_generator
from latentstudio.plugin_host.host import PluginHost, PluginStatus
from latentstudio.session.catalogue import catalogue

PLUGINS = PluginHost()
"""The plugins of this process; like the table of families there is one."""


def open_model(
    ref: str, device: str = "auto", tell: Callable[[str, str], object] = lambda label, seen: None
) -> Job[Generator]:
    """Open a file, a folder, or a built-in or installed name.

    Plugins that bring families are imported when a file is of no family that is known without
    them; those that bring methods, before anybody can ask for one.

    Args:
        ref: What to open.
        device: Where it is to compute; see `choose_device`.
        tell: Told what was recognised, and by which tensors.

    Raises:
        CheckpointError: There is no such model, or its file can't be read.
        UnknownModelError: No family knows it; says which plugins were not asked.
        PluginError: The plugin that knows its family failed.
    """
    where = choose_device(device)
    try:
        generator = yield from open_generator(_file(ref), where, PLUGINS.load_allowed, tell)
    except UnknownModelError as error:
        raise UnknownModelError(str(error), hint=not_asked(PLUGINS.statuses())) from error
    yield from PLUGINS.load_allowed("methods")
    return generator


def not_asked(plugins: Sequence[PluginStatus]) -> str:
    """Plugins that may know more families and did not run or failed; empty without any."""
    able = [one for one in plugins if "generators" in one.provides]
    waiting = [one.name for one in able if one.state == "ask"]
    idle = [one.name for one in able if one.state in ("off", "broken")]
    count = len(waiting)
    is_are = f"{count} plugin is" if count == 1 else f"{count} plugins are"
    said = [f"{is_are} waiting for your consent ({', '.join(waiting)})"] if waiting else []
    said += [f"{', '.join(idle)} {'is' if len(idle) == 1 else 'are'} not running"] if idle else []
    hint = f"Perhaps a plugin knows it: {'; '.join(said)}." if said else ""
    failed = [one.problem for one in able if one.state == "on" and one.problem]
    return " ".join([*([hint] if hint else []), *failed])


def with_choices(generator: Generator, pairs: Sequence[str]) -> Generator:
    """The model with some of what its file leaves open decided, as ``key=value`` texts.

    Raises:
        OptionError: It leaves nothing open, or not that.
    """
    if not pairs:
        return generator
    if not isinstance(generator, HasChoices):
        raise OptionError("This model's file says everything about it: there is nothing to set.")
    choices = generator.choices
    return generator.with_choices(parse(type(choices), pairs, **as_record(choices)))


def _file(ref: str) -> Path:
    """The file of a name or path; a name that could be installed says how."""
    offered = any(one.name == ref and one.package for one in catalogue())
    if offered and ref not in builtin_models() and not Path(ref).exists():
        raise CheckpointError(f"{ref} is not installed yet. Get it with: models install {ref}")
    return find_model(ref)
