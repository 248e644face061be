"""Damaged projects end in a project or in one sentence.

2,000 files; LATENTSTUDIO_FUZZ=20000 makes 20,000.
"""

import os
import random
import warnings
import zipfile

from latentstudio.core.errors import ProjectError
from latentstudio.exchange.projects import read_project, write_project
from tests.fuzz.mutations import mutate
from tests.toys.projects import project

CASES = int(os.environ.get("LATENTSTUDIO_FUZZ", "2000"))


def entries(path):
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def outcome(path):
    """A sentence, or that it was read."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)  # zipfile: a name occurs twice
            read_project(path)
    except ProjectError as error:
        return error.sentence()
    return "read"


def test_damaged_projects(tmp_path):
    path, rng, found = tmp_path / "a.lstudio", random.Random(0), []
    write_project(project(), path)
    whole, parts = path.read_bytes(), entries(path)
    for case in range(CASES):
        if case % 3 == 0:  # the container
            path.write_bytes(mutate(whole, rng))
        else:  # what is in it, behind checksums that fit
            name = rng.choice(sorted(parts))
            with zipfile.ZipFile(path, "w") as archive:
                for key, data in parts.items():
                    archive.writestr(key, mutate(data, rng) if key == name else data)
        found.append(outcome(path))
    assert not any("\n" in sentence for sentence in found)
    assert all(len(sentence) < 600 for sentence in found)
    assert found.count("read") < CASES / 2
    assert len({sentence[:30] for sentence in found}) > 5
