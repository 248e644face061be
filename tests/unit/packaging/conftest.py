"""Loads packaging/environment by its path: nothing of `packaging/` is importable otherwise."""

import importlib.util
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]


def _load() -> None:
    folder = ROOT / "packaging" / "environment"
    spec = importlib.util.spec_from_file_location(
        "environment", folder / "__init__.py", submodule_search_locations=[str(folder)]
    )
    module = importlib.util.module_from_spec(spec)
    sys.modules["environment"] = module
    spec.loader.exec_module(module)


if "environment" not in sys.modules:
    _load()

from environment.layout import Layout


@pytest.fixture
def root() -> Path:
    """The real clone."""
    return ROOT


@pytest.fixture
def clone(tmp_path) -> Layout:
    """A clone with everything the set-up reads, and no environment yet."""
    place = tmp_path / "clone"
    (place / "packaging").mkdir(parents=True)
    (place / "pyproject.toml").write_text("[project]\nname = 'x'\n")
    (place / "packaging" / "requirements.txt").write_text(
        "numpy==2.4.6\npip==26.3\ntorch==2.13.0\n"
    )
    (place / "packaging" / "requirements-dev.txt").write_text("# tools\npytest==9.2.0\n")
    return Layout(place, windows=False)


class FakePip:
    """Stands in for commands.run: notes each command, makes a Python, fails where told to."""

    def __init__(self, layout: Layout) -> None:
        self.layout = layout
        self.commands: list[list[str]] = []
        self.answers: list[tuple[str, object]] = []

    def fail(self, word: str, output: object) -> None:
        """The first command that contains the word ends with this output, or raises it."""
        self.answers.append((word, output))

    def __call__(self, command, log, hear, tick, keep_open=()):
        self.commands.append(command)
        log.write_text("story")
        for number, (word, output) in enumerate(self.answers):
            if any(word in part for part in command):
                del self.answers[number]
                return self._end(output, hear)
        hear("Installing collected packages: a")
        tick()
        if "venv" in command:
            self._make_python()
        return 0, ""

    def _end(self, output, hear):
        if isinstance(output, BaseException):
            raise output
        for line in output.splitlines(keepends=True):
            hear(line)
        return 1, output

    def _make_python(self):
        self.layout.scripts.mkdir(parents=True, exist_ok=True)
        if not self.layout.python.exists():
            self.layout.python.symlink_to(sys.executable)

    def said(self, word: str) -> list[list[str]]:
        return [command for command in self.commands if any(word in part for part in command)]


@pytest.fixture
def pip(clone) -> FakePip:
    return FakePip(clone)
