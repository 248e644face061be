"""Runs learn on a thread that gives way."""

import os
import sys
import threading

import pytest

from latentstudio.core.errors import OptionError
from latentstudio.core.priority import NICENESS
from latentstudio.core.progress import Step
from latentstudio.session.low_priority import at_low_priority


def places(closed):
    """A job that tells the thread of each of its steps."""
    try:
        for done in (0.2, 0.4, 0.6):
            yield Step(done, "", threading.current_thread())
    finally:
        closed.append(True)
    return "found"


def to_end(job):
    steps = []
    while True:
        try:
            steps.append(next(job))
        except StopIteration as stop:
            return steps, stop.value


def test_all_steps_are_made_on_one_other_thread_which_ends_with_them():
    closed = []
    steps, result = to_end(at_low_priority(places(closed)))
    (thread,) = {step.preview for step in steps}
    assert [step.fraction for step in steps] == [0.2, 0.4, 0.6]
    assert (result, closed) == ("found", [True])
    assert thread is not threading.current_thread()
    assert not thread.is_alive()


def test_closing_closes_the_job_and_ends_the_thread():
    closed = []
    job = at_low_priority(places(closed))
    thread = next(job).preview
    assert thread.is_alive()
    job.close()
    assert closed == [True]
    assert not thread.is_alive()


def test_errors_come_through():
    def wrong():
        yield Step(0.0)
        raise OptionError("No.")

    with pytest.raises(OptionError, match="No"):
        to_end(at_low_priority(wrong()))


def test_its_priority_is_low_and_ours_is_not():
    def priority():
        return os.getpriority(os.PRIO_PROCESS, threading.get_native_id())

    def job():
        yield Step(0.0, "", priority())

    before = priority()
    expected = min(19, before + NICENESS) if sys.platform == "linux" else before
    assert next(at_low_priority(job())).preview == expected
    assert priority() == before
