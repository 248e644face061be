"""On, off, allowed once, and blamed by name."""

import threading
import time

import pytest

from latentstudio.core.errors import PluginError
from latentstudio.core.progress import run
from latentstudio.discovery.registry import METHODS
from latentstudio.generators.table import families
from latentstudio.plugin_host import consent
from latentstudio.plugin_host.host import PluginHost
from tests.unit.plugin_host.conftest import ACTIVATE, MANIFEST


def state(host, id="mine"):
    return {one.id: one for one in host.statuses()}[id].state


def problem(host, id="mine"):
    return {one.id: one for one in host.statuses()}[id].problem


def family_ids():
    return [family.id for family in families()]


def test_a_users_plugin_waits_to_be_allowed(host, write_plugin):
    write_plugin()
    run(host.load_allowed())
    assert state(host) == "ask"
    assert "mine-family" not in family_ids()
    run(host.enable("mine"))
    assert state(host) == "on"
    assert "mine-family" in family_ids()


def test_allowed_once_is_allowed_at_the_next_start(host, write_plugin):
    write_plugin()
    run(host.enable("mine"))
    host.stop_all()
    later = PluginHost()
    assert state(later) == "allowed"
    run(later.load_allowed())
    assert state(later) == "on"
    later.stop_all()


@pytest.mark.parametrize("change", ["other file", "same file", "renamed"])
def test_a_changed_plugin_is_asked_about_again(change, host, write_plugin):
    folder = write_plugin()
    (folder / "data.txt").write_text("1")
    run(host.enable("mine"))
    host.stop_all()
    if change == "renamed":
        (folder / "data.txt").rename(folder / "data2.txt")
    else:
        (folder / ("data.txt" if change == "same file" else "more.py")).write_text("2")
    assert state(host) == "ask"
    assert problem(host) == "It was changed since you allowed it."
    run(host.load_allowed())
    assert "mine-family" not in family_ids()


def test_links_are_refused(host, write_plugin, tmp_path):
    folder = write_plugin()
    (tmp_path / "elsewhere.py").write_text("")
    (folder / "link.py").symlink_to(tmp_path / "elsewhere.py")
    with pytest.raises(PluginError, match=r"holds a link, link\.py"):
        run(host.enable("mine"))


def test_off_takes_back_and_stays_off(host, write_plugin):
    write_plugin()
    run(host.enable("mine"))
    host.disable("mine")
    assert state(host) == "off"
    assert "mine-family" not in family_ids()
    run(PluginHost().load_allowed())
    assert "mine-family" not in family_ids()
    run(host.enable("mine"))
    assert "mine-family" in family_ids()


def test_reload_reads_the_files_again(host, write_plugin):
    folder = write_plugin(code=ACTIVATE.replace("Family of", "First of"))
    (folder / "part.py").write_text("LABEL = 'one'\n")
    run(host.enable("mine"))
    assert families()[-1].label == "First of mine"
    write_plugin(
        code="from . import part\n"
        + ACTIVATE.replace('"Family of mine"', "part.LABEL").replace(
            '"Family of {id}"', "part.LABEL"
        )
    )
    (folder / "part.py").write_text("LABEL = 'second label'\n")
    run(host.reload("mine"))
    assert families()[-1].label == "second label"
    assert family_ids().count("mine-family") == 1


def test_a_plugin_that_was_mended_starts(host, write_plugin):
    folder = write_plugin(code="from . import part\n" + ACTIVATE + "    part.check()\n")
    (folder / "part.py").write_text("def check():\n    raise ValueError('not yet')\n")
    with pytest.raises(PluginError, match="not yet"):
        run(host.enable("mine"))
    (folder / "part.py").write_text("def check():\n    return 'mended'\n")
    run(host.enable("mine"))
    assert state(host) == "on"


METHOD = """
from dataclasses import dataclass
from latentstudio.plugin_host.api import Method

@dataclass(frozen=True)
class Options:
    pass

def activate(api):
    api.add_method(Method("random", "Random", Options, lambda *_: None))
"""


def test_methods_carry_the_plugins_id_and_are_taken_back(host, write_plugin):
    write_plugin(code=METHOD, manifest=MANIFEST.replace("generators", "methods"))
    run(host.enable("mine"))
    assert METHODS["mine:random"].title == "Random"
    host.disable("mine")
    assert "mine:random" not in METHODS


HALF = ACTIVATE + "    api.add_format('nonsense')\n"
BROKEN = {
    "raises at import": ("1 / 0", "could not be started (ZeroDivisionError: division by zero)"),
    "raises later": ("def activate(api):\n    raise ValueError('no')", "(ValueError: no)"),
    "isn't a Python": ("def", "SyntaxError"),
    "ends the program": ("import sys; sys.exit(3)", "SystemExit: 3"),
    "has no activate": ("x = 1", "has no function activate(api)"),
    "registers nothing": ("def activate(api): pass", "announces generators and it brings none"),
    "registers half": (HALF, "registers something that does not fit: add_format needs a Format"),
    "takes an id": (ACTIVATE.replace("{id}-family", "stylegan2"), "'stylegan2' is registered"),
    "odd id": (ACTIVATE.replace("{id}-family", "Ä b"), "'Ä b' isn't an id of a family"),
    "format of nothing": (
        "from latentstudio.plugin_host.api import Format\ndef activate(api):\n"
        "    api.add_format(Format('nothing', 'N', len, len))",
        "the family 'nothing' of a format is not registered",
    ),
    "not announced": (METHOD, "its plugin.toml does not announce methods"),
    "needs what is not there": (ACTIVATE, "needs the package no_such_package"),
}


@pytest.mark.parametrize("case", BROKEN)
def test_what_fails_is_named_and_leaves_nothing(case, host, write_plugin):
    code, words = BROKEN[case]
    needs = 'needs = ["no_such_package"]\n' if case.startswith("needs") else ""
    write_plugin(code=code, manifest=MANIFEST + needs)
    write_plugin("good")
    before = family_ids()
    with pytest.raises(PluginError) as caught:
        run(host.enable("mine"))
    text = str(caught.value)
    assert "Test mine" in text
    assert words in text
    assert state(host) == "broken"
    assert problem(host) == text
    assert family_ids() == before
    run(host.enable("good"))
    assert family_ids() == [*before, "good-family"]


def test_a_failure_among_many_is_remembered_and_the_others_start(host, write_plugin):
    write_plugin("mine")
    write_plugin("another")
    run(host.enable("mine"))
    run(host.enable("another"))
    host.stop_all()
    folder = write_plugin("mine", code="1 / 0")
    choices = consent.load().with_allowed("mine", consent.content_of(folder))
    consent.save(choices)
    run(host.load_allowed())
    assert state(host, "another") == "on"
    assert state(host) == "broken"
    assert "ZeroDivisionError" in problem(host)


@pytest.mark.parametrize("loop", ["while True:\n    pass", "import time\ntime.sleep(60)"])
def test_one_that_hangs_is_given_up_on(loop, no_shipped_plugins, write_plugin):
    host = PluginHost(deadline=0.3)
    write_plugin(code=loop + ACTIVATE)
    begin = time.monotonic()
    with pytest.raises(PluginError, match=r"Test mine did not start within 0\.3 seconds"):
        run(host.enable("mine"))
    assert time.monotonic() - begin < 3
    assert state(host) == "broken"
    if "while" in loop:
        time.sleep(0.3)
        assert "plugin" not in [thread.name for thread in threading.enumerate()]


def test_one_that_was_given_up_on_can_register_nothing_later(no_shipped_plugins, write_plugin):
    host = PluginHost(deadline=0.1)
    slow = "def activate(api):\n    import time\n    try:\n        time.sleep(0.6)\n    finally:\n"
    code = ACTIVATE.replace("def activate(api):\n", slow).replace("    api.add", "        api.add")
    write_plugin(code=code)
    with pytest.raises(PluginError, match="did not start"):
        run(host.enable("mine"))
    time.sleep(1.0)
    assert "mine-family" not in family_ids()


def test_cancelling_leaves_nothing(host, write_plugin):
    write_plugin(code="import time\ntime.sleep(0.2)\n" + ACTIVATE)
    job = host.enable("mine")
    next(job)
    next(job)
    job.close()
    time.sleep(0.5)
    assert state(host) == "allowed"
    assert "mine-family" not in family_ids()


def test_a_damaged_file_of_choices_means_asking_again(host, write_plugin):
    write_plugin()
    run(host.enable("mine"))
    host.stop_all()
    consent.choices_path().write_bytes(b"{")
    assert state(host) == "ask"
    assert [path.name for path in consent.choices_path().parent.glob("*.broken-*")]


def test_an_unknown_id_names_the_known_ones(host, write_plugin):
    write_plugin()
    with pytest.raises(PluginError, match=r"no plugin 'yours'\. Known: mine"):
        host.disable("yours")
