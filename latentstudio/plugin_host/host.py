"""Switches plugins on and off. One that fails is named, and nothing of it remains."""

import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from latentstudio.core import paths
from latentstudio.core.errors import LatentStudioError, PluginError
from latentstudio.core.progress import Job, Step
from latentstudio.plugin_host import consent
from latentstudio.plugin_host.loading import forget, import_plugin, within
from latentstudio.plugin_host.manifest import Found, Kind, Manifest, find_plugins

if TYPE_CHECKING:
    from latentstudio.plugin_host.api import PluginApi

DEADLINE = 20.0
"""Seconds a plugin may take to be imported and to register."""

State = Literal["on", "allowed", "off", "ask", "broken"]
"""Running; runs when it is needed; switched off; waits for consent; named with its problem."""


@dataclass(frozen=True, slots=True)
class PluginStatus:
    """A plugin as the panel and the command line show it.

    Attributes:
        id: Of its manifest, or its folder's name.
        name: On screen.
        version: Its own.
        description: One sentence.
        provides: Kinds of things it registers.
        folder: Where it is.
        shipped: Whether it came with the program.
        state: See `State`.
        problem: What went wrong, one sentence, or empty.
    """

    id: str
    name: str
    version: str
    description: str
    provides: tuple[str, ...]
    folder: str
    shipped: bool
    state: State
    problem: str = ""


class PluginHost:
    """The plugins of this process. Its jobs run on any thread, one at a time.

    Args:
        deadline: Seconds a plugin may take to start.
    """

    def __init__(self, deadline: float = DEADLINE) -> None:
        self._deadline = deadline
        self._active: dict[str, PluginApi] = {}
        self._problems: dict[str, str] = {}
        self._lock = threading.RLock()

    def statuses(self) -> list[PluginStatus]:
        """All plugins; reads manifests only."""
        choices = consent.load()
        return [self._status(found, choices) for found in _find()]

    def load_allowed(self, kind: Kind | None = None) -> Job[None]:
        """Start all that are allowed and not running; one that fails is only remembered.

        Args:
            kind: Only those that bring this kind of thing; all by default.
        """
        choices = consent.load()
        for found in _find():
            status = self._status(found, choices)
            if status.state == "allowed" and (kind is None or kind in status.provides):
                try:
                    yield from self._start(found)
                except LatentStudioError as error:
                    self._problems[found.id] = error.sentence()

    def enable(self, id: str) -> Job[None]:
        """Allow a plugin as it is now, and start it.

        Raises:
            PluginError: There is none, or it failed.
            FileError: The choice can't be kept.
        """
        found = _known(id)
        content = "" if found.shipped else consent.content_of(found.folder)
        consent.save(consent.load().with_allowed(id, content))
        self._problems.pop(id, None)
        if id not in self._active:
            try:
                yield from self._start(found)
            except LatentStudioError as error:
                self._problems[id] = error.sentence()
                raise

    def disable(self, id: str) -> None:
        """Take back what a plugin registered, and keep it off.

        Raises:
            PluginError: There is none.
            FileError: The choice can't be kept.
        """
        found = _known(id)
        consent.save(consent.load().with_off(id))
        self._stop(found)

    def reload(self, id: str) -> Job[None]:
        """Start a plugin again from its files; asking for it allows them as they are now.

        Raises:
            PluginError: There is none, or it failed.
        """
        self._stop(_known(id))
        yield from self.enable(id)

    def start_folder(self, found: Found) -> Job[None]:
        """Start a plugin from anywhere, for a check; nothing is kept.

        Raises:
            PluginError: It failed.
        """
        if found.manifest is None:
            raise PluginError(found.problem)
        yield from self._start(found)

    def stop_all(self) -> None:
        """Take everything back."""
        with self._lock:
            while self._active:
                self._active.popitem()[1].release()
            self._problems.clear()

    def _start(self, found: Found) -> Job[None]:
        from latentstudio.plugin_host.api import PluginApi

        manifest = found.manifest
        assert manifest is not None
        yield Step(0.0, f"Starting the plugin {manifest.name}")
        api = PluginApi(manifest, found.shipped, lambda text: self._remember(manifest.id, text))
        late = (
            f"The plugin {manifest.name} did not start within {self._deadline:g} seconds. "
            "It was given up on and stays off."
        )
        try:
            error = yield from within(self._deadline, lambda: _activate(found, api), late)
            if error is not None:
                raise _blame(manifest, error) from error
        except BaseException:  # being cancelled included
            api.release()
            raise
        with self._lock:
            self._active[manifest.id] = api

    def _stop(self, found: Found) -> None:
        with self._lock:
            api = self._active.pop(found.id, None)
            self._problems.pop(found.id, None)
        if api is not None:
            api.release()
        if found.manifest is not None:
            forget(found.manifest)

    def _remember(self, id: str, text: str) -> None:
        self._problems[id] = text

    def _status(self, found: Found, choices: consent.Choices) -> PluginStatus:
        manifest = found.manifest
        if manifest is None:
            folder = str(found.folder)
            return PluginStatus(
                found.id, found.id, "", "", (), folder, found.shipped, "broken", found.problem
            )
        state, problem = self._state(found, choices)
        return PluginStatus(
            manifest.id,
            manifest.name,
            manifest.version,
            manifest.description,
            manifest.provides,
            str(found.folder),
            found.shipped,
            state,
            self._problems.get(found.id, problem),
        )

    def _state(self, found: Found, choices: consent.Choices) -> tuple[State, str]:
        if found.id in self._active:
            return "on", ""
        if found.id in choices.off:
            return "off", ""
        if found.id in self._problems:
            return "broken", ""
        return ("allowed", "") if found.shipped else _allowed(found, choices)


def _allowed(found: Found, choices: consent.Choices) -> tuple[State, str]:
    """A user's plugin runs only as it was when the user said yes."""
    if found.id not in choices.allowed:
        return "ask", "Not allowed yet: a plugin is a program and can do what you can."
    try:
        content = consent.content_of(found.folder)
    except PluginError as error:
        return "broken", str(error)
    if content != choices.allowed[found.id]:
        return "ask", "It was changed since you allowed it."
    return "allowed", ""


def _find() -> list[Found]:
    return find_plugins(paths.shipped_plugins_dir(), paths.user_plugins_dir())


def _known(id: str) -> Found:
    found = {one.id: one for one in _find()}
    if id not in found:
        known = ", ".join(found) or "none"
        raise PluginError(f"There is no plugin '{id}'. Known: {known}.")
    if found[id].manifest is None:
        raise PluginError(found[id].problem)
    return found[id]


def _activate(found: Found, api: "PluginApi") -> None:
    manifest = found.manifest
    assert manifest is not None
    module = import_plugin(manifest, found.folder)
    activate = getattr(module, "activate", None)
    if not callable(activate):
        raise PluginError(f"The plugin {manifest.name} has no function activate(api).")
    activate(api)
    api.finish()


def _blame(manifest: Manifest, error: BaseException) -> LatentStudioError:
    from latentstudio.plugin_host.guard import reason

    if isinstance(error, LatentStudioError):
        return error
    return PluginError(f"The plugin {manifest.name} could not be started ({reason(error)}).")
