"""Fixtures for every test. Qt draws to memory: set before anything imports it."""

import os

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")

import pytest


@pytest.fixture(autouse=True)
def private_home(tmp_path, monkeypatch):
    """No test reads or writes the developer's own settings and caches."""
    monkeypatch.setenv("LATENTSTUDIO_HOME", str(tmp_path / "home"))


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
