"""Two windows on one home: each has its own files, a run is one's, choices are merged."""

import subprocess
import sys

import pytest

from latentstudio.core import locks, paths, settings
from latentstudio.core.errors import OptionError
from latentstudio.core.progress import run
from latentstudio.core.settings import Settings
from latentstudio.document.start import Seed
from latentstudio.document.state import Document, Picture
from latentstudio.plugin_host import consent
from latentstudio.session.runs import LiveRun
from latentstudio.session.studio import Studio
from latentstudio.store import last_work, run_files
from tests.toys.planted import PlantedGenerator

OTHER = """
import sys
from latentstudio.document.start import Seed
from latentstudio.document.state import Document, Picture
from latentstudio.store import last_work
last_work.take_place()
last_work.keep_last(Document("portraits", "p" * 64, Picture(Seed(2))), None)
print(last_work.last_document_path().name, flush=True)
sys.stdin.read()
"""


@pytest.fixture
def other_window():
    """Another process with a document of its own; ends when it is told to."""
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    process = subprocess.Popen([sys.executable, "-c", OTHER], **pipes)
    process.name = process.stdout.readline().strip()
    yield process
    process.kill()
    process.wait()
    for pipe in (process.stdin, process.stdout):
        pipe.close()
    last_work.leave_place()


def test_a_second_window_writes_elsewhere(other_window):
    assert other_window.name == "last.json"
    last_work.take_place()
    assert last_work.last_document_path().name == "last-2.json"
    assert last_work.last_picture_path().name == "last-2.png"
    last_work.keep_last(Document("portraits", "p" * 64, Picture(Seed(3))), None)
    assert last_work.load_last(paths.data_dir() / "last.json")[0].picture.seed == 2


def test_the_next_start_goes_on_from_what_was_kept_last(other_window):
    last_work.take_place()
    last_work.keep_last(Document("portraits", "p" * 64, Picture(Seed(3))), None)
    last_work.leave_place()
    other_window.kill()  # its lock goes with it, whatever it could not do any more
    other_window.wait()
    last_work.take_place()
    assert last_work.load_last()[0].picture.seed == 3


def a_run(generator):
    print_ = generator.info.fingerprint
    return run_files.new_run(print_, "sefa", {"count": 4}, 0)


def test_a_run_at_work_elsewhere_is_neither_offered_nor_resumed_nor_discarded():
    generator = PlantedGenerator()
    print_, info = generator.info.fingerprint, a_run(generator)
    run_files.state_path(print_, info.key).write_bytes(b"state")
    assert [one.key for one in run_files.paused_runs(print_)] == [info.key]
    lock = run_files.take(print_, info.key)
    assert run_files.paused_runs(print_) == ()
    with pytest.raises(OptionError, match="at work in another window"):
        run(LiveRun(generator, info, lambda _: None).go())
    studio = Studio()
    studio._model = type("Model", (), {"generator": generator, "found": None})()
    with pytest.raises(OptionError, match="at work in another window"):
        run(studio.runs.discard(info.key))
    lock.release()
    found = run(LiveRun(generator, info, lambda _: None).go())
    assert found.directions
    assert not run_files.is_taken(print_, info.key)


def test_two_windows_give_their_runs_different_keys():
    code = (
        "from latentstudio.store import run_files\n"
        "for _ in range(5): print(run_files.new_run('f' * 64, 'sefa', {}, 0).key)"
    )
    pipe = {"stdout": subprocess.PIPE, "text": True}
    both = [subprocess.Popen([sys.executable, "-c", code], **pipe) for _ in range(2)]
    keys = [key for one in both for key in one.communicate()[0].split()]
    assert len(set(keys)) == len(keys) == 10


def test_choices_of_two_windows_are_merged():
    settings.save(Settings(theme="dark", text_scale=100))
    settings.change(lambda kept: replaced(kept, theme="light"))  # one window
    settings.change(lambda kept: replaced(kept, text_scale=125))  # another, started before that
    assert settings.load()[0] == Settings(theme="light", text_scale=125)
    consent.change(lambda kept: kept.with_off("a"))
    consent.change(lambda kept: kept.with_off("b"))
    assert consent.load().off == ("a", "b")


def replaced(kept, **values):
    import msgspec

    return msgspec.structs.replace(kept, **values)


def test_a_lock_that_is_held_for_long_is_no_longer_waited_for(tmp_path, monkeypatch):
    monkeypatch.setattr(locks, "_PATIENCE", 0.1)
    lock = locks.take(tmp_path / "a")
    with locks.held(tmp_path / "a"):
        pass
    lock.release()
