"""The list of jobs."""

import pytest
from PySide6.QtCore import Qt

from latentstudio.ui.jobs.panel import JobsPanel
from latentstudio.workers.job_list import JobInfo
from tests.ui import fakes

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def client():
    return fakes.FakeClient()


@pytest.fixture
def panel(exposed, client):
    return exposed(JobsPanel(client), 328, 400)


def test_nothing_runs_at_first(panel):
    assert panel.words.isVisible()
    assert panel.words.text() == "No jobs running"


def test_jobs_are_listed_newest_first_and_follow_their_state(qtbot, panel, client):
    client.job_changed.emit(JobInfo(1, "Opening portraits"))
    client.job_changed.emit(JobInfo(2, "Finding directions"))
    client.job_changed.emit(JobInfo(1, "Opening portraits", 0.4, "reading", "running"))
    assert panel.tickets == (2, 1)
    assert panel.item(1).words == "40\u00a0%, reading"
    assert not panel.words.isVisible()
    qtbot.wait(10)
    assert panel.item(2).geometry().top() < panel.item(1).geometry().top()


def test_cancel_goes_to_the_client(qtbot, panel, client):
    client.job_changed.emit(JobInfo(4, "Finding directions", 0.1, "", "running"))
    qtbot.mouseClick(panel.item(4).cancel, LEFT)
    assert client.cancelled == [4]


def test_ended_jobs_can_be_cleared_and_do_not_pile_up(qtbot, panel, client):
    client.job_changed.emit(JobInfo(0, "Alive", 0.1, "", "running"))
    for ticket in range(1, 80):
        client.job_changed.emit(JobInfo(ticket, "Saved", 1.0, "", "done"))
    assert len(panel.tickets) == 30
    assert 0 in panel.tickets
    qtbot.mouseClick(panel.clear, LEFT)
    assert panel.tickets == (0,)
    assert not panel.clear.isVisible()
