"""Models to install and plugins to switch: what the window's library asks for."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Signal

from latentstudio.core.progress import Job, Step
from latentstudio.workers.job_list import JobInfo, JobList
from latentstudio.workers.job_thread import JobThread

Run = Callable[[str, Job[Any], Callable[[Any], None], Callable[[Any], None]], int]
"""Submits a quick job to the thread that opens models: title, job, done, failed."""


class LibraryClient(QObject):
    """Downloads on a thread of its own; plugins where models are opened, between the steps.

    Args:
        run: Submits a job to that thread.
        parent: The client that this is part of.
    """

    installed = Signal(str)  # name
    install_failed = Signal(str, str)  # name, sentence; empty when it was cancelled
    plugins_ready = Signal(object)  # [PluginStatus]
    plugin_failed = Signal(str, str)  # id, sentence
    progressed = Signal(str, float)  # name of a model on its way, 0 to 1
    job_changed = Signal(object)  # JobInfo

    def __init__(self, run: Run, parent: QObject) -> None:
        super().__init__(parent)
        self._run = run
        self._thread: JobThread | None = None
        self._jobs: JobList | None = None
        self._names: dict[int, str] = {}

    @property
    def installing(self) -> tuple[str, ...]:
        """Names of the models that are on their way."""
        return tuple(self._names.values())

    def install(self, name: str) -> None:
        """Install a model of the catalogue; nothing happens if it is on its way already."""
        if name in self._names.values():
            return

        def job() -> Job[Path]:
            yield Step(0.0, "Waiting")
            from latentstudio.session.catalogue import entry
            from latentstudio.session.installing import install

            return (yield from install(entry(name)))

        self._names[self._list().submit(f"Installing {name}", job())] = name

    def cancel_install(self, name: str) -> None:
        """Stop an installation; nothing of it remains."""
        for ticket, other in self._names.items():
            if other == name:
                self.cancel(ticket)

    def want_plugins(self) -> None:
        """Ask for all plugins; their manifests are read, nothing is run."""
        self._plugins("Looking for plugins", _nothing)

    def enable_plugin(self, id: str) -> None:
        """Allow a plugin as it is now, and start it."""
        self._plugins(f"Starting the plugin {id}", lambda host: host.enable(id), id)

    def disable_plugin(self, id: str) -> None:
        """Switch a plugin off and take back what it registered."""

        def job(host: Any) -> Job[None]:
            yield Step(0.0)
            host.disable(id)

        self._plugins(f"Stopping the plugin {id}", job, id)

    def reload_plugin(self, id: str) -> None:
        """Start a plugin again from its files."""
        self._plugins(f"Starting the plugin {id}", lambda host: host.reload(id), id)

    def cancel(self, ticket: int) -> None:
        """Stop an installation by its ticket in the list of jobs."""
        if self._jobs is not None:
            self._jobs.cancel(ticket)

    @property
    def threads(self) -> tuple[JobThread, ...]:
        """Those that were needed."""
        return (self._thread,) if self._thread is not None else ()

    def _list(self) -> JobList:
        """Made when first needed: most days nothing is installed."""
        if self._jobs is None:
            self._thread = JobThread("library", parent=self)
            self._jobs = JobList(self._thread)
            self._jobs.changed.connect(self._changed)
            self._jobs.finished.connect(lambda t, _: self.installed.emit(self._names.pop(t)))
            self._jobs.failed.connect(lambda t, s: self.install_failed.emit(self._names.pop(t), s))
            self._jobs.cancelled.connect(lambda t: self.install_failed.emit(self._names.pop(t), ""))
        return self._jobs

    def _changed(self, job: JobInfo) -> None:
        self.job_changed.emit(job)
        if job.ticket in self._names and job.state == "running":
            self.progressed.emit(self._names[job.ticket], job.fraction)

    def _plugins(self, title: str, work: Callable[[Any], Job[None]], id: str = "") -> None:
        def job() -> Job[Any]:
            from latentstudio.session.models import PLUGINS

            yield Step(0.0)
            yield from work(PLUGINS)
            return PLUGINS.statuses()

        def failed(sentence: str) -> None:
            self.plugin_failed.emit(id, sentence)
            if id:
                self.want_plugins()  # it is shown with its problem

        self._run(title, job(), self.plugins_ready.emit, failed)


def _nothing(_host: Any) -> Job[None]:
    yield Step(0.5)
