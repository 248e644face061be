"""Reading the clock and the memory, on a processor and on a GPU."""

import contextlib
import platform
import statistics
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import torch

from latentstudio.core.errors import LatentStudioError
from latentstudio.core.progress import Job, inside
from latentstudio.engine.device import device_words, forget_peak, free_memory, peak_memory

T = TypeVar("T")
Row = dict[str, Any]
"""One line of a report, plain JSON values."""


@dataclass(frozen=True, slots=True)
class Plan:
    """How much is measured.

    Attributes:
        sizes: Pixels of the random models, in a row.
        base: Channels times size of their blocks; 32,768 is StyleGAN2's config F.
        most: Most channels of a block.
        rounds: Measurements of each kind; the median counts.
        steps: Of each learning method.
        derivative: Pixels of the model whose Jacobian is taken.
        seconds: What all may take; parts that find no time left say so.
    """

    sizes: tuple[int, ...]
    base: int
    most: int
    rounds: int
    steps: int
    derivative: int
    seconds: float = 280.0


GPU = Plan((64, 256, 512, 1024), 32768, 512, 30, 20, 1024)
PROCESSOR = Plan((64, 128, 256), 8192, 256, 5, 2, 64)
TINY = Plan((16, 32), 256, 16, 2, 1, 16)
"""For tests."""


NO_TIME = "no time was left"


class NoTimeError(LatentStudioError):
    """The time of all measurements is over."""


class Clock:
    """Measures on one device until the time is over.

    Args:
        device: Where.
        plan: How much.

    Attributes:
        rows: What has been measured of the part that is running.
    """

    def __init__(self, device: torch.device, plan: Plan) -> None:
        self.device, self.plan = device, plan
        self.rows: list[Row] = []
        self._end = time.monotonic() + plan.seconds

    @property
    def over(self) -> bool:
        """No time is left for another part."""
        return time.monotonic() > self._end

    def now(self) -> float:
        """Seconds; on a GPU once all that was asked of it is done."""
        if self.device.type == "cuda":
            torch.cuda.synchronize(self.device)
        elif self.device.type == "mps":
            torch.mps.synchronize()
        return time.perf_counter()

    def median(self, once: Callable[[int], object], rounds: int | None = None) -> float:
        """Median seconds of ``once(number)``, after a first one that warms up."""
        times = []
        for number in range(1 + (rounds or self.plan.rounds)):
            began = self.now()
            once(number)
            times.append(self.now() - began)
            if number and self.over:
                break
        return statistics.median(times[1:])

    def row(self, measure: Callable[[], Row], **named: Any) -> Row:
        """One line: what was measured with its peak of memory, or why it was not."""
        made = named | ({"left_out": NO_TIME} if self.over else self._measured(measure))
        self.rows.append(made)
        return made

    def _measured(self, measure: Callable[[], Row]) -> Row:
        try:
            free_memory()
            forget_peak(self.device)
            return {**measure(), "peak_bytes": peak_memory(self.device)}
        except Exception as error:  # noqa: BLE001 - one part's bug must not cost the others' time
            return {"left_out": reason(error)}

    def whole(self, part: Job[list[Row]]) -> Job[list[Row]]:
        """A part of the report; one that breaks off leaves what it has, and why."""
        self.rows = []
        try:
            return (yield from self.in_time(part))
        except Exception as error:  # noqa: BLE001 - nor may it cost the report
            return [*self.rows, {"left_out": reason(error)}]

    def in_time(self, job: Job[T]) -> Job[T]:
        """A job that ends where the time does.

        Raises:
            NoTimeError: It was not done by then.
        """
        return inside(job, self._time_left)

    @contextlib.contextmanager
    def _time_left(self) -> Iterator[None]:
        if self.over:
            raise NoTimeError(NO_TIME)
        yield


def reason(error: Exception) -> str:
    """Why something was not measured, in one line."""
    if isinstance(error, LatentStudioError):
        return error.sentence()
    return f"{type(error).__name__}: {' '.join(str(error).split())[:200]}"


def machine(device: torch.device) -> Row:
    """What it was measured on."""
    return {
        "device": device_words(device),
        "processor": _processor(),
        "system": platform.system(),
        "python": platform.python_version(),
        "torch": torch.__version__,
        "threads": torch.get_num_threads(),
        "cuda": torch.version.cuda,
        "cudnn_tf32": bool(torch.backends.cudnn.allow_tf32),
    }


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
        names = [line.split(":")[1].strip() for line in lines if line.startswith("model name")]
        return names[0]
    except (OSError, IndexError):
        return platform.processor() or platform.machine()
