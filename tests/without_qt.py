"""`--without-qt`: what needs Qt is left out, where the system lacks Qt's libraries.

`python3 main.py test` asks for it, says so before the tests, and names the command that changes it.
"""

import sys

import pytest

REASON = "Qt's system libraries are missing"


def add_options(parser, pluginmanager):
    """The option; and pytest-qt's settings in pyproject.toml, which nobody else knows."""
    group = parser.getgroup("LatentStudio")
    group.addoption("--without-qt", action="store_true", help="leave out what needs Qt")
    if not pluginmanager.hasplugin("pytest-qt"):
        for name in ("qt_api", "qt_log_level_fail"):
            parser.addini(name, "of pytest-qt")
        parser.addini("qt_log_ignore", "of pytest-qt", "linelist")


def configure(config):
    """Skip a test, or a file of tests, as soon as it imports a part of Qt."""
    if config.getoption("--without-qt"):
        sys.meta_path.insert(0, SkipsQt)
        config.pluginmanager.register(sys.modules[__name__], "without-qt")


class SkipsQt:
    """In the place of an importer."""

    @staticmethod
    def find_spec(name, path=None, target=None):
        if name.startswith("PySide6.Qt") or name == "pyqtgraph":
            pytest.skip(REASON, allow_module_level=True)


@pytest.fixture(scope="session")
def qapp():
    """In the place of pytest-qt's, as the next one."""
    pytest.skip(REASON)


@pytest.fixture
def qtbot():
    pytest.skip(REASON)
