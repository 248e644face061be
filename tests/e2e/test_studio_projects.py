"""Projects by hand: saved, opened in another home, and what another window or disk says."""

from dataclasses import replace

import numpy as np
import pytest

from latentstudio.core.paths import resources_dir
from latentstudio.core.spaces import Space
from latentstudio.document.digest import digest_of
from latentstudio.exchange.projects import read_project, write_project
from latentstudio.exchange.projects.recipe import read_recipe, recipe_text
from latentstudio.export.images import save_pixels
from latentstudio.export.told import Told
from latentstudio.session.project_messages import Carried
from latentstudio.store import project_notes
from tests.e2e.hands import close, wait


@pytest.fixture
def save_as(monkeypatch, tmp_path):
    """Answers where to save."""

    def answer(studio, name):
        desk = studio.window.parts.projects
        monkeypatch.setattr(desk.questions, "where_to_save", lambda _: tmp_path / name)
        studio.key("Ctrl+Shift+S")
        wait(lambda: (tmp_path / name).exists() and not desk.place.modified, "the project")
        return tmp_path / name

    return answer


def reopened(studio, path):
    """Open a project, and the picture that comes."""
    desk = studio.window.parts.projects
    desk.open(path)
    wait(lambda: desk.place.path == path and not desk.place.modified, "the project")
    return studio.settle()


def test_saved_here_it_opens_elsewhere_with_the_same_pixels(
    studio, opened, save_as, tmp_path, monkeypatch
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
    assert title.place.modified
    studio.key("Ctrl+Z")
    studio.settle()
    assert not studio.window.isWindowModified()
    assert read_project(path).preview
    close(studio)
    monkeypatch.setenv("LATENTSTUDIO_HOME", str(tmp_path / "second"))
    other = opened()
    other.ready()
    assert np.array_equal(reopened(other, path), end)
    assert other.history.document == document
    assert other.history.labels() == labels
    assert other.window.preferences.now.recent_projects == (str(path),)


def test_the_last_project_is_there_again_and_knows_of_changes(studio, opened, save_as):
    studio.drag("sefa-0", 1.0)
    path = save_as(studio, "a.lstudio")
    close(studio)
    again = opened()
    again.ready()
    desk = again.window.parts.projects
    assert (desk.place.path, desk.place.modified) == (path, False)
    again.drag("sefa-1", 1.0)
    close(again)
    third = opened()
    assert (third.window.parts.projects.place.path, third.window.isWindowModified()) == (path, True)
    third.ready()


def test_what_a_project_replaces_is_kept(studio, save_as, tmp_path):
    studio.drag("sefa-0", 1.0)
    path = save_as(studio, "a.lstudio")
    studio.drag("sefa-1", 1.5)
    desk = studio.window.parts.projects
    desk.questions.keep_changes = lambda _: "leave"
    write_project(replace(read_project(path), saved=1.0), tmp_path / "b.lstudio")
    changed = studio.history.document
    reopened(studio, tmp_path / "b.lstudio")
    assert studio.history.document != changed
    wait(lambda: list(project_notes.earlier_dir().glob("*.lstudio")), "the earlier work")
    (kept,) = project_notes.earlier_dir().glob("*.lstudio")
    wait(lambda: kept.stat().st_size, "the earlier work")
    assert read_project(kept).document == changed
    desk.open(kept)
    wait(lambda: studio.history.document == changed, "the earlier work")
    assert desk.place.path is None  # to be saved under a name of its own


def test_a_direction_that_is_called_as_another_one_keeps_its_effect(studio, save_as, tmp_path):
    end = studio.drag("sefa-0", 1.0)
    path = save_as(studio, "a.lstudio")
    was = read_project(path)
    (mine,) = was.directions.directions
    other = replace(mine, payload=type(mine.payload)(-mine.payload.vector))
    found = replace(was.directions, directions=(other,))
    write_project(replace(was, directions=found), tmp_path / "b.lstudio")
    shown = reopened(studio, tmp_path / "b.lstudio")
    (edit,) = studio.picture.edits
    assert edit.direction == f"sefa-0-{digest_of(other)[:8]}"
    assert not np.array_equal(shown, end)
    assert np.array_equal(reopened(studio, path), end)
    assert studio.picture.edits[0].direction == "sefa-0"


def test_directions_of_other_sizes_are_left_out_and_said(studio, save_as, tmp_path):
    studio.drag("sefa-0", 1.0)
    was = read_project(save_as(studio, "a.lstudio"))
    (mine,) = was.directions.directions
    payload = type(mine.payload)(np.ones(7, np.float32))
    key = replace(was.directions.model, dims={"z": 7})
    mine = replace(mine, id="odd", space=Space.Z, payload=payload)
    odd = replace(was.directions, directions=(mine,), model=key)
    write_project(replace(was, directions=odd), tmp_path / "b.lstudio")
    reopened(studio, tmp_path / "b.lstudio")
    words = "1 of its directions don't fit this model and were left out."
    wait(lambda: ("warn", words) in studio.notices, "a word")


def test_a_missing_model_shows_the_picture_and_asks(studio, save_as, tmp_path):
    studio.drag("sefa-0", 1.0)
    path = save_as(studio, "a.lstudio")
    was = read_project(path)
    gone = replace(was.model, path=str(tmp_path / "gone.pt"),
                   key=replace(was.model.key, fingerprint="e" * 64))  # fmt: skip
    write_project(replace(was, model=gone), tmp_path / "b.lstudio")
    desk, asked = studio.window.parts.projects, []
    desk.questions.where_is_the_model = lambda project: asked.append(project)
    before = studio.history.document
    desk.open(tmp_path / "b.lstudio")
    wait(lambda: asked, "the question")
    assert asked[0].preview == was.preview
    assert studio.history.document == before
    # It is found, and is another one.
    shipped = resources_dir() / "generators" / "portraits.safetensors"
    desk.questions.where_is_the_model = lambda project: shipped
    answers = []
    desk.questions.use_another_model = lambda *given: answers.append(given[1]) or "open"
    reopened(studio, tmp_path / "b.lstudio")
    assert answers
    assert studio.history.document.fingerprint == before.fingerprint


def test_a_picture_dropped_on_another_window_is_the_same_again(
    studio, opened, tmp_path, monkeypatch
):
    studio.key("R")
    studio.drag("sefa-0", 1.0)
    studio.key("Ctrl+Shift+B")
    end = studio.drag("ganspace-2", 0.7)
    path, picture = tmp_path / "a.webp", studio.picture
    studio.client.files.save_picture(picture, str(path), 2, False, Carried(True, True))
    wait(path.exists, "the picture")
    close(studio)
    monkeypatch.setenv("LATENTSTUDIO_HOME", str(tmp_path / "second"))
    other = opened()
    other.ready()
    before = other.history.document
    other.window.parts.projects.open_picture(str(path))
    words = "The same picture as in a.webp, pixel for pixel."
    wait(lambda: ("ok", words) in other.notices, "the comparison")
    assert np.array_equal(other.settle(), end)
    assert other.picture == picture
    other.key("Ctrl+Z")
    assert other.history.document == before
    # Made by another version, with other pixels: it says so.
    was = read_recipe(path)
    text = recipe_text(replace(was, pixels="0" * 64)).replace('"program":"0.', '"program":"9.', 2)
    save_pixels(np.zeros((64, 64, 3), np.uint8), tmp_path / "b.png", told=Told("", text))
    other.window.parts.projects.open_picture(str(tmp_path / "b.png"))
    wait(lambda: other.notices[-1][1].startswith("Not quite the picture of b.png:"), "a word")
    assert "LatentStudio 9." in other.notices[-1][1]
    # One without a recipe is a picture of one's own.
    save_pixels(np.zeros((64, 64, 3), np.uint8), tmp_path / "c.png")
    opened_as_own = []
    other.client.photos.opened.connect(opened_as_own.append)
    other.window.parts.projects.open_picture(str(tmp_path / "c.png"))
    wait(lambda: opened_as_own, "the panel of own pictures")
