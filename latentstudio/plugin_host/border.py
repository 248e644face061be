"""The border to a plugin's code: each call is named, survives whatever it raises, and ends.

A call runs on a helper thread of the thread that asks, which waits for it. So a plugin that
never answers is given up on, whatever it waits for, and its `sys.exit` ends nothing. Signs of
life (stop points of our layers) begin the waiting anew. While derivatives are pushed forward,
which is a matter of one thread, a call stays where it is and is interrupted there.
"""

import contextlib
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from queue import SimpleQueue
from typing import Any, NoReturn, TypeVar

import torch

from latentstudio.core.attempts import note_plugin
from latentstudio.core.errors import LatentStudioError, PluginError
from latentstudio.core.progress import Stopped, asked_here, stoppable
from latentstudio.engine.device import is_out_of_memory
from latentstudio.plugin_host.loading import raise_in, reason
from latentstudio.plugin_host.output import speaking

T = TypeVar("T")

LOOK = 20.0
"""Seconds without a sign of life that a plugin may look at a file."""
READ = 300.0
"""The same for reading a model, building it, or moving it to a GPU."""
STEP = 300.0
"""The same for one step of a method, which reports its progress after each."""
PICTURE = 60.0
"""The same for a picture of 1,024 pixels; others by their size, and this much beside."""
ANSWER = 5.0
"""The same for a plain question, such as whether a package is missing."""
_KINDS = ("cpu", "cuda", "mps")


class UnresponsiveError(PluginError):
    """A plugin did not answer in time and is no longer waited for."""


def call(plugin: str, doing: str, seconds: float, work: Callable[[], T], hint: str = "") -> T:
    """Let a plugin's code do something.

    Args:
        plugin: Its name.
        doing: What it is to do, to follow "failed while".
        seconds: How long it may be silent.
        work: Calls its code. What that calls of its own (or another plugin's) runs as it is.
        hint: What else may be the cause of a failure.

    Raises:
        UnresponsiveError: It took longer.
        PluginError: It raised anything that is no sentence of ours and no want of memory.
    """
    if getattr(_here, "inside", False):
        return work()
    note_plugin(plugin)
    task = _Task(plugin, work)
    late = (
        f"The plugin {plugin} did not answer for {seconds:.3g} seconds while {doing} and was given "
        "up on. Restart LatentStudio if it is slow from now on."
    )
    _run_here(task, seconds) if _bound_to_this_thread() else _run_aside(task, seconds)
    if task.late:
        raise UnresponsiveError(late)
    if task.raised is not None:
        _raise(task.raised, plugin, doing, hint)
    return task.result  # type: ignore[no-any-return]


def picture_seconds(count: int, resolution: int) -> float:
    """How long some pictures may take without a sign of life."""
    return PICTURE * (1 + count * (resolution / 1024) ** 2)


@dataclass(eq=False, slots=True)
class _Task:
    """One call on its way."""

    plugin: str
    work: Callable[[], Any]
    alive: float = field(default_factory=time.monotonic)
    result: Any = None
    raised: BaseException | None = None
    late: bool = False
    done: threading.Event = field(default_factory=threading.Event)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def run(self, stop_now: Callable[[], bool]) -> None:
        """Do it on this thread, whatever comes of it."""
        try:
            with speaking(self.plugin), _inside(), stoppable(lambda: self._beat(stop_now)):
                self.result = self.work()
        except BaseException as error:  # noqa: BLE001 - handed to whoever asked
            self.raised = error
        finally:
            with self.lock:
                self.done.set()

    def _beat(self, stop_now: Callable[[], bool]) -> bool:
        self.alive = time.monotonic()
        return stop_now()

    def left(self, seconds: float) -> float:
        """How long to go on waiting."""
        return self.alive + seconds - time.monotonic()

    def interrupt(self, ident: int, kind: type[BaseException]) -> None:
        """End it where its code is Python's; never what the thread does after it."""
        with self.lock:
            if not self.done.is_set():
                raise_in(ident, kind)


class _Late(BaseException):
    """Ends a call that stays on the thread that asks."""


class _Helper:
    """A thread that runs the calls of one other thread; it ends with that one."""

    def __init__(self) -> None:
        self._tasks: SimpleQueue[tuple[_Task, Callable[[], Any]] | None] = SimpleQueue()
        self._thread = threading.Thread(
            target=_serve, args=(self._tasks,), name="plugin calls", daemon=True
        )
        self._thread.start()

    def run(self, task: _Task, seconds: float) -> None:
        """Wait until it is done or late; on Ctrl+C no longer."""
        modes, asked = _modes(), asked_here()

        def work() -> None:
            with modes():
                task.run(asked)

        self._tasks.put((task, work))
        try:
            while not task.done.wait(max(0.01, task.left(seconds))):
                if task.left(seconds) <= 0:
                    task.late = True
                    break
        finally:
            if not task.done.is_set():
                task.interrupt(self._thread.ident or 0, SystemExit)
                self._tasks.put(None)
                _here.helper = None

    def __del__(self) -> None:
        self._tasks.put(None)


class _Here(threading.local):
    """What this thread knows of plugins: its helper, and whether it runs a plugin's code."""

    helper: _Helper | None = None
    inside = False


_here = _Here()


def _run_aside(task: _Task, seconds: float) -> None:
    if _here.helper is None:
        _here.helper = _Helper()  # made by the thread that asks: it gives way as that one does
    _here.helper.run(task, seconds)


def _run_here(task: _Task, seconds: float) -> None:
    def give_up() -> None:
        if task.left(seconds) > 0:
            watch(task.left(seconds))
        else:
            task.interrupt(ident, _Late)

    def watch(after: float) -> None:
        timer = threading.Timer(after, give_up)
        timer.daemon = True
        timers.append(timer)
        timer.start()

    ident, timers = threading.get_ident(), list[threading.Timer]()
    watch(seconds)
    try:
        task.run(asked_here())
    except _Late as error:  # it came when the call was about to end
        task.raised = error
    finally:
        for timer in timers:
            timer.cancel()
    task.late = isinstance(task.raised, _Late)


def _serve(tasks: "SimpleQueue[tuple[_Task, Callable[[], Any]] | None]") -> None:
    with contextlib.suppress(SystemExit):  # an interrupt that came when all was done
        while (entry := tasks.get()) is not None:
            entry[1]()
            del entry  # nothing of a call is kept until the next one


@contextlib.contextmanager
def _inside() -> Iterator[None]:
    before, _here.inside = _here.inside, True
    try:
        yield
    finally:
        _here.inside = before


def _raise(error: BaseException, plugin: str, doing: str, hint: str) -> NoReturn:
    """Raise it under the plugin's name, unless it is no fault of the plugin's."""
    if isinstance(error, LatentStudioError | Stopped):
        raise error
    if isinstance(error, Exception) and is_out_of_memory(error):
        raise error
    on_main = threading.current_thread() is threading.main_thread()
    if isinstance(error, KeyboardInterrupt) and on_main and _bound_to_this_thread():
        raise error  # the call stood on the main thread: it is the person's
    text = f"The plugin {plugin} failed while {doing} ({reason(error)})."
    raise PluginError(text, hint=hint) from error


def _bound_to_this_thread() -> bool:
    """Whether torch transforms what runs on this thread: derivatives, vmap, or other modes."""
    return (
        torch._C._functorch.peek_interpreter_stack() is not None
        or torch._C._len_torch_dispatch_stack() > 0
        or torch._C._len_torch_function_stack() > 0
    )


def _modes() -> Callable[[], "contextlib.AbstractContextManager[None]"]:
    """This thread's modes of torch, to be set on another one."""
    grad, inference = torch.is_grad_enabled(), torch.is_inference_mode_enabled()
    cast = [
        (kind, torch.get_autocast_dtype(kind)) for kind in _KINDS if torch.is_autocast_enabled(kind)
    ]

    @contextlib.contextmanager
    def same() -> Iterator[None]:
        with contextlib.ExitStack() as stack:
            stack.enter_context(torch.inference_mode(inference))
            stack.enter_context(torch.set_grad_enabled(grad))
            for kind, dtype in cast:
                stack.enter_context(torch.autocast(kind, dtype))
            yield

    return same
