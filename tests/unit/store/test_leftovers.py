"""What crashes and damage leave behind is swept, or done without."""

import os
import subprocess
import sys
import time

import pytest

from latentstudio.core import files, paths
from latentstudio.core.progress import run
from latentstudio.session.library import default_directions
from latentstudio.store import cache
from latentstudio.store.densities import reference
from latentstudio.store.sweeping import sweep
from tests.toys.planted import PlantedGenerator

KILLED = """
import os, sys
from pathlib import Path
from latentstudio.core import files
with files.atomic_path(Path(sys.argv[1])) as temporary:
    temporary.write_bytes(b"half")
    os.kill(os.getpid(), 9)
"""


def left_by_a_kill(target):
    subprocess.run([sys.executable, "-c", KILLED, str(target)], check=False)
    (left,) = target.parent.glob(".*.tmp")
    return left


def test_what_a_killed_program_was_writing_is_removed():
    left = left_by_a_kill(paths.data_dir() / "last.json")
    other = left_by_a_kill(paths.cache_dir() / "models" / "x" / "density.safetensors")
    assert sweep() == 2
    assert not left.exists()
    assert not other.exists()
    assert sweep() == 0


def test_what_is_being_written_stays():
    with files.atomic_path(paths.data_dir() / "last.json") as temporary:
        temporary.write_bytes(b"1")
        assert sweep() == 0
    assert (paths.data_dir() / "last.json").read_bytes() == b"1"


def test_files_of_other_computers_and_programs_go_when_they_are_old():
    paths.data_dir().mkdir(parents=True)
    foreign = paths.data_dir() / ".last.json.00000000-1.abc.tmp"
    plain = paths.data_dir() / ".last.json.abcdef.tmp"
    for path in (foreign, plain):
        path.write_bytes(b"1")
    assert sweep() == 0
    for path in (foreign, plain):
        os.utime(path, (time.time() - 90_000,) * 2)
    assert sweep() == 2


def test_a_long_name_can_be_written(tmp_path):
    name = "a" * 240
    files.write_bytes(tmp_path / name, b"1")
    assert (tmp_path / name).read_bytes() == b"1"


@pytest.fixture
def immovable(monkeypatch):
    """A folder in which nothing can be moved, as where it is read-only."""

    def refuse(path):
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(files, "set_aside", refuse)


def test_a_damaged_cache_that_cannot_be_moved_is_no_cache(immovable):
    generator, said = PlantedGenerator(), []
    path = cache.folder(generator.info.fingerprint) / "density.safetensors"
    path.parent.mkdir(parents=True)
    path.write_bytes(b"damaged")
    density = run(reference(generator, None, said.append))
    assert density.shell.reference.size
    assert said == [
        "The cache file density.safetensors is damaged and can't be moved; it is done without."
    ]


def test_damaged_directions_that_cannot_be_moved_are_found_again(immovable):
    generator, said = PlantedGenerator(), []
    found = run(default_directions(generator, said.append))
    for kept in cache.folder(generator.info.fingerprint).glob("*.lpreset"):
        kept.write_bytes(b"damaged")
    assert len(run(default_directions(generator, said.append)).directions) == len(found.directions)
    assert said
    assert all("can't be moved; it is done without" in one for one in said)
