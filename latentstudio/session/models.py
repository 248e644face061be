"""Opening a model by file or by name."""

from collections.abc import Sequence

from latentstudio.core.errors import OptionError
from latentstudio.core.options import as_record, parse
from latentstudio.core.progress import Job
from latentstudio.engine.device import choose_device
from latentstudio.engine.generator import Generator, HasChoices
from latentstudio.generators.builtin import find_model
from latentstudio.generators.registry import open_generator
from latentstudio.plugin_host.host import PluginHost

PLUGINS = PluginHost()
"""The plugins of this process; like the table of families there is one."""


def open_model(ref: str, device: str = "auto") -> Job[Generator]:
    """Open a file, a folder, or a built-in or installed name.

    Plugins are imported when a file is of no family that is known without them.

    Raises:
        CheckpointError: There is no such model, or its file can't be read.
        PluginError: The plugin that knows its family failed.
    """
    return open_generator(find_model(ref), choose_device(device), PLUGINS.load_allowed)


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
