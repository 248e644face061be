"""Switches plugins on and off. One that fails is named, and nothing of it remains."""

import contextlib
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from latentstudio.core import attempts, paths
from latentstudio.core.errors import LatentStudioError, PluginError
from latentstudio.core.progress import Job, Step
from latentstudio.plugin_host import consent, replaced, sources
from latentstudio.plugin_host.consent import Failure
from latentstudio.plugin_host.loading import forget, import_plugin, reason, within
from latentstudio.plugin_host.manifest import Kind, Manifest, PluginFolder, find_plugins

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
        self.tell: Callable[[str], object] = lambda _: None
        """Told, in a sentence, what a person should hear of a plugin at once."""
        self.advise_restart: Callable[[str, str], object] = lambda _, text: self.tell(text)
        """Told of harm that only a new process mends: the plugin's id, and a sentence."""
        self._deadline = deadline
        self._active: dict[str, PluginApi] = {}
        self._problems: dict[str, str] = {}
        self._lock = threading.RLock()

    def statuses(self) -> list[PluginStatus]:
        """All plugins; reads manifests only."""
        self._note_crashes()
        choices = consent.load()
        return [self._status(found, choices) for found in _find()]

    def load_allowed(self, kind: Kind | None = None) -> Job[None]:
        """Start all that are allowed and not running; one that fails is only remembered.

        Args:
            kind: Only those that bring this kind of thing; all by default.
        """
        self._note_crashes()
        choices = consent.load()
        for found in _find():
            if self._may_start(found, choices) and (
                kind is None or (found.manifest and kind in found.manifest.provides)
            ):
                with contextlib.suppress(LatentStudioError):
                    yield from self._start(found, _content(found, choices.allowed.get(found.id)))

    def enable(self, id: str) -> Job[None]:
        """Allow a plugin as it is now, and start it.

        Raises:
            PluginError: There is none, or it failed.
            FileError: The choice can't be kept.
        """
        self._note_crashes()
        found = _known(id)
        content = None if found.shipped else sources.read_content(found.folder)
        digest = content.digest if content else ""
        consent.change(lambda kept: kept.with_allowed(id, digest))
        self._problems.pop(id, None)
        if id not in self._active:
            yield from self._start(found, content)

    def disable(self, id: str) -> None:
        """Take back what a plugin registered, and keep it off.

        Raises:
            PluginError: There is none.
            FileError: The choice can't be kept.
        """
        found = _known(id)
        consent.change(lambda kept: kept.with_off(id))
        self._stop(found)

    def reload(self, id: str) -> Job[None]:
        """Start a plugin again from its files; asking for it allows them as they are now.

        Raises:
            PluginError: There is none, or it failed.
        """
        self._stop(_known(id))
        yield from self.enable(id)

    def start_folder(self, found: PluginFolder) -> Job[None]:
        """Start a plugin from anywhere, for a check; nothing is kept.

        Raises:
            PluginError: It failed.
        """
        if found.manifest is None:
            raise PluginError(found.problem)
        sources.watch(found.folder, None)
        yield from self._activated(found)

    def stop_all(self) -> None:
        """Take everything back."""
        with self._lock:
            while self._active:
                self._active.popitem()[1].release()
            self._problems.clear()

    def _start(self, found: PluginFolder, content: sources.Content | None) -> Job[None]:
        """Start a plugin as it was allowed, and remember how that went."""
        digest = content.digest if content else ""
        attempt = attempts.begin(attempts.Attempt(kind="plugin", id=found.id, content=digest))
        try:
            sources.watch(found.folder, content)
            yield from self._activated(found)
        except LatentStudioError as error:
            self._problems[found.id] = error.sentence()
            self._keep_failure(found.id, Failure(problem=error.sentence(), content=digest))
            raise
        else:
            self._keep_failure(found.id, None)
        finally:
            attempt.done()

    def _activated(self, found: PluginFolder) -> Job[None]:
        from latentstudio.plugin_host.api import PluginApi

        manifest = found.manifest
        assert manifest is not None
        yield Step(0.0, f"Starting the plugin {manifest.name}")
        api = PluginApi(manifest, found.shipped, lambda text: self._remember(manifest.id, text))
        late = (
            f"The plugin {manifest.name} did not start within {self._deadline:g} seconds. "
            "It was given up on and stays off."
        )
        before = replaced.what_is_there()
        try:
            error = yield from within(
                self._deadline, lambda: _activate(found, api), late, manifest.name
            )
            if error is not None:
                raise _blame(manifest, error) from error
        except BaseException:  # being cancelled included
            api.release()
            raise
        with self._lock:
            self._active[manifest.id] = api
        self._look_for_harm(manifest, before)

    def _look_for_harm(self, manifest: Manifest, before: replaced.Known) -> None:
        """A plugin that replaced what everybody uses is named; only a restart mends that."""
        names = replaced.replaced(before)
        if names:
            self._remember(
                manifest.id,
                f"The plugin {manifest.name} replaced {', '.join(names[:3])}, which all of the "
                "program uses: what comes after it may go wrong. Switch it off and restart "
                "LatentStudio to be rid of that.",
            )
            self.advise_restart(manifest.id, self._problems[manifest.id])

    def _note_crashes(self) -> None:
        """Plugins that ended the program while they started are not started by themselves."""
        for attempt in attempts.unfinished("plugin"):
            problem = (
                f"The plugin {attempt.id} ended the program when it was last started, so it was "
                "left off. Switch it on to try again."
            )
            failure = Failure(problem=problem, content=attempt.content, crashed=True)
            self._keep_failure(attempt.id, failure)
            self.tell(problem)

    def _keep_failure(self, id: str, failure: Failure | None) -> None:
        def changed(kept: consent.Choices) -> consent.Choices:
            return kept.with_failure(id, failure) if failure else kept.without_failure(id)

        with contextlib.suppress(LatentStudioError):  # it is only not known at the next start
            consent.change(changed)

    def _stop(self, found: PluginFolder) -> None:
        with self._lock:
            api = self._active.pop(found.id, None)
            self._problems.pop(found.id, None)
        if api is not None:
            api.release()
        if found.manifest is not None:
            forget(found.manifest)

    def _remember(self, id: str, text: str) -> None:
        self._problems[id] = text

    def _status(self, found: PluginFolder, choices: consent.Choices) -> PluginStatus:
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

    def _state(self, found: PluginFolder, choices: consent.Choices) -> tuple[State, str]:
        if found.id in self._active:
            return "on", ""
        if found.id in choices.off:
            return "off", ""
        if found.id in self._problems:
            return "broken", ""
        allowed: tuple[State, str] = ("allowed", "")
        now = allowed if found.shipped else _allowed(found, choices)
        failed = choices.failed.get(found.id)
        as_it_was = failed and failed.content == choices.allowed.get(found.id, "")
        return ("broken", failed.problem) if now == allowed and failed and as_it_was else now

    def _may_start(self, found: PluginFolder, choices: consent.Choices) -> bool:
        """What only failed in an earlier process is tried again: a package may be there now."""
        status = self._status(found, choices)
        failed = choices.failed.get(found.id)
        if status.state == "broken" and failed and found.id not in self._problems:
            return status.problem == failed.problem and not failed.crashed
        return status.state == "allowed"


def _content(found: PluginFolder, allowed: str | None) -> sources.Content | None:
    """What is in a plugin's folder; what came with the program is not asked about.

    Raises:
        PluginError: It is no longer what was allowed.
    """
    if found.shipped:
        return None
    content = sources.read_content(found.folder)
    if content.digest != allowed:
        raise PluginError(f"The plugin in {found.folder.name} was changed a moment ago.")
    return content


def _allowed(found: PluginFolder, choices: consent.Choices) -> tuple[State, str]:
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


def _find() -> list[PluginFolder]:
    return find_plugins(paths.shipped_plugins_dir(), paths.user_plugins_dir())


def _known(id: str) -> PluginFolder:
    found = {one.id: one for one in _find()}
    if id not in found:
        known = ", ".join(found) or "none"
        raise PluginError(f"There is no plugin '{id}'. Known: {known}.")
    if found[id].manifest is None:
        raise PluginError(found[id].problem)
    return found[id]


def _activate(found: PluginFolder, api: "PluginApi") -> None:
    manifest = found.manifest
    assert manifest is not None
    module = import_plugin(manifest, found.folder)
    activate = getattr(module, "activate", None)
    if not callable(activate):
        raise PluginError(f"The plugin {manifest.name} has no function activate(api).")
    activate(api)
    api.finish()


def _blame(manifest: Manifest, error: BaseException) -> LatentStudioError:
    if isinstance(error, LatentStudioError):
        return error
    return PluginError(f"The plugin {manifest.name} could not be started ({reason(error)}).")
