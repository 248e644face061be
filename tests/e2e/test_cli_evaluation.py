"""pool, traverse, attributes and rank on the built-in model, and what is refused."""

import csv
import json
import re
import shutil
from html.parser import HTMLParser

import numpy as np
import pytest
from PIL import Image

from latentstudio.cli.main import main
from latentstudio.core import paths
from latentstudio.core.spaces import Space
from latentstudio.document.direction import Direction, DirectionSet, Linear, ModelKey
from latentstudio.exchange.presets import write_preset
from latentstudio.session.models import PLUGINS

STEPS = 5


@pytest.fixture(scope="session")
def evaluated(tmp_path_factory, shared_home, preset):
    """A pool of four, three directions walked on it, and their attributes."""
    folder = tmp_path_factory.mktemp("evaluated")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LATENTSTUDIO_HOME", str(shared_home))
        for argv in (
            ["pool", "portraits", "--seeds", "0-2,7", "--output", folder / "pool"],
            ["traverse", "portraits", "--preset", preset, "--pool", folder / "pool",
             "--steps", STEPS, "--reach", 2, "--output", folder / "walks"],
            ["attributes", folder / "walks"],
        ):  # fmt: skip
            assert main([str(one) for one in argv]) == 0
    PLUGINS.stop_all()
    return folder


@pytest.fixture
def traverse(preset, evaluated, tmp_path):
    """The command, complete; a test replaces a part."""

    def command(**changes):
        flags = {"preset": preset, "pool": evaluated / "pool", "output": tmp_path / "out"}
        flags |= changes
        return ["traverse", "portraits", *(x for k, v in flags.items() for x in (f"--{k}", v))]

    return command


class Links(HTMLParser):
    """Everything a page loads or points to."""

    def __init__(self):
        super().__init__()
        self.found = []

    def handle_starttag(self, tag, attrs):
        self.found += [value for key, value in attrs if key in ("src", "href") and value]


def test_the_pool_holds_what_render_makes(evaluated, results, tmp_path):
    results("render", "portraits", "--seeds", "7", "--output", tmp_path)
    pool = evaluated / "pool"
    same = (pool / "pictures" / "00003-seed7.png", tmp_path / "0000-seed7.png")
    pictures = [np.asarray(Image.open(path)) for path in same]
    assert np.array_equal(*pictures)
    latents = np.load(pool / "latents.npy")
    assert latents.dtype == np.float32
    assert np.allclose(latents[3], np.random.RandomState(7).randn(128), atol=1e-6)


def test_a_strip_holds_what_walk_makes(evaluated, preset, results, tmp_path):
    results("walk", "portraits", "--preset", preset, "--direction", "1", "--seeds", "2",
            "--from", "-2", "--to", "2", "--steps", STEPS, "--output", tmp_path)  # fmt: skip
    frames = [np.asarray(Image.open(path)) for path in sorted(tmp_path.glob("*.png"))]
    strip = np.asarray(Image.open(evaluated / "walks" / "001-ganspace-1" / "00002-seed2.png"))
    assert strip.shape == (64, STEPS * 68 - 4, 3)
    for step, frame in enumerate(frames):
        assert np.array_equal(strip[:, step * 68 : step * 68 + 64], frame)


def test_ranked_as_the_values_say(evaluated, results, tmp_path):
    (page,) = results("rank", evaluated / "walks", "--output", tmp_path / "rank")
    assert page == str(tmp_path / "rank" / "index.html")
    said = json.loads((tmp_path / "rank" / "ranking.json").read_text())
    with np.load(evaluated / "walks" / "attributes.npz") as arrays:
        values = arrays["values"]
    names = [one["name"] for one in said["attributes"]]
    assert values.shape == (3, 4, STEPS, len(names))
    glasses = names.index("glasses")
    step = np.arange(STEPS)
    scaled = 2 * values[..., glasses].astype(float) - 1
    wanted = [np.mean([np.cov(w, step)[0, 1] for w in d]) / step.std(ddof=1) for d in scaled]
    found = [one["correlation"]["glasses"] for one in said["directions"]]
    assert found == pytest.approx(wanted, abs=1e-4)
    best = int(np.argmax(np.abs(wanted)))
    assert said["best"]["glasses"]["correlation"][0] == f"ganspace-{best}"
    for one in said["directions"]:
        assert sum(one["selectivity"].values()) == pytest.approx(1.0, abs=1e-3)
    with (tmp_path / "rank" / "correlation.csv").open() as file:
        rows = list(csv.DictReader(file))
    assert [float(row["glasses"]) for row in rows] == pytest.approx(wanted, abs=1e-4)
    assert [row["direction"] for row in rows] == ["ganspace-0", "ganspace-1", "ganspace-2"]


def test_the_page_loads_nothing_from_elsewhere(evaluated, results, tmp_path):
    results("rank", evaluated / "walks", "--only", "glasses, beard", "--show", "1",
            "--output", tmp_path)  # fmt: skip
    text = (tmp_path / "index.html").read_text("utf-8")
    links = Links()
    links.feed(text)
    assert len(links.found) == 3  # a strip for each direction
    assert all((tmp_path / one).is_file() for one in links.found)
    assert not re.search(r"https?://", text)
    assert re.findall(r'<option value="\d">([^<]*)<', text) == ["glasses", "beard"]
    with Image.open(tmp_path / "pictures" / "000.png") as strip:
        assert strip.size == (STEPS * 68 - 4, 64)


def test_measures_work_without_any_plugin(evaluated, latentstudio, results, tmp_path):
    path = tmp_path / "m.json"
    results("attributes", evaluated / "walks", "--predictor", "measures", "--output", path)
    said = json.loads(path.read_text())
    assert said["about"]["predictor"] == "measures"
    assert np.asarray(said["values"]).shape == (3, 4, STEPS, 11)
    results("rank", evaluated / "walks", "--attributes", path, "--output", tmp_path / "r")


def test_the_models_own_predictor_is_the_default(evaluated, latentstudio, tmp_path):
    argv = ("attributes", evaluated / "walks", "--output", tmp_path / "a.npz")
    status, _, err = latentstudio(*argv)
    assert (status, err) == (
        0,
        "Note: read by portraits-attributes:portraits (attributes of portraits).\n",
    )


def test_begun_again_it_goes_on(evaluated, traverse, latentstudio, results):
    command = [*traverse(), "--steps", "3", "--animation", "gif", "--directions", "2,0"]
    out = traverse()[-1]
    results(*command)
    assert sorted(p.name for p in out.iterdir()) == [
        "000-ganspace-2", "001-ganspace-0", "traversals.json",
    ]  # fmt: skip
    with Image.open(out / "000-ganspace-2" / "00000-seed0.gif") as moving:
        assert (moving.format, moving.n_frames) == ("GIF", 4)
    (out / "001-ganspace-0" / "00000-seed0.gif").unlink()
    status, _, err = latentstudio(*command)
    assert (status, err) == (0, "Note: 2 of 2 directions were there already.\n")
    status, _, err = latentstudio(*command[:-1], "1,0")
    assert status == 2
    assert "made in another way" in err


def test_on_the_shell_every_picture_stays_on_it(evaluated, traverse, results):
    """Straight and preserving walks start alike and end apart."""
    results(*traverse(), "--steps", "3", "--reach", "4", "--directions", "0",
            "--walk", "preserve", "--animation", "none")  # fmt: skip
    out = traverse()[-1]
    results(*traverse(output=out.with_name("line")), "--steps", "3", "--reach", "4",
            "--directions", "0", "--animation", "none")  # fmt: skip
    strips = [
        np.asarray(Image.open(folder / "000-ganspace-0" / "00000-seed0.png")).astype(int)
        for folder in (out, out.with_name("line"))
    ]
    middle = slice(68, 132)
    assert np.abs(strips[0][:, middle] - strips[1][:, middle]).max() <= 1
    assert np.abs(strips[0][:, :64] - strips[1][:, :64]).mean() > 2


# What is refused


def test_a_pool_named_twice_over(refused, tmp_path):
    both = ("pool", "portraits", "--count", "3", "--seeds", "0", "--output", tmp_path / "p")
    assert "give no --seeds" in refused(*both)
    assert "from 1 to" in refused("pool", "portraits", "--count", "0", "--output", tmp_path / "p")
    assert not (tmp_path / "p").exists()


def test_a_pool_of_another_model(refused, evaluated, traverse, tmp_path):
    other = tmp_path / "pool"
    other.mkdir()
    for name in ("latents.npy", "pool.json"):
        (other / name).write_bytes((evaluated / "pool" / name).read_bytes())
    said = json.loads((other / "pool.json").read_text())
    said["model"]["fingerprint"] = "0" * 64
    (other / "pool.json").write_text(json.dumps(said))
    text = refused(*traverse(pool=other))
    assert f"The pool in {other} was made with another model (stylegan2, 64 pixels)" in text
    assert "holds no pool" in refused(*traverse(pool=tmp_path))
    assert not traverse()[-1].exists()


def test_a_preset_of_another_model(refused, traverse, tmp_path):
    key = ModelKey("1" * 64, "stylegan2", 256, {"z": 512, "w": 512})
    vector = np.eye(1, 512, dtype=np.float32)[0]
    path = tmp_path / "other.lpreset"
    write_preset(DirectionSet(key, (Direction("d", "D", Space.W, Linear(vector)),)), path)
    assert "other.lpreset was made for another model (stylegan2, 256 pixels)" in refused(
        *traverse(preset=path)
    )


@pytest.mark.parametrize(("more", "words"), [
    (["--steps", "4"], "it is odd"),
    (["--steps", "1001"], "it is odd"),
    (["--reach", "0"], "above 0"),
    (["--directions", "9"], "There is no direction 9"),
    (["--directions", "x"], "a list of places"),
    (["--directions", "1,1"], "named twice"),
])  # fmt: skip
def test_walks_that_make_no_sense(more, words, refused, traverse):
    assert words in refused(*traverse(), *more)
    assert not traverse()[-1].exists()


def test_no_such_predictor(refused, evaluated, tmp_path):
    path = tmp_path / "a.npz"
    text = refused("attributes", evaluated / "walks", "--predictor", "faces9", "--output", path)
    assert "There is no predictor 'faces9'. Choose one of: measures, " in text
    assert "End it in .npz or .json" in refused(
        "attributes", evaluated / "walks", "--output", tmp_path / "a.txt"
    )
    assert "holds no folder of traversals" in refused("attributes", tmp_path)
    assert not path.exists()


BROKEN = """
from latentstudio.plugin_host.api import Attribute, Predictor

def read(images):
    raise ValueError("no idea")

def activate(api):
    api.add_predictor(Predictor("mine", "Mine", (Attribute("x"),), read))
"""
MANIFEST = """
id = "broken"
name = "Broken one"
version = "1"
api = 1
provides = ["predictors"]
"""


def test_a_predictor_that_breaks_is_named(evaluated, latentstudio, tmp_path, monkeypatch):
    monkeypatch.setenv("LATENTSTUDIO_HOME", str(tmp_path / "own"))
    folder = paths.user_plugins_dir() / "broken"
    folder.mkdir(parents=True)
    (folder / "plugin.toml").write_text(MANIFEST)
    (folder / "__init__.py").write_text(BROKEN)
    assert latentstudio("plugins", "enable", "broken")[0] == 0
    argv = (
        "attributes",
        evaluated / "walks",
        "--predictor",
        "mine",
        "--output",
        tmp_path / "a.npz",
    )
    status, out, err = latentstudio(*argv)
    assert (status, out) == (2, "")
    assert "The plugin Broken one failed while reading attributes (ValueError: no idea)" in err
    PLUGINS.stop_all()
    (folder / "__init__.py").write_text("import no_such_thing")
    assert latentstudio("plugins", "enable", "broken")[0] == 2
    status, _, err = latentstudio(*argv)
    assert status == 2
    assert "There is no predictor 'mine'" in err
    assert "No module named 'no_such_thing'" in err
    assert not (tmp_path / "a.npz").exists()


def test_ranking_what_was_not_read(refused, evaluated, tmp_path):
    folder = evaluated / "walks"
    assert "'nose' is not read" in refused("rank", folder, "--only", "nose", "--output", tmp_path)
    missing = ("rank", folder, "--attributes", tmp_path / "no.npz", "--output", tmp_path)
    assert "Run attributes first" in refused(*missing)
    (tmp_path / "index.html").write_text("<p>mine</p>")
    assert "is not one of our pages" in refused("rank", folder, "--output", tmp_path)
    assert [p.name for p in tmp_path.iterdir() if p.name != "home"] == ["index.html"]


def test_attributes_of_other_walks(refused, evaluated, traverse, results, tmp_path):
    results(*traverse(), "--steps", STEPS, "--reach", "1", "--animation", "none")
    other = ("rank", traverse()[-1], "--attributes", evaluated / "walks" / "attributes.npz")
    assert "read off other traversals" in refused(*other, "--output", tmp_path / "r")
    assert not (tmp_path / "r").exists()


def test_places_that_are_files(refused, traverse, evaluated, tmp_path):
    file = tmp_path / "file"
    file.write_text("mine")
    for argv in (
        traverse(output=file),
        ("pool", "portraits", "--output", file),
        ("pool", "portraits", "--output", file / "below"),
        ("rank", evaluated / "walks", "--output", file),
        ("attributes", evaluated / "walks", "--output", file / "a.npz"),
    ):
        assert "is a file" in refused(*argv)
    assert file.read_text() == "mine"


def test_a_full_disk_keeps_the_directions_that_are_there(traverse, refused, results, small_disk):
    out = small_disk.folder / "walks"
    command = (*traverse(output=out), "--steps", "3", "--animation", "none", "--directions", "0,1")
    results(*command)
    shutil.rmtree(out / "001-ganspace-1")
    before = {path: path.read_bytes() for path in out.rglob("*") if path.is_file()}
    small_disk.fill()
    assert "disk is full" in refused(*command)
    assert {path: path.read_bytes() for path in out.rglob("*") if path.is_file()} == before
    assert sorted(p.name for p in out.iterdir()) == ["000-ganspace-0", "traversals.json"]


# Methods against each other


@pytest.fixture
def compare(evaluated, tmp_path):
    """The command, small; a test adds to it."""
    return ["compare", "portraits", "--methods", "sefa,random", "--count", "2", "--frames", "3",
            "--pool", evaluated / "pool", "--output", tmp_path / "out"]  # fmt: skip


def test_methods_are_compared_in_one_command(compare, results):
    (page,) = results(*compare, "--only", "glasses,beard,smile", "--show", "1")
    out = compare[-1]
    assert page == str(out / "index.html")
    lines = (out / "table.md").read_text("utf-8").splitlines()
    assert lines[0] == "| attribute | SeFa | Random |"
    assert [line.split(" | ")[0] for line in lines[2:]] == [
        "| glasses", "| beard", "| smile", "| mean of all",
    ]  # fmt: skip
    said = json.loads((out / "ranking.json").read_text())
    ids = ["sefa-0", "sefa-1", "random-0", "random-1"]
    assert [one["id"] for one in said["directions"]] == ids
    best = max(abs(one["correlation"]["glasses"]) for one in said["directions"][:2])
    assert f"{best:.2f}" in lines[2]
    text = (out / "index.html").read_text("utf-8")
    links = Links()
    links.feed(text)
    assert len(links.found) == 3 * 2
    assert all((out / one).is_file() for one in links.found)
    assert "latentstudio compare portraits --methods sefa,random --count 2" in text
    assert f"--show 1 --pool {compare[-3]} --only glasses,beard,smile --output {out}" in text
    assert (out / "presets" / "sefa.lpreset").is_file()


@pytest.mark.parametrize(("more", "words"), [
    (["--methods", "sefa,nonsense"], "There is no method 'nonsense'"),
    (["--methods", "sefa,sefa"], "Name each once"),
    (["--methods", ","], "--methods names none"),
    (["--option", "dp-lase:rate=0.1"], "an option of a method that takes part"),
    (["--option", "count=3"], "an option of a method that takes part"),
    (["--option", "sefa:x=3"], "isn't an option of this method"),
    (["--option", "random:x=3"], "Random has no options"),
    (["--only", "nose"], "'nose' is not read"),
    (["--frames", "4"], "it is odd"),
    (["--change", "0"], "above 0 to 2"),
    (["--count", "1"], "from 2 to"),
    (["--predictor", "nobody"], "There is no predictor 'nobody'"),
])  # fmt: skip
def test_comparisons_that_make_no_sense(more, words, compare, refused):
    assert words in refused(*compare, *more)
    assert not compare[-1].exists()
