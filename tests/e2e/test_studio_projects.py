"""Projects and pictures by hand: saved here, opened in another home, the same pixels."""

import shutil
from dataclasses import replace

import numpy as np
import pytest

from latentstudio.exchange.projects import read_project
from latentstudio.exchange.projects.recipe import read_recipe, recipe_text
from latentstudio.export.images import save_pixels
from latentstudio.export.metadata import PictureMetadata
from latentstudio.session.project_messages import MetadataChoice
from tests.e2e.hands import close, wait


@pytest.fixture
def save_as(monkeypatch, tmp_path):
    """Answers where to save."""

    def answer(studio, name):
        commands = studio.window.parts.projects
        monkeypatch.setattr(commands.questions, "where_to_save", lambda _: tmp_path / name)
        studio.key("Ctrl+Shift+S")
        wait(lambda: (tmp_path / name).exists() and not commands.current.modified, "the project")
        return tmp_path / name

    return answer


def go_home(home, cache, monkeypatch):
    """Another home, in which only the model is known."""
    shutil.copytree(cache, home / "cache")
    monkeypatch.setenv("LATENTSTUDIO_HOME", str(home))


def reopened(studio, path):
    """Open a project, and the picture that comes."""
    commands = studio.window.parts.projects
    commands.open(path)
    wait(lambda: commands.current.path == path and not commands.current.modified, "the project")
    return studio.settle()


def test_saved_here_it_opens_elsewhere_with_the_same_pixels(
    studio, opened, save_as, warm_cache, tmp_path, monkeypatch
):
    studio.key("R")
    studio.drag("sefa-0", 1.0)
    studio.key("Ctrl+D")
    end = studio.drag("ganspace-2", 0.7)
    path = save_as(studio, "Portrait ☕.lstudio")
    title = studio.window.parts.projects
    assert studio.window.windowTitle().startswith("Portrait ☕.lstudio[*] – ")
    assert not studio.window.isWindowModified()
    labels, document = studio.history.labels(), studio.history.document
    studio.drag("sefa-1", 1.0)
    assert studio.window.isWindowModified()
    assert title.current.modified
    studio.key("Ctrl+Z")
    studio.settle()
    assert not studio.window.isWindowModified()
    assert read_project(path).preview
    close(studio)
    go_home(tmp_path / "second", warm_cache, monkeypatch)
    other = opened()
    other.ready()
    assert np.array_equal(reopened(other, path), end)
    assert other.history.document == document
    assert other.history.labels() == labels
    assert other.window.preferences.now.recent_projects == (str(path),)


def test_a_picture_dropped_on_another_window_is_the_same_again(
    studio, opened, warm_cache, tmp_path, monkeypatch
):
    studio.key("R")
    studio.drag("sefa-0", 1.0)
    studio.key("Ctrl+Shift+B")
    end = studio.drag("ganspace-2", 0.7)
    path, picture = tmp_path / "a.webp", studio.picture
    studio.client.files.save_picture(picture, str(path), 2, False, MetadataChoice(True, True))
    wait(path.exists, "the picture")
    close(studio)
    go_home(tmp_path / "second", warm_cache, monkeypatch)
    other = opened()
    other.ready()
    before = other.history.document
    other.window.parts.projects.open_picture(str(path))
    words = "The picture that a.webp was saved from, pixel for pixel. The file itself holds it "
    words += "enlarged or compressed."
    wait(lambda: ("ok", words) in other.notices, "the comparison")
    assert np.array_equal(other.settle(), end)
    assert other.picture == picture
    other.key("Ctrl+Z")
    assert other.history.document == before
    # Made by another version, with other pixels: it says so.
    was = read_recipe(path)
    text = recipe_text(replace(was, pixels="0" * 64)).replace('"program":"0.', '"program":"9.', 2)
    save_pixels(
        np.zeros((64, 64, 3), np.uint8), tmp_path / "b.png", metadata=PictureMetadata("", text)
    )
    other.window.parts.projects.open_picture(str(tmp_path / "b.png"))
    wait(lambda: other.notices[-1][1].startswith("Not quite the picture of b.png:"), "a word")
    assert "LatentStudio 9." in other.notices[-1][1]
    # One without a recipe is a picture of one's own.
    save_pixels(np.zeros((64, 64, 3), np.uint8), tmp_path / "c.png")
    opened_as_own = []
    other.client.photos.opened.connect(opened_as_own.append)
    other.window.parts.projects.open_picture(str(tmp_path / "c.png"))
    wait(lambda: opened_as_own, "the panel of own pictures")
