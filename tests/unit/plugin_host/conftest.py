"""Plugins written to order, and hosts that leave nothing behind."""

import pytest

from latentstudio.core import paths
from latentstudio.plugin_host.host import PluginHost

MANIFEST = """
id = "{id}"
name = "Test {id}"
version = "1.0"
api = 1
provides = ["generators"]
"""

ACTIVATE = """
from latentstudio.plugin_host.api import Family, Format

def activate(api):
    api.add_family(Family("{id}-family", "Family of {id}", lambda *_: None))
"""


@pytest.fixture
def write_plugin():
    """Writes a plugin into the user's folder; returns its folder."""

    def write(id="mine", code=ACTIVATE, manifest=MANIFEST, folder=None):
        place = folder or paths.user_plugins_dir() / id
        place.mkdir(parents=True, exist_ok=True)
        (place / "plugin.toml").write_text(manifest.replace("{id}", id))
        (place / "__init__.py").write_text(code.replace("{id}", id))
        return place

    return write


@pytest.fixture
def no_shipped_plugins(monkeypatch, tmp_path):
    """Only the user's plugins are there."""
    monkeypatch.setattr(paths, "shipped_plugins_dir", lambda: tmp_path / "none")


@pytest.fixture
def host(no_shipped_plugins):
    made = PluginHost(deadline=5.0)
    yield made
    made.stop_all()
