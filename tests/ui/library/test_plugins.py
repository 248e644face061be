"""The page of plugins: switches, consent, and the sentence of one that failed."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel

from latentstudio.plugin_host.host import PluginStatus
from latentstudio.ui.library.plugins import PluginsPage
from tests.ui.fakes import FakeLibrary


def status(id, state, *, shipped=False, problem="", version="1.0"):
    return PluginStatus(
        id, id.title(), version, "What it does.", ("generators",), f"/p/{id}", shipped, state,
        problem,
    )  # fmt: skip


FOUND = [
    status("mine", "ask", problem="Not allowed yet."),
    status("torn", "broken", problem="The plugin in torn has a wrong plugin.toml.", version=""),
    status("sick", "broken", problem="The plugin Sick could not be started (OSError)."),
    status("proggan", "allowed", shipped=True),
    status("sngan", "off", shipped=True),
]


@pytest.fixture
def page(qtbot, look, qapp, monkeypatch):
    client = FakeLibrary()
    made = PluginsPage(client, None)
    made.client = client
    qtbot.addWidget(made)
    client.plugins_ready.emit(FOUND)
    made.show()
    made.answers = []
    monkeypatch.setattr(made, "may_run", lambda one: made.answers.pop())
    return made


def press(qtbot, switch):
    qtbot.mouseClick(switch, Qt.MouseButton.LeftButton)


def test_each_plugin_tells_version_what_it_brings_and_how_it_is(page):
    assert page.rows["proggan"].facts.text == (
        "proggan · 1.0 · kinds of models · starts when it is needed"
    )
    on = {id: switch.isChecked() for id, switch in page.switches.items()}
    assert on == {"mine": False, "torn": False, "sick": False, "proggan": True, "sngan": False}
    texts = [one.text() for one in page.rows["sick"].findChildren(QLabel)]
    assert "The plugin Sick could not be started (OSError)." in texts
    assert not page.switches["torn"].isEnabled()


def test_a_plugin_of_ones_own_runs_only_after_a_yes(page, qtbot):
    page.answers = [False]
    press(qtbot, page.switches["mine"])
    assert page.client.asked == []
    assert not page.switches["mine"].isChecked()
    page.answers = [True]
    press(qtbot, page.switches["mine"])
    assert page.client.asked == [("enable_plugin", "mine")]


def test_shipped_plugins_are_switched_without_a_question(page, qtbot):
    press(qtbot, page.switches["proggan"])
    press(qtbot, page.switches["sngan"])
    assert page.client.asked == [("disable_plugin", "proggan"), ("enable_plugin", "sngan")]


def test_loading_again_a_changed_plugin_asks_too(page, qtbot):
    page.answers = [False]
    page._again(FOUND[0])
    assert page.client.asked == []
    page._again(FOUND[3])
    assert page.client.asked == [("reload_plugin", "proggan")]
