"""Importing a plugin's code, with an end to waiting for it."""

import ctypes
import importlib
import importlib.util
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

from latentstudio.core.errors import PluginError
from latentstudio.core.packages import missing_package
from latentstudio.core.progress import Job, Step
from latentstudio.plugin_host.manifest import Manifest
from latentstudio.plugin_host.output import speaking
from latentstudio.plugin_host.sources import SourceLoader

_LONGEST = 200
_WAIT = 0.02
"""Seconds between two looks at whether a plugin is there."""


def import_plugin(manifest: Manifest, folder: Path) -> ModuleType:
    """Import a plugin's package anew, under a name that nothing else has.

    Raises:
        PluginError: A package that it needs is not installed, or it has no ``__init__.py``.
        BaseException: Whatever its code raises.
    """
    for package in manifest.needs:
        if not _is_there(package.partition(".")[0]):
            raise PluginError(missing_package(f"The plugin {manifest.name} needs", package))
    name = module_name(manifest)
    forget(manifest)
    init = folder / "__init__.py"
    spec = importlib.util.spec_from_file_location(
        name,
        init,
        loader=SourceLoader(name, str(init)),
        submodule_search_locations=[str(folder)],
    )
    if spec is None or spec.loader is None or not init.is_file():
        raise PluginError(f"The plugin {manifest.name} has no __init__.py.")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


def _is_there(package: str) -> bool:
    try:
        return importlib.util.find_spec(package) is not None
    except (ImportError, ValueError):
        return False


def forget(manifest: Manifest) -> None:
    """Drop a plugin's modules, so that the next import reads its files again."""
    name = module_name(manifest)
    for key in [key for key in sys.modules if key == name or key.startswith(f"{name}.")]:
        del sys.modules[key]
    importlib.invalidate_caches()


def module_name(manifest: Manifest) -> str:
    """Name of the plugin's package in this process."""
    return f"latentstudio_plugin_{manifest.id.replace('-', '_')}"


def within(
    seconds: float, work: Callable[[], object], late: str, plugin: str
) -> Job[BaseException | None]:
    """Do `work` on a thread of its own and give up on it after some seconds.

    Args:
        seconds: How long to wait.
        work: What to do.
        late: Sentence for when it took longer.
        plugin: Whose code it is; what it prints goes to the log.

    Returns:
        What `work` raised, if anything.

    Raises:
        PluginError: It took longer; it is asked to end and no longer waited for.
    """
    raised: list[BaseException] = []

    def target() -> None:
        try:
            with speaking(plugin):
                work()
        except BaseException as error:  # noqa: BLE001 - handed to whoever waits
            raised.append(error)

    thread = threading.Thread(target=target, name="plugin", daemon=True)
    thread.start()
    end = time.monotonic() + seconds
    try:
        while thread.is_alive():
            thread.join(_WAIT)
            if time.monotonic() > end:
                raise PluginError(late)
            yield Step(0.0)
    finally:
        if thread.is_alive():
            raise_in(thread.ident or 0, SystemExit)  # an endless loop slows the rest down
    return raised[0] if raised else None


def reason(error: BaseException) -> str:
    """What went wrong, in one line: the kind of error and its first line."""
    try:
        text = str(error).strip().splitlines()
    except Exception:  # noqa: BLE001 - an error whose text fails is still an error
        text = []
    kind = type(error).__name__
    return f"{kind}: {text[0][:_LONGEST]}" if text else kind


def raise_in(ident: int, kind: type[BaseException]) -> None:
    """Raise an error in a thread, at its next step in Python's code."""
    ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(ident), ctypes.py_object(kind))
