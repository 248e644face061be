"""The log of a run: what is in it, a disk that fails, and the package that is not there."""

import errno
import sys

import pytest
from tensorboardX.proto.event_pb2 import SessionLog

from latentstudio.core.errors import OptionError
from latentstudio.core.progress import Step, run
from latentstudio.document.findings import Findings
from latentstudio.export.tensorboard import Log, logged
from tests.toys.event_files import events


def steps(count):
    for step in range(1, count + 1):
        yield Step(step / count, "", Findings(step, count, {"loss": 1.0}, None, lambda: None))
    return "found"


def test_a_log_goes_on_where_it_was_told_to_and_is_there_before_it_is_closed(tmp_path):
    log = Log(tmp_path / "log", 300)
    log.add(300, {"loss": 0.25})
    version, start, first = events(tmp_path / "log")
    assert version.file_version == "brain.Event:2"
    assert (start.session_log.status, start.step) == (SessionLog.START, 300)
    assert (first.step, first.summary.value[0].simple_value) == (300, 0.25)
    log.close()


def test_a_log_that_fails_is_told_once_and_the_run_goes_on(tmp_path, monkeypatch):
    add, said = Log.add, []

    def full(self, step, values):
        if step > 2:
            raise OSError(errno.ENOSPC, "full")
        add(self, step, values)

    monkeypatch.setattr(Log, "add", full)
    assert run(logged(steps(5), tmp_path, said.append)) == "found"
    assert len(said) == 1
    assert said[0].startswith("The log stops here. The disk is full")


def test_without_the_package_a_sentence_says_how_to_get_it(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "tensorboardX.event_file_writer", None)
    with pytest.raises(OptionError, match="pip install tensorboardX"):
        Log(tmp_path, 1)
