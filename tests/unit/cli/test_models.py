"""`models list` and `models install`."""

import json

import pytest

from latentstudio.cli.main import main
from latentstudio.generators.builtin import models_dir
from latentstudio.session import catalogue, installing
from tests.unit.session.wheels import WEIGHTS, entry_for, index_with, make_wheel


@pytest.fixture
def toy(tmp_path, monkeypatch):
    """A catalogue of one toy, and an index that offers it."""
    wheel = tmp_path / "toy.whl"
    make_wheel(wheel)
    monkeypatch.setattr(catalogue, "catalogue", lambda: (entry_for(wheel),))
    monkeypatch.setattr(installing, "command", index_with(wheel))


def listed(capsys):
    assert main(["models", "list", "--json"]) == 0
    return {one["name"]: one for one in json.loads(capsys.readouterr().out)}


def test_the_list_tells_what_is_here_and_what_can_be_had(capsys):
    found = listed(capsys)
    assert found["portraits"]["built_in"] is True
    assert found["portraits"]["installed"] is True
    assert found["gan-face-generate"]["installable"] is True
    assert found["gan-face-generate"]["path"] is None
    assert found["biggan-deep"]["installable"] is False
    assert main(["models", "list"]) == 0
    said = capsys.readouterr().out
    assert said.index("portraits") < said.index("gan-face-generate") < said.index("biggan-deep")


def test_installing_shows_the_licence_and_prints_the_file(toy, capsys):
    assert main(["models", "install", "toy-model", "--yes"]) == 0
    out, err = capsys.readouterr()
    assert "Licence: MIT" in err
    assert out.strip() == str(models_dir() / "toy-model.pth")
    assert (models_dir() / "toy-model.pth").read_bytes() == WEIGHTS
    found = listed(capsys)["toy-model"]
    assert found["installed"] is True
    assert found["built_in"] is False
    assert found["licence"] == "MIT"


def test_without_a_yes_nothing_is_installed(toy, capsys, monkeypatch):
    assert main(["models", "install", "toy-model"]) == 2
    assert "--yes" in capsys.readouterr().err
    monkeypatch.setattr("sys.stdin", Terminal("no\n"))
    assert main(["models", "install", "toy-model"]) == 2
    assert "Nothing was installed." in capsys.readouterr().err
    assert not models_dir().exists()
    monkeypatch.setattr("sys.stdin", Terminal("y\n"))
    assert main(["models", "install", "toy-model"]) == 0


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("nothing", "There is no model 'nothing' to install"),
        ("portraits", "portraits is here already"),
        ("genforce", "Get it from https://"),
    ],
)
def test_what_cannot_be_installed_is_said_in_a_sentence(name, told, capsys):
    assert main(["models", "install", name, "--yes"]) == 2
    assert told in capsys.readouterr().err


class Terminal:
    """Somebody who types one line."""

    def __init__(self, line):
        self._line = line

    def isatty(self):
        return True

    def readline(self):
        return self._line
