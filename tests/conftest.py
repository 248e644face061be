"""Fixtures for every test. Qt draws to memory: set before anything imports it."""

import os

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")

import pytest


@pytest.fixture(autouse=True)
def private_home(tmp_path, monkeypatch):
    """No test reads or writes the developer's own settings and caches."""
    monkeypatch.setenv("LATENTSTUDIO_HOME", str(tmp_path / "home"))
