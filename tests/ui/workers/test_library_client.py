"""Installing and switching plugins off the GUI thread."""

import pytest

from latentstudio.core import paths
from latentstudio.generators.builtin import models_dir
from latentstudio.session import catalogue, installing
from latentstudio.workers.studio_client import StudioClient
from tests.unit.session.wheels import WEIGHTS, entry_for, index_with, make_wheel

WAIT = 60_000
GOOD = """\
from latentstudio.plugin_host.api import Family
def activate(api):
    api.add_family(Family("client-test", "Client test", lambda *given: None))
"""
MANIFEST = 'id = "mine"\nname = "Mine"\nversion = "1"\napi = 1\nprovides = ["generators"]\n'


@pytest.fixture
def client(qapp):
    made = StudioClient()
    made.jobs = []
    made.job_changed.connect(made.jobs.append)
    yield made
    made.close()


@pytest.fixture
def toy(tmp_path, monkeypatch):
    """Sets up an index that takes some seconds to bring the toy."""
    wheel = tmp_path / "toy.whl"
    make_wheel(wheel)
    monkeypatch.setattr(catalogue, "catalogue", lambda: (entry_for(wheel),))
    return lambda seconds: monkeypatch.setattr(
        installing, "command", index_with(wheel, seconds=seconds)
    )


def test_a_model_is_installed_with_its_progress_among_the_jobs(client, toy, qtbot):
    toy(0.3)
    told = []
    client.library.progressed.connect(lambda name, fraction: told.append((name, fraction)))
    with qtbot.waitSignal(client.library.installed, timeout=WAIT) as done:
        client.library.install("toy-model")
        client.library.install("toy-model")  # once is enough
        assert client.library.installing == ("toy-model",)
    assert done.args == ["toy-model"]
    assert client.library.installing == ()
    assert (models_dir() / "toy-model.pth").read_bytes() == WEIGHTS
    assert {job.title for job in client.jobs} == {"Installing toy-model"}
    assert [job.state for job in client.jobs][-1] == "done"
    assert told[-1] == ("toy-model", 1.0)


def test_cancelling_leaves_nothing_and_complains_of_nothing(client, toy, qtbot):
    toy(60)
    with qtbot.waitSignal(client.library.progressed, timeout=WAIT):
        client.library.install("toy-model")
    with qtbot.waitSignal(client.library.install_failed, timeout=WAIT) as failed:
        client.cancel(client.jobs[-1].ticket)  # as the list of jobs does
    assert failed.args == ["toy-model", ""]
    assert not models_dir().exists()


def test_a_name_that_is_none_fails_with_a_sentence(client, toy, qtbot):
    with qtbot.waitSignal(client.library.install_failed, timeout=WAIT) as failed:
        client.library.install("nothing")
    assert failed.args[1].startswith("There is no model 'nothing' to install")


def plugins(client, qtbot, ask):
    with qtbot.waitSignal(client.library.plugins_ready, timeout=WAIT) as ready:
        ask()
    return {one.id: one for one in ready.args[0]}


@pytest.fixture
def own_plugin():
    """Writes a plugin of the user's; all plugins are stopped after the test."""

    def write(code):
        folder = paths.user_plugins_dir() / "mine"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "plugin.toml").write_text(MANIFEST)
        (folder / "__init__.py").write_text(code)

    yield write
    from latentstudio.session.models import PLUGINS

    PLUGINS.stop_all()


def test_a_plugin_is_allowed_switched_off_and_loaded_again(client, own_plugin, qtbot):
    from latentstudio.generators.table import families

    def known():
        return "client-test" in {family.id for family in families()}

    own_plugin(GOOD)
    library = client.library
    assert plugins(client, qtbot, library.want_plugins)["mine"].state == "ask"
    assert not known()
    assert plugins(client, qtbot, lambda: library.enable_plugin("mine"))["mine"].state == "on"
    assert known()
    assert plugins(client, qtbot, lambda: library.disable_plugin("mine"))["mine"].state == "off"
    assert not known()
    own_plugin("def activate(api): raise OSError('no paint')")
    with qtbot.waitSignal(library.plugin_failed, timeout=WAIT) as failed:
        found = plugins(client, qtbot, lambda: library.reload_plugin("mine"))
    assert failed.args[0] == "mine"
    assert "no paint" in failed.args[1]
    assert found["mine"].state == "broken"
    assert "no paint" in found["mine"].problem
