"""The system's wish to end is heard in Qt's loop, keeps the work and closes the window."""

import os
import signal

import pytest
from PySide6.QtCore import SIGNAL

from latentstudio.app.shutdown import Shutdown


@pytest.fixture
def heard(qapp):
    calls = []
    ending = Shutdown(qapp, lambda: calls.append("keep"), lambda: calls.append("close"))
    yield calls
    ending.stop()


@pytest.mark.skipif(os.name != "posix", reason="signals of POSIX")
@pytest.mark.parametrize("name", ["SIGTERM", "SIGHUP", "SIGINT"])
def test_signals(name, heard, qtbot):
    os.kill(os.getpid(), getattr(signal, name))
    qtbot.waitUntil(lambda: heard == ["keep", "close"], timeout=5_000)


def test_a_session_that_ends(qapp):
    heard, wish = [], SIGNAL("commitDataRequest(QSessionManager&)")
    before = qapp.receivers(wish)
    ending = Shutdown(qapp, lambda: heard.append("keep"), lambda: heard.append("close"))
    assert qapp.receivers(wish) == before + 1
    ending._session_ends(None)  # only Qt can make the manager that it brings
    assert heard == ["keep"]
    ending.stop()


def test_signals_are_as_they_were_afterwards(qapp):
    before = signal.getsignal(signal.SIGTERM)
    Shutdown(qapp, list, list).stop()
    assert signal.getsignal(signal.SIGTERM) == before
