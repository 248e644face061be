"""Fixtures for every test. Qt draws to memory: set before anything imports it."""

import os
import signal
import sys

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")

import pytest

from tests import without_qt


def pytest_addoption(parser, pluginmanager):
    """How long the random artist walks, and which walk."""
    group = parser.getgroup("LatentStudio")
    group.addoption("--artist-seconds", type=float, default=40.0, help="default: 40")
    group.addoption("--artist-seed", type=int, default=0, help="default: 0")
    without_qt.add_options(parser, pluginmanager)


def pytest_configure(config):
    without_qt.configure(config)


@pytest.fixture(autouse=True)
def private_home(tmp_path, monkeypatch):
    """No test reads or writes the developer's own settings and caches."""
    monkeypatch.setenv("LATENTSTUDIO_HOME", str(tmp_path / "home"))
    yield
    # The process has one plugin host; what a test started with its own consents must not stay.
    models = sys.modules.get("latentstudio.session.models")
    if models is not None:
        models.PLUGINS.stop_all()


@pytest.fixture(autouse=True, scope="session")
def signals_heard():
    """A shell starts jobs in the background deaf to Ctrl+C or to its own end; tests send both."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    if hasattr(signal, "SIGHUP") and signal.getsignal(signal.SIGHUP) is signal.SIG_IGN:
        signal.signal(signal.SIGHUP, signal.SIG_DFL)


@pytest.fixture(scope="session")
def portraits():
    """The built-in generator."""
    from latentstudio.core.progress import run
    from latentstudio.session.models import open_model

    return run(open_model("portraits", "cpu"))


@pytest.fixture(scope="session")
def portraits_density(portraits):
    """Its density, measured once."""
    from latentstudio.core.progress import run
    from latentstudio.density.reference import measure

    return run(measure(portraits))


@pytest.fixture(scope="session")
def warm_cache(tmp_path_factory, portraits):
    """What a second start finds in the cache: the built-in model's density and directions.

    Copy it to `core.paths.cache_dir()` before opening the model.
    """
    from latentstudio.core import paths
    from latentstudio.core.progress import run
    from latentstudio.session.library import default_directions
    from latentstudio.store.densities import reference

    home = tmp_path_factory.mktemp("warm")
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("LATENTSTUDIO_HOME", str(home))
        run(reference(portraits))
        run(default_directions(portraits))
        return paths.cache_dir()
