"""Jobs run off the GUI thread, report there, and end exactly once."""

import os
import sys
import threading
import time

import pytest

from latentstudio.core.errors import LatentStudioError
from latentstudio.core.progress import Step, stop_point
from latentstudio.workers.job_list import JobList
from latentstudio.workers.job_thread import MODEST, JobThread
from latentstudio.workers.latest import Latest


@pytest.fixture
def thread(qapp):
    made = JobThread("test", lanes=2)
    yield made
    made.close()


@pytest.fixture
def outcomes(thread):
    seen = []
    for name in ("finished", "failed", "cancelled"):
        getattr(thread, name).connect(lambda ticket, *_, name=name: seen.append((name, ticket)))
    return seen


def iter_once():
    yield Step(0.0)


def forever(cleaned=None):
    try:
        while True:
            yield Step(0.0)
    finally:
        if cleaned:
            cleaned.set()


def give(value):
    yield Step(0.0)
    return value


def fail(error):
    yield Step(0.0)
    raise error


def test_a_job_runs_on_another_thread(thread, qtbot):
    def job():
        yield Step(0.5)
        return threading.get_ident()

    with qtbot.waitSignal(thread.finished) as got:
        thread.submit(job())
    assert got.args[1] != threading.get_ident()


def test_cancel_reports_after_the_job_has_cleaned_up(thread, outcomes, qtbot):
    cleaned = threading.Event()
    with qtbot.waitSignal(thread.progressed):
        ticket = thread.submit(forever(cleaned))
    with qtbot.waitSignal(thread.cancelled):
        thread.cancel(ticket)
    assert cleaned.is_set()
    assert outcomes == [("cancelled", ticket)]


def test_an_error_ends_its_own_job_only(thread, outcomes, qtbot):
    bad, good = thread.submit(fail(LatentStudioError("no"))), thread.submit(give("fine"))
    qtbot.waitUntil(lambda: outcomes == [("failed", bad), ("finished", good)])


def test_an_urgent_job_overtakes_a_long_one(thread, outcomes, qtbot):
    long = thread.submit(forever(), 1)
    quick = thread.submit(give("now"), 0)
    qtbot.waitUntil(lambda: outcomes == [("finished", quick)])
    thread.cancel(long)
    qtbot.waitUntil(lambda: len(outcomes) == 2)


def test_close_ends_a_job_that_would_never_end(thread, qtbot):
    cleaned = threading.Event()
    with qtbot.waitSignal(thread.progressed):
        thread.submit(forever(cleaned))
    thread.close()
    assert cleaned.is_set()


def test_only_the_first_and_the_newest_of_a_hundred_are_made(thread, qtbot):
    latest, made, shown = Latest(thread), [], []
    latest.ready.connect(shown.append)
    gate = threading.Event()

    def preview(i):
        made.append(i)
        gate.wait(5)
        yield Step(0.0)
        return i

    for i in range(100):
        latest.request(preview(i))
    gate.set()
    qtbot.waitUntil(lambda: shown == [0, 99])
    assert made == [0, 99]


def test_an_interrupting_request_stops_the_one_that_runs(thread, qtbot, outcomes):
    latest, shown = Latest(thread, interrupt=True), []
    latest.ready.connect(shown.append)
    cleaned = threading.Event()
    with qtbot.waitSignal(thread.progressed):
        latest.request(forever(cleaned))
    latest.request(give("new"))
    qtbot.waitUntil(lambda: shown == ["new"])
    assert cleaned.is_set()
    assert [name for name, _ in outcomes] == ["cancelled", "finished"]


def test_a_job_list_follows_a_job_to_its_end(thread, qtbot):
    jobs, seen = JobList(thread), []
    jobs.changed.connect(seen.append)
    jobs.submit("Look", give(3))
    qtbot.waitUntil(lambda: bool(seen) and seen[-1].state == "done")
    assert [info.state for info in seen] == ["waiting", "running", "done"]
    assert seen[-1].fraction == 1.0


def test_a_failed_job_says_why_in_a_sentence(thread, qtbot, caplog):
    jobs, said = JobList(thread), []
    jobs.failed.connect(lambda _ticket, text: said.append(text))
    jobs.submit("Open", fail(LatentStudioError("It is empty.", hint="Choose another.")))
    qtbot.waitUntil(lambda: said == ["It is empty. Choose another."])
    jobs.submit("Open", fail(ZeroDivisionError("x")))
    qtbot.waitUntil(lambda: len(said) == 2)
    assert "unexpected" in said[1]
    assert "ZeroDivisionError" in caplog.text


def test_a_paused_job_stands_while_those_behind_it_run(thread, qtbot):
    jobs = JobList(thread)
    steps, states = [], []
    thread.progressed.connect(lambda ticket, _: steps.append(ticket))
    jobs.changed.connect(lambda job: states.append((job.ticket, job.state)))
    ticket = jobs.submit("Long", forever(), 1, pausable=True)
    qtbot.waitUntil(lambda: len(steps) > 3)
    jobs.pause(ticket)
    assert states[-1] == (ticket, "paused")
    with qtbot.waitSignal(thread.finished) as got:
        behind = jobs.submit("Behind", give(7), 1)
    assert got.args == [behind, 7]
    held = len(steps)
    with qtbot.waitSignal(thread.finished):
        thread.submit(give(1))
    assert steps[held:].count(ticket) == 0
    assert [state for t, state in states if t == ticket][-1] == "paused"
    jobs.resume(ticket)
    assert states[-1] == (ticket, "running")
    qtbot.waitUntil(lambda: steps[-1] == ticket)
    with qtbot.waitSignal(thread.cancelled):
        jobs.pause(ticket)
        jobs.cancel(ticket)
    assert states[-1] == (ticket, "cancelled")


def test_only_jobs_that_say_so_can_be_paused(thread, qtbot):
    jobs = JobList(thread)
    states = []
    jobs.changed.connect(lambda job: states.append(job.state))
    ticket = jobs.submit("Opening", give(1))
    jobs.pause(ticket)
    assert "paused" not in states
    with qtbot.waitSignal(thread.finished):
        pass


def endless():
    """A job of one step that would never end by itself."""
    while True:
        stop_point()
        time.sleep(0.001)
    yield Step(0.0)


def test_a_soft_job_is_stopped_in_the_middle_of_a_step(thread, outcomes, qtbot):
    started, closed = threading.Event(), threading.Event()

    def soft():
        started.set()
        try:
            yield from endless()
        finally:
            closed.set()

    ticket = thread.submit(soft(), soft=True)
    assert started.wait(5)
    thread.cancel(ticket)
    qtbot.waitUntil(lambda: outcomes == [("cancelled", ticket)])
    assert closed.is_set()
    behind = thread.submit(give(5), soft=True)
    qtbot.waitUntil(lambda: outcomes[-1] == ("finished", behind))


def test_another_job_is_stopped_only_between_steps(thread, outcomes, qtbot):
    started, gate = threading.Event(), threading.Event()

    def hard():
        started.set()
        gate.wait(5)
        stop_point()
        yield Step(0.5)
        yield Step(0.9)

    ticket = thread.submit(hard())
    assert started.wait(5)
    thread.cancel(ticket)
    gate.set()
    qtbot.waitUntil(lambda: outcomes == [("cancelled", ticket)])


def test_closing_stops_a_soft_step(thread):
    started = threading.Event()

    def soft():
        started.set()
        yield from endless()

    thread.submit(soft(), soft=True)
    assert started.wait(5)
    thread.close()  # would wait for ever


def test_a_cancel_before_the_start_leaves_nothing_behind(thread, outcomes, qtbot):
    gate = threading.Event()

    def first():
        gate.wait(5)
        return 1
        yield

    ran = []

    def second():
        ran.append(1)
        yield Step(0.0)

    thread.submit(first())
    ticket = thread.submit(second(), soft=True)
    thread.cancel(ticket)
    gate.set()
    qtbot.waitUntil(lambda: len(outcomes) == 2)
    assert ("cancelled", ticket) in outcomes
    assert not ran
    assert not thread._worker.stopping


def test_lanes_that_take_turns_have_a_step_each(qapp, qtbot):
    made = JobThread("turns", lanes=3, turns=(1, 2))
    order = []

    def job(name):
        for _ in range(3):
            order.append(name)
            yield Step(0.0)
        order.append(name)

    def gate():  # holds the thread until all are there
        ready.wait(5)
        yield Step(0.0)

    ready = threading.Event()
    made.submit(gate(), 0)
    tickets = {made.submit(job("search"), 1), made.submit(job("long"), 2)}
    made.finished.connect(lambda ticket, _: tickets.discard(ticket))
    ready.set()
    qtbot.waitUntil(lambda: not tickets)
    made.close()
    assert order == ["search", "long"] * 4


def test_lanes_that_rest_stand_still_until_they_may_go_on(thread, outcomes, qtbot):
    thread.rest(1)
    behind = thread.submit(iter_once(), 1)
    before = thread.submit(iter_once(), 0)
    qtbot.waitUntil(lambda: outcomes == [("finished", before)])
    qtbot.wait(30)
    assert len(outcomes) == 1
    thread.rest(2)
    qtbot.waitUntil(lambda: outcomes[1:] == [("finished", behind)])


def test_a_modest_thread_gives_way(qapp, qtbot):
    def job():
        yield Step(0.0)
        return os.getpriority(os.PRIO_PROCESS, threading.get_native_id())

    told = {}
    for modest in (False, True):
        made = JobThread("modest", modest=modest)
        with qtbot.waitSignal(made.finished) as finished:
            made.submit(job())
        told[modest] = finished.args[1]
        made.close()
    assert told[True] - told[False] == (MODEST if sys.platform == "linux" else 0)
