"""A shipped plugin touches nothing that another's could not: the plugin interface alone."""

import ast

import pytest

from latentstudio.core.paths import shipped_plugins_dir

INTERFACE = "latentstudio.plugin_host.api"
FILES = sorted(shipped_plugins_dir().rglob("*.py"))


def imported(path):
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom) and not node.level:
            whole = {f"{node.module}.{name.name}" for name in node.names}  # ``import api as …``
            yield INTERFACE if whole == {INTERFACE} else node.module


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_only_the_interface(path):
    ours = {name for name in imported(path) if name.split(".")[0] == "latentstudio"}
    assert ours <= {INTERFACE}


def test_there_are_plugins_to_look_at():
    assert len(FILES) >= 10
    assert any(INTERFACE in imported(path) for path in FILES)
