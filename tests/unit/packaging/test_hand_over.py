import os
import subprocess
import sys

import pytest
from environment import hand_over
from environment.layout import Layout


def test_posix_becomes_the_program(clone, monkeypatch):
    class BecameError(Exception):
        pass

    def become(*call):
        raise BecameError(call)

    monkeypatch.setattr(os, "execve", become)
    monkeypatch.setenv("PYTHONPATH", "/elsewhere")
    with pytest.raises(BecameError) as raised:
        hand_over.run(clone, ["latentstudio", "tour"])
    program, command, variables = raised.value.args[0]
    assert program == str(clone.python)
    assert command == [str(clone.python), "-P", "-m", "latentstudio", "tour"]
    assert "PYTHONPATH" not in variables


def test_windows_waits_and_hands_on_the_status(clone, monkeypatch):
    monkeypatch.setattr(
        hand_over, "command_for", lambda *_: [sys.executable, "-c", "import sys; sys.exit(7)"]
    )
    assert hand_over.run(Layout(clone.root, windows=True), ["x"]) == 7


def test_windows_leaves_ctrl_c_to_the_program(monkeypatch):
    class Child:
        answers = iter([KeyboardInterrupt(), KeyboardInterrupt(), 130])

        def __init__(self, *_, **__):
            pass

        def __enter__(self):
            return self

        def __exit__(self, *_):
            pass

        def wait(self):
            answer = next(self.answers)
            if isinstance(answer, BaseException):
                raise answer
            return answer

    monkeypatch.setattr(subprocess, "Popen", Child)
    assert hand_over._wait_for(["x"], {}) == 130
