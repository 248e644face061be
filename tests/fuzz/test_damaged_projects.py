"""Damaged projects and recipes end in a project or in one sentence.

2,000 projects and 1,000 pictures; LATENTSTUDIO_FUZZ=20000 makes 20,000.
"""

import os
import random
import warnings
import zipfile

import numpy as np
import pytest

from latentstudio.core.errors import ProjectError
from latentstudio.exchange.projects import read_project, write_project
from latentstudio.exchange.projects.recipe import read_recipe, recipe_text
from latentstudio.export.images import save_pixels
from latentstudio.export.metadata import MADE, PictureMetadata
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


@pytest.mark.parametrize("ending", ["png", "webp"])
def test_damaged_recipes(ending, tmp_path):
    path, rng, found = tmp_path / f"a.{ending}", random.Random(ending), []
    text = recipe_text(project())
    pixels = np.zeros((8, 8, 3), np.uint8)
    save_pixels(pixels, path, metadata=PictureMetadata(MADE, text))
    whole = path.read_bytes()
    for case in range(CASES // 4):
        if case % 3 == 0:
            path.write_bytes(mutate(whole, rng))
        else:  # the text alone, in a picture that is sound
            damaged = mutate(text.encode(), rng).decode(errors="replace").replace("\0", "?")
            save_pixels(pixels, path, metadata=PictureMetadata(MADE, damaged))
        try:
            found.append("none" if read_recipe(path) is None else "read")
        except ProjectError as error:
            found.append(error.sentence())
    assert not any("\n" in sentence for sentence in found)
    assert all(len(sentence) < 600 for sentence in found)
    assert {"none", "read"} < set(found)
