"""The page "Write a backend in 40 lines": its files, written out, are a plugin that works."""

import re
import runpy
from pathlib import Path

import numpy as np
import pytest

from latentstudio.core import paths
from latentstudio.core.progress import run
from latentstudio.exchange.presets import read_preset
from latentstudio.plugin_host.host import PluginHost
from latentstudio.session import models, predictors, studio
from latentstudio.session.studio import Studio

PAGE = Path(__file__).parents[2] / "docs" / "write-a-backend.md"
FENCE = re.compile(r"^```\w+ (\S+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
BLOCKS = dict(FENCE.findall(PAGE.read_text("utf-8")))


@pytest.fixture
def cli_home(private_home):
    """A home of its own: plugins are allowed in it."""


def write(folder, monkeypatch, **changes):
    folder.mkdir(parents=True)
    for name, text in BLOCKS.items():
        for old, new in changes.items():
            text = text.replace(old, new)
        (folder / name).write_text(text, encoding="utf-8")
    monkeypatch.chdir(folder)
    runpy.run_path("make_example.py")
    return folder


@pytest.fixture
def own_host(cli_home, monkeypatch):
    host = PluginHost()
    for module in (models, predictors, studio):
        monkeypatch.setattr(module, "PLUGINS", host)
    yield host
    host.stop_all()


@pytest.fixture
def plugin(own_host, monkeypatch):
    return write(paths.user_plugins_dir() / "eigenpictures", monkeypatch)


def test_it_is_forty_lines():
    assert set(BLOCKS) == {"plugin.toml", "__init__.py", "make_example.py"}
    lines = [line for line in BLOCKS["__init__.py"].splitlines() if line.strip()]
    assert 20 <= len(lines) <= 40


def test_check_says_that_all_holds(plugin, latentstudio):
    status, out, err = latentstudio("plugins", "check", plugin)
    assert (status, err) == (0, "")
    lines = out.splitlines()
    assert len(lines) > 15
    assert all(line.startswith("holds  ") for line in lines)
    assert "holds  small.pt: one seed is one picture, in any batch and order" in lines


def test_allowed_it_renders(plugin, latentstudio, tmp_path):
    argv = ("render", plugin / "examples" / "small.pt", "--seeds", "0-1", "--format", "npy",
            "--output", tmp_path / "out")  # fmt: skip
    status, _, err = latentstudio(*argv)
    assert status == 2
    assert "holds a model we don't know" in err
    status, out, err = latentstudio("plugins", "enable", "eigenpictures")
    assert (status, out) == (0, "eigenpictures is on.\n")
    assert "a plugin is a program" in err
    assert latentstudio(*argv)[0] == 0
    found = np.load(tmp_path / "out" / "images.npy")
    assert found.shape == (2, 3, 16, 16)
    assert not np.array_equal(found[0], found[1])
    assert latentstudio("plugins", "disable", "eigenpictures")[0] == 0
    assert latentstudio(*argv)[0] == 2


FAULTS = {
    "a wrong shape": ({"torch.tanh(self.mean + x)": "torch.tanh(self.mean + x)[:, :, 1:]"},
                      "gave a wrong shape"),
    "no layer": ({'return ("sum",)': 'return ("other",)'}, "layers can be read and replaced"),
    "not finite": ({"torch.tanh(": "torch.log("}, "pictures hold NaN or infinity"),
    "one picture": ({'"nk,kchw->nchw", z,': '"nk,kchw->nchw", 0 * z,'}, "the same picture"),
    "a batch that matters": ({"z, self.components": "z - z.mean(0), self.components"},
                             "seed 77 alone looks different"),
    "rows of nothing": ({"flatten(1).T": "flatten(1)"}, "rows of another length"),
    "never ours": ({"is not None": "is None"}, "small.pt opens: small.pt holds a model we don't"),
    "a manifest": ({"api = 1": "api = 7"}, "made for version 7"),
    "an import": ({"from torch import nn\n": "import no_such\n"}, "No module named 'no_such'"),
}  # fmt: skip


@pytest.mark.parametrize("fault", FAULTS)
def test_check_names_what_is_wrong(fault, own_host, latentstudio, monkeypatch, tmp_path):
    changes, words = FAULTS[fault]
    folder = write(tmp_path / "eigenpictures", monkeypatch, **changes)
    status, out, err = latentstudio("plugins", "check", folder)
    assert status == 2
    assert re.search(r"latentstudio: \d+ of \d+ checks? fail", err)
    assert any(line.startswith("fails") and words in line for line in out.splitlines())


def test_without_a_model_it_says_so(plugin, latentstudio):
    (plugin / "examples" / "small.pt").unlink()
    status, out, _ = latentstudio("plugins", "check", plugin)
    assert status == 2
    assert "or name one by --model" in out


def test_listed_with_the_shipped_ones(plugin, results, latentstudio):
    found = {one["id"]: one for one in results("plugins", "list", "--json")}
    assert found["eigenpictures"]["state"] == "ask"
    assert not found["eigenpictures"]["shipped"]
    assert {found[name]["state"] for name in ("proggan", "stylegan1", "sngan", "dcgan")} == {
        "allowed"
    }
    text = latentstudio("plugins", "list")[1]
    assert re.search(r"eigenpictures +1\.0 +yours +not allowed yet", text)


@pytest.mark.parametrize("name", ["proggan", "stylegan1", "sngan"])
def test_shipped_plugins_pass_as_anybodys(name, own_host, latentstudio):
    golden = Path(__file__).parents[1] / "golden" / "generators"
    model = {"proggan": "proggan-64.pth", "stylegan1": "hammer-stylegan-64.pth",
             "sngan": "sngan-32-gray.pt"}[name]  # fmt: skip
    folder = paths.shipped_plugins_dir() / name
    status, out, err = latentstudio("plugins", "check", folder, "--model", golden / model)
    assert (status, err) == (0, ""), out


MORE = """

import dataclasses


@dataclasses.dataclass(frozen=True)
class Axes:
    count: int = studio.option(2, "Directions", "How many to find.", low=1, high=8)


def axes(generator, options, seed=0, state=None):
    yield studio.Step(0.5, "Looking")
    rows = torch.eye(generator.info.code_dim).numpy()[: options.count]
    found = tuple(
        studio.Direction(f"axes-{i}", f"Axis {i}", studio.Space.Z, studio.Linear(row))
        for i, row in enumerate(rows)
    )
    return studio.DirectionSet(studio.ModelKey.of(generator.info), found)


def light(images):
    return images.mean((1, 2, 3))[:, None]


def activate_all(api):
    activate(api)
    api.add_method(studio.Method("axes", "Axes", Axes, axes))
    api.add_predictor(studio.Predictor("light", "Light", (studio.Attribute("light"),), light))
"""


@pytest.fixture
def allrounder(own_host, monkeypatch):
    """A plugin that brings a family, a method and a predictor."""
    folder = write(paths.user_plugins_dir() / "eigenpictures", monkeypatch)
    source = (folder / "__init__.py").read_text("utf-8").replace("def activate(", "def family(")
    more = MORE.replace("    activate(api)", "    family(api)").replace("activate_all", "activate")
    (folder / "__init__.py").write_text(source + more, "utf-8")
    kinds = '["generators", "methods", "predictors"]'
    manifest = (folder / "plugin.toml").read_text("utf-8").replace('["generators"]', kinds)
    (folder / "plugin.toml").write_text(manifest, "utf-8")
    return folder


def test_a_plugins_method_runs_in_a_new_process(allrounder, latentstudio, own_host, tmp_path):
    small, preset = allrounder / "examples" / "small.pt", tmp_path / "axes.lpreset"
    assert latentstudio("plugins", "enable", "eigenpictures")[0] == 0
    argv = ("--method", "eigenpictures:axes", "--option", "count=3", "--output", preset)
    for model in (small, "portraits"):  # the second needs nothing of the plugin's but the method
        own_host.stop_all()  # as a new process: nothing has loaded it
        status, out, err = latentstudio("discover", model, *argv)
        assert (status, out.strip()) == (0, str(preset)), err
        assert [d.name for d in read_preset(preset).directions] == ["Axis 0", "Axis 1", "Axis 2"]
    own_host.stop_all()
    assert latentstudio("pool", small, "--count", "2", "--output", tmp_path / "pool")[0] == 0
    assert latentstudio("discover", small, *argv)[0] == 0
    argv = ("traverse", small, "--preset", preset, "--pool", tmp_path / "pool", "--output",
            tmp_path / "walks")  # fmt: skip
    assert latentstudio(*argv)[0] == 0
    own_host.stop_all()
    status, _, err = latentstudio("attributes", tmp_path / "walks", "--predictor",
                                  "eigenpictures:light")  # fmt: skip
    assert status == 0, err


def test_a_plugins_method_is_a_form_of_the_window(allrounder, latentstudio, own_host):
    status, _, err = latentstudio("plugins", "enable", "eigenpictures")
    assert status == 0, err
    own_host.stop_all()
    summary = run(Studio().open("portraits"))
    form = next(one for one in summary.methods if one.id == "eigenpictures:axes")
    assert (form.title, [f.default for f in form.fields]) == ("Axes", [2])
