"""Manifests: what is read, what is refused, and that nothing is run."""

import subprocess
import sys

import pytest

from latentstudio.core import paths
from latentstudio.core.errors import PluginError
from latentstudio.plugin_host.manifest import find_plugins, read_manifest

GOOD = """
id = "nice"
name = "Nice"
version = "2.1"
api = 1
description = "Does it."
provides = ["generators", "methods"]
needs = ["onnxruntime"]
author = "unknown keys are for later versions"
"""


def write(folder, text):
    folder.mkdir(parents=True)
    (folder / "plugin.toml").write_text(text)
    return folder


def test_all_fields(tmp_path):
    manifest = read_manifest(write(tmp_path / "nice", GOOD))
    assert (manifest.id, manifest.name, manifest.version, manifest.api) == (
        "nice",
        "Nice",
        "2.1",
        1,
    )
    assert manifest.provides == ("generators", "methods")
    assert manifest.needs == ("onnxruntime",)
    assert manifest.description == "Does it."


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (("api = 1", "api = 2"), "made for version 2 of the plugin interface"),
        (("api = 1", 'api = "1"'), r"Expected `int`, got `str` - at `\$.api`"),
        (('id = "nice"', 'id = "../nice"'), "lower-case letters"),
        (('name = "Nice"', 'name = " "'), "can't be empty"),
        (('provides = ["generators", "methods"]', 'provides = ["themes"]'), "'themes'"),
        (('provides = ["generators", "methods"]', "provides = []"), "provides nothing"),
        (('version = "2.1"', ""), "missing required field `version`"),
        (("id =", "id"), "wrong plugin.toml"),
        (("Does it.", "x" * 70_000), "far too large"),
    ],
)
def test_wrong_manifests_are_named_with_a_reason(change, words, tmp_path):
    folder = write(tmp_path / "odd-folder", GOOD.replace(*change))
    with pytest.raises(PluginError, match=words) as caught:
        read_manifest(folder)
    assert "Nice" in str(caught.value) or "odd-folder" in str(caught.value)


def test_binary_rubbish_is_refused(tmp_path):
    folder = write(tmp_path / "odd", "")
    (folder / "plugin.toml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(PluginError, match=r"odd has a wrong plugin\.toml"):
        read_manifest(folder)


def test_the_users_come_first_and_an_id_that_is_taken_is_a_problem(tmp_path):
    shipped, own = tmp_path / "shipped", tmp_path / "own"
    write(shipped / "a", GOOD)
    write(own / "b", GOOD)
    write(own / "c", GOOD.replace('"nice"', '"other"'))
    write(own / ".hidden", GOOD.replace('"nice"', '"third"'))
    found = find_plugins(shipped, own)
    assert [(one.folder.name, one.shipped) for one in found] == [
        ("b", False),
        ("c", False),
        ("a", True),
    ]
    assert found[0].manifest is None
    assert "calls itself nice" in found[0].problem
    assert [one.id for one in found] == ["b", "other", "nice"]


def test_shipped_manifests_are_right():
    found = find_plugins(paths.shipped_plugins_dir(), paths.user_plugins_dir())
    assert {one.id for one in found} >= {"proggan", "stylegan1", "sngan"}
    assert [one.problem for one in found] == [""] * len(found)


def test_listing_runs_nothing_and_loads_no_torch():
    code = (
        "import sys; from latentstudio.plugin_host.host import PluginHost;"
        "print(len(PluginHost().statuses()), 'torch' in sys.modules,"
        "any(name.startswith('latentstudio_plugin_') for name in sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    count, *rest = done.stdout.split()
    assert int(count) >= 3
    assert rest == ["False", "False"]
