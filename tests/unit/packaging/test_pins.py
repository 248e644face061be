"""The lock files are complete, exact, and agree with pyproject.toml."""

import re
import tomllib
from importlib import metadata

import pytest
from environment import plan
from environment.layout import Layout
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name


@pytest.fixture
def locked(root):
    """Name → version, for the runtime and for everything."""
    layout = Layout(root)
    runtime = versions(plan.pins(layout.runtime_pins))
    return runtime, runtime | versions(plan.pins(layout.dev_pins))


def versions(pins):
    return {canonicalize_name(plan.name_of(pin)): pin.split("==")[1] for pin in pins}


def test_every_line_is_an_exact_version(root):
    layout = Layout(root)
    for pin in [*plan.pins(layout.runtime_pins), *plan.pins(layout.dev_pins)]:
        assert re.fullmatch(r"[\w.-]+==\d[\w.]*", pin), pin


def test_the_pins_are_what_the_project_asks_for(root, locked):
    project = tomllib.loads((root / "pyproject.toml").read_text())["project"]
    runtime, everything = locked
    wanted = [(runtime, line) for line in project["dependencies"]]
    wanted += [(everything, line) for line in project["optional-dependencies"]["dev"]]
    for lock, line in wanted:
        requirement = Requirement(line)
        assert lock[canonicalize_name(requirement.name)] in requirement.specifier


def test_what_the_packages_need_is_locked_too(locked):
    runtime, everything = locked
    for name in everything:
        lock = runtime if name in runtime else everything
        for requirement in needed_by(name, lock[name]):
            needed = canonicalize_name(requirement.name)
            assert needed in lock, f"{name} needs {requirement}"
            assert lock[needed] in requirement.specifier, f"{name} needs {requirement}"


def needed_by(name, version):
    """What a package requires here; nothing unless just that version is installed."""
    try:
        if not metadata.version(name).startswith(version):
            return []
    except metadata.PackageNotFoundError:
        return []
    lines = metadata.requires(name) or []
    requirements = [Requirement(line) for line in lines]
    # torch pins its own CUDA libraries; they are on no other machine
    return [r for r in requirements if not r.marker or r.marker.evaluate({"extra": ""})
            if not r.name.startswith(("nvidia-", "cuda-", "triton"))]  # fmt: skip


def test_comments_are_no_pins(tmp_path):
    path = tmp_path / "r.txt"
    path.write_text("# a\n\nnumpy==2.4.6\n  pip==26.3  \n-r other.txt\n")
    assert plan.pins(path) == ["numpy==2.4.6", "pip==26.3"]
