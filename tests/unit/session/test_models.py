"""Opening a model by reference: what is said about a file that nobody knows."""

import pytest
import torch

from latentstudio.core import paths
from latentstudio.core.errors import UnknownModelError
from latentstudio.core.progress import run
from latentstudio.plugin_host.host import PluginHost
from latentstudio.session import models

MANIFEST = 'id = "{0}"\nname = "Test {0}"\nversion = "1"\napi = 1\nprovides = ["{1}"]\n'


@pytest.fixture
def unknown(tmp_path, monkeypatch):
    """Opens a file that no family knows; gives the sentence."""
    host = PluginHost()
    monkeypatch.setattr(models, "PLUGINS", host)
    torch.save({"encoder.weight": torch.zeros(7, 5)}, tmp_path / "odd.pt")

    def say():
        with pytest.raises(UnknownModelError) as caught:
            run(models.open_model(str(tmp_path / "odd.pt"), "cpu"))
        return caught.value.sentence()

    yield say
    host.stop_all()


def add(id, provides="generators"):
    folder = paths.user_plugins_dir() / id
    folder.mkdir(parents=True)
    (folder / "plugin.toml").write_text(MANIFEST.format(id, provides))
    (folder / "__init__.py").write_text("1 / 0")


def test_only_the_families_where_all_plugins_were_asked(unknown):
    assert "begins with encoder.weight 7×5. Known families: " in unknown()
    assert "Perhaps" not in unknown()


def test_plugins_that_wait_are_counted_and_named(unknown):
    add("one")
    assert unknown().endswith(
        "Perhaps a plugin knows it: 1 plugin is waiting for your consent (Test one)."
    )
    add("two")
    add("finder", "methods")  # finds directions: it knows no files
    assert "2 plugins are waiting for your consent (Test one, Test two)." in unknown()


def test_plugins_that_are_off_or_broken_are_named(unknown):
    models.PLUGINS.disable("sngan")
    assert unknown().endswith("Perhaps a plugin knows it: SNGAN is not running.")
    add("one")
    assert "(Test one); SNGAN is not running." in unknown()
