"""Whatever a plugin's code raises, prints or waits for: it is named, and the program goes on."""

import sys
import threading
import time

import pytest
import torch

from latentstudio.core.errors import CheckpointError, PluginError
from latentstudio.core.progress import Step, Stopped, run, stop_point, stoppable
from latentstudio.discovery.registry import METHODS
from latentstudio.engine.warmup import warm_up_derivatives
from latentstudio.evaluate.registry import find_predictor, predictor_for
from latentstudio.plugin_host import border
from latentstudio.plugin_host.border import UnresponsiveError, call
from latentstudio.plugin_host.guard import guard
from latentstudio.session import models
from tests.toys.planted import DIM, PlantedGenerator
from tests.unit.plugin_host.conftest import MANIFEST
from tests.unit.plugin_host.test_guard import PLUGIN, SOUND
from tests.unit.plugin_host.test_predictors import ACTIVATE as PREDICTOR
from tests.unit.plugin_host.test_predictors import model as portraits_key

CODES = torch.zeros(2, 1, DIM)
ENDS = {
    "sys.exit": "raise SystemExit(3)",
    "Ctrl+C of its own": "raise KeyboardInterrupt",
    "GeneratorExit": "raise GeneratorExit",
    "StopIteration": "raise StopIteration",
}
HANGS = {"loop": "while True: pass", "sleep": "import time; time.sleep(60)"}


@pytest.fixture
def impatient(monkeypatch):
    for name in ("LOOK", "READ", "STEP", "PICTURE", "ANSWER"):
        monkeypatch.setattr(border, name, 0.3)


def doing(text):
    """A function whose body is some code."""
    names = {}
    exec(f"def function(*_, **__):\n    {text}", names)
    return names["function"]


@pytest.mark.parametrize("end", ENDS)
def test_what_would_end_the_program_is_named(end):
    with pytest.raises(PluginError, match=r"Toy failed while working \("):
        call("Toy", "working", 5.0, doing(ENDS[end]))


@pytest.mark.parametrize("hang", HANGS)
def test_what_never_answers_is_given_up_on(hang):
    began = time.monotonic()
    with pytest.raises(UnresponsiveError, match=r"Toy did not answer for 0\.2 seconds while wor"):
        call("Toy", "working", 0.2, doing(HANGS[hang]))
    assert time.monotonic() - began < 3
    assert call("Toy", "working", 5.0, lambda: 7) == 7  # the next one has a thread of its own


def test_signs_of_life_begin_the_waiting_anew():
    def slow():
        for _ in range(6):
            time.sleep(0.1)
            stop_point()
        return "done"

    assert call("Toy", "working", 0.4, slow) == "done"


def test_a_cancelled_job_ends_in_the_middle_of_a_call():
    with pytest.raises(Stopped), stoppable(lambda: True):
        call("Toy", "working", 5.0, stop_point)


def test_modes_of_torch_go_along():
    def modes():
        cast = torch.is_autocast_enabled("cpu") and torch.get_autocast_dtype("cpu")
        return torch.is_grad_enabled(), torch.is_inference_mode_enabled(), cast

    for mode in (torch.no_grad(), torch.inference_mode(), torch.autocast("cpu", torch.bfloat16)):
        with mode:
            assert call("Toy", "working", 5.0, modes) == modes()
    assert call("Toy", "working", 5.0, modes) == modes()


def test_what_calls_itself_stays_on_its_thread():
    def outer():
        return threading.get_ident(), call("Toy", "x", 5.0, threading.get_ident)

    one, other = call("Toy", "working", 5.0, outer)
    assert one == other != threading.get_ident()


class Hangs(PlantedGenerator):
    def synthesize(self, codes, classes=None, noise="const"):
        time.sleep(60)


class Loops(PlantedGenerator):
    def synthesize(self, codes, classes=None, noise="const"):
        while True:
            pass


class Leaves(PlantedGenerator):
    def synthesize(self, codes, classes=None, noise="const"):
        raise SystemExit(4)


def test_a_model_that_hangs_is_named_and_not_waited_for_twice(impatient):
    said, watched = [], None
    watched = guard(Hangs(), "Toy", said.append)
    with pytest.raises(UnresponsiveError, match="Toy did not answer"):
        watched.synthesize(CODES)
    assert len(said) == 1
    began = time.monotonic()
    with pytest.raises(UnresponsiveError, match="Toy did not answer"):
        watched.synthesize(CODES)
    assert time.monotonic() - began < 0.1


def test_a_model_that_leaves_is_named():
    with pytest.raises(PluginError, match=r"failed while making a picture \(SystemExit: 4\)"):
        guard(Leaves(), "Toy").synthesize(CODES)


def test_a_hang_under_derivatives_is_interrupted_where_it_is(monkeypatch):
    warm_up_derivatives()
    ones = torch.ones_like(CODES)
    plain = torch.func.jvp(PlantedGenerator().synthesize, (CODES,), (ones,))[1]
    with monkeypatch.context() as patched:
        patched.setattr(border, "PICTURE", 0.3)
        with pytest.raises(UnresponsiveError, match="Toy did not answer"):
            torch.func.jvp(guard(Loops(), "Toy").synthesize, (CODES,), (ones,))
    pushed = torch.func.jvp(guard(PlantedGenerator(), "Toy").synthesize, (CODES,), (ones,))[1]
    assert torch.equal(pushed, plain)


OPENING = {
    (place, name): code
    for place in ("recognise", "convert", "build")
    for name, code in (ENDS | HANGS).items()
}


@pytest.mark.parametrize("fault", OPENING, ids=" ".join)
def test_opening_ends_with_the_plugins_name(
    fault, host, write_plugin, tmp_path, monkeypatch, impatient
):
    monkeypatch.setattr(models, "PLUGINS", host)
    text = PLUGIN
    for name, part in (SOUND | {fault[0]: OPENING[fault]}).items():
        text = text.replace("{" + name + "}", part)
    write_plugin(code=text)
    run(host.enable("mine"))
    torch.save({"mine": torch.zeros(3)}, tmp_path / "own.pt")
    kind = CheckpointError if fault[0] == "recognise" else PluginError
    with pytest.raises(kind) as caught:
        run(models.open_model(str(tmp_path / "own.pt"), "cpu"))
    named = host.statuses()[0].problem
    assert named.startswith("The plugin Test mine ")
    assert kind is CheckpointError or "Test mine" in caught.value.sentence()


METHOD = """
from dataclasses import dataclass
from latentstudio.plugin_host.api import Method, Step

@dataclass(frozen=True)
class Options:
    pass

def discover(generator, options, seed=0, state=None):
    yield Step(0.1)
    {fault}
    yield Step(0.2)

def activate(api):
    api.add_method(Method("odd", "Odd", Options, discover))
"""
FAULTS = ENDS | HANGS | {
    "no Step": "yield 3",
    "nothing found": "return None",
}  # fmt: skip


@pytest.mark.parametrize("fault", FAULTS)
def test_a_methods_step_is_named(fault, host, write_plugin, impatient):
    manifest = MANIFEST.replace("generators", "methods")
    write_plugin(code=METHOD.replace("{fault}", FAULTS[fault]), manifest=manifest)
    run(host.enable("mine"))
    job = METHODS["mine:odd"].discover(PlantedGenerator(), None, 0, None)
    assert next(job) == Step(0.1)
    with pytest.raises(PluginError, match="The plugin Test mine "):
        run(job)
    assert "Test mine" in host.statuses()[0].problem


def test_options_that_are_none_are_refused(host, write_plugin):
    code = METHOD.replace("{fault}", "pass").replace(", Options, discover", ", dict, discover")
    write_plugin(code=code, manifest=MANIFEST.replace("generators", "methods"))
    with pytest.raises(PluginError, match="the options of odd aren't options"):
        run(host.enable("mine"))


@pytest.mark.parametrize("fault", ENDS | HANGS)
@pytest.mark.parametrize("place", ["read", "suits", "missing"])
def test_a_predictor_is_named(place, fault, host, write_plugin, impatient):
    bad = f"def bad(*_):\n    {(ENDS | HANGS)[fault]}\n\ndef activate"
    code = PREDICTOR.replace("def activate", bad)
    code = code.replace("read))", "bad))" if place == "read" else f"read, {place}=bad))")
    write_plugin(code=code, manifest=MANIFEST.replace("generators", "predictors"))
    run(host.enable("mine"))
    if place == "suits":
        assert predictor_for(portraits_key()).id != "mine:two"
    else:
        with pytest.raises(Exception, match="The plugin Test mine "):
            find_predictor("two").read(torch.zeros(1, 3, 8, 8))
    assert "Test mine" in host.statuses()[0].problem


def test_what_it_prints_goes_to_the_log(capsys, caplog, host, write_plugin):
    def shout():
        sys.stdout.write("from a call")
        return 1

    write_plugin(code="print('while importing')\n" + PLUGIN_THAT_STARTS)
    with caplog.at_level("INFO", "latentstudio.plugins"):
        run(host.enable("mine"))
        call("Toy", "working", 5.0, shout)
        sys.stdout.write("ours\n")
    assert capsys.readouterr().out == "ours\n"
    assert [r.getMessage() for r in caplog.records] == [
        "Test mine: while importing",
        "Toy: from a call",
    ]


PLUGIN_THAT_STARTS = """
from latentstudio.plugin_host.api import Family

def activate(api):
    api.add_family(Family("mine-family", "Family", lambda *_: None))
"""


@pytest.mark.parametrize(
    ("patch", "name"),
    [
        ("import builtins\nbuiltins.open = lambda *_: None\n", "builtins.open"),
        ("import torch\ntorch.relu = torch.abs\n", "torch.relu"),
        ("import torch\ntorch.Tensor.sum = torch.Tensor.mean\n", "torch.Tensor.sum"),
    ],
)
def test_what_it_replaces_is_noticed(patch, name, host, write_plugin, monkeypatch):
    import builtins

    said = []
    host.tell = said.append
    write_plugin(code=patch + PLUGIN_THAT_STARTS)
    with monkeypatch.context() as patched:  # which puts back what the plugin replaces
        patched.setattr(builtins, "open", open)
        patched.setattr(torch, "relu", torch.relu)
        patched.setattr(torch.Tensor, "sum", torch.Tensor.sum)
        run(host.enable("mine"))
    assert said == [host.statuses()[0].problem]
    assert f"Test mine replaced {name}, which" in said[0]
    assert host.statuses()[0].state == "on"


def test_the_shipped_ones_replace_nothing():
    from latentstudio.plugin_host.host import PluginHost

    host, said = PluginHost(), []
    host.tell = said.append
    run(host.load_allowed())
    assert {one.state for one in host.statuses()} == {"on"}
    assert said == []
    host.stop_all()


@pytest.mark.parametrize("end", ENDS)
def test_the_command_line_ends_as_for_anything_that_can_be_mended(
    end, host, write_plugin, tmp_path, monkeypatch, capsys
):
    from latentstudio.cli.main import main

    monkeypatch.setattr(models, "PLUGINS", host)
    text = PLUGIN
    for name, part in (SOUND | {"convert": f"print('spoils'); {ENDS[end]}"}).items():
        text = text.replace("{" + name + "}", part)
    write_plugin(code=text)
    run(host.enable("mine"))
    torch.save({"mine": torch.zeros(3)}, tmp_path / "own.pt")
    assert main(["inspect", str(tmp_path / "own.pt"), "--json"]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert "The plugin Test mine failed while reading own.pt" in err
