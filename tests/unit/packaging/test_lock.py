import subprocess
import sys
import threading

import pytest
from environment.lock import Lock

posix = pytest.mark.skipif(sys.platform == "win32", reason="a file lock is not inherited there")


def test_a_free_lock_is_taken_without_a_word(tmp_path):
    with Lock(tmp_path / "l", lambda: pytest.fail("waited")):
        pass


def test_the_second_waits_until_the_first_is_done(tmp_path):
    order, waiting = [], threading.Event()

    def second():
        with Lock(tmp_path / "l", waiting.set):
            order.append("second")

    with Lock(tmp_path / "l", lambda: None):
        thread = threading.Thread(target=second)
        thread.start()
        assert waiting.wait(10)
        order.append("first")
    thread.join(10)
    assert order == ["first", "second"]


@posix
def test_a_pip_left_behind_still_holds_it(tmp_path):
    """The set-up is gone, its child lives: the next set-up must wait for the child."""
    with Lock(tmp_path / "l", lambda: None) as lock:
        code = "import sys; sys.stdin.read()"
        child = subprocess.Popen(
            [sys.executable, "-c", code], stdin=subprocess.PIPE, pass_fds=(lock.number,)
        )
    waited = []
    with Lock(tmp_path / "l", lambda: (waited.append(1), child.communicate())):
        assert waited
