"""Threads that give way to others of the program."""

import contextlib
import os
import sys
import threading

NICENESS = 10
"""Against a thread that wants the same core, a tenth of the time."""


def give_way(niceness: int = NICENESS) -> None:
    """Lower this thread's priority, where the system has one for each thread.

    Threads that it starts are as modest as it is.

    Args:
        niceness: By how much; 5 leaves a quarter of a core that another thread wants, too.
    """
    if sys.platform == "linux":
        with contextlib.suppress(OSError):
            thread = threading.get_native_id()
            now = os.getpriority(os.PRIO_PROCESS, thread)
            os.setpriority(os.PRIO_PROCESS, thread, now + niceness)
