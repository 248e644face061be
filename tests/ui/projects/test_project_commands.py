"""Opening and saving projects in the window, with an engine that answers when it is told to."""

from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QObject
from PySide6.QtWidgets import QMainWindow, QMenu

from latentstudio.core.settings import Settings
from latentstudio.document import commands
from latentstudio.document.history import History
from latentstudio.document.state import Document
from latentstudio.exchange.projects import write_project
from latentstudio.exchange.projects.project import on_model
from latentstudio.session.project_messages import AdoptedProject, PictureComparison
from latentstudio.store import project_notes
from latentstudio.ui.projects.current_project import CurrentProject
from latentstudio.ui.projects.project_commands import ProjectCommands
from latentstudio.ui.projects.questions import MissingModel, with_ending
from latentstudio.ui.projects.recent import RecentProjects
from latentstudio.ui.projects.title import ProjectTitle, saved_words
from latentstudio.ui.window.preferences import Preferences
from tests.toys.projects import KEY, project
from tests.ui.fakes import FakeClient, summary


class Client(FakeClient):
    """With a door for models, and what was said."""

    def __init__(self):
        super().__init__()
        self.opened, self.said = [], []
        self.notice.connect(lambda kind, text: self.said.append((kind, text)))

    def open_model(self, ref):
        self.opened.append(ref)


class Shown(QObject):
    """The commands of projects in a window."""

    def __init__(self, window):
        super().__init__(window)
        self.window, self.client = window, Client()
        self.history = History(Document("portraits", "p" * 64))
        self.model = summary(fingerprint="p" * 64)
        self.preferences = Preferences(Settings(), print)
        self.commands = ProjectCommands(
            window, self.history, self.client, self.preferences, lambda: self.model
        )
        self.asked = []

    def answer(self, question, answer):
        def said(*given):
            self.asked.append((question, *given))
            return answer

        setattr(self.commands.questions, question, said)

    def saved(self, path):
        """What a save that went well leaves."""
        write_project(project(), path)
        self.commands.save_to(path)
        self.client.projects.saved.emit(self.client.projects.asked[-1][1])

    def model_opened(self, fingerprint, ref="portraits"):
        self.model = replace(summary(fingerprint=fingerprint), ref=ref)
        self.client.model_opened.emit(self.model)

    def adopted(self, given):
        steps = on_model(given.steps, "portraits", self.model.info.fingerprint)
        self.client.projects.adopted.emit(AdoptedProject(given, steps, None, 0))


@pytest.fixture
def shown(qtbot, look):
    window = QMainWindow()
    qtbot.addWidget(window)
    return Shown(window)


def adopts(shown):
    return [given for name, *given in shown.client.projects.asked if name == "adopt"]


def read(shown, file, /, **model):
    """A project arrives from the disk."""
    was = project()
    given = replace(was, model=replace(was.model, **model))
    shown.client.projects.read.emit(file, given)
    return given


def test_a_project_of_the_open_model_opens_at_once(shown, tmp_path):
    key = replace(KEY, fingerprint="p" * 64)
    given = read(shown, tmp_path / "a.lstudio", key=key)
    assert adopts(shown) == [[given]]
    assert shown.client.opened == []
    (tmp_path / "a.lstudio").touch()
    shown.adopted(given)
    assert shown.history.document.picture == given.document.picture
    assert shown.history.redo_label == "change path-1"
    assert shown.commands.current.path == tmp_path / "a.lstudio"
    assert not shown.commands.current.modified
    assert shown.client.said[-1] == ("ok", "Opened a.lstudio")
    assert not shown.client.projects.coming


def test_its_model_is_opened_first(shown, tmp_path):
    (tmp_path / "faces.pt").touch()
    given = read(shown, tmp_path / "a.lstudio", path="/nowhere/faces.pt")
    assert shown.client.opened == [str(tmp_path / "faces.pt")]  # beside the project
    assert shown.client.projects.coming
    shown.model_opened(KEY.fingerprint)
    assert adopts(shown) == [[given]]


def test_a_model_of_the_recent_ones_is_found_by_its_name(shown, tmp_path):
    recent = tmp_path / "models" / "faces.pt"
    recent.parent.mkdir()
    recent.touch()
    shown.preferences.change(recent_models=(str(recent),))
    read(shown, tmp_path / "a.lstudio", path="C:/nowhere/faces.pt")
    assert shown.client.opened == [str(recent)]


@pytest.mark.parametrize("path", ["//evil/share/a.pt", "\\\\evil\\share\\a.pt", "a.pt"])
def test_a_strangers_project_is_not_looked_up_elsewhere(path, shown, tmp_path, monkeypatch):
    asked = []
    monkeypatch.setattr(Path, "exists", lambda self: asked.append(str(self)) or True)
    shown.answer("where_is_the_model", None)
    read(shown, tmp_path / "a.lstudio", path=path)
    assert asked == [str(tmp_path / Path(path).name)]


def test_a_model_that_is_nowhere_is_asked_for(shown, tmp_path):
    shown.answer("where_is_the_model", None)
    before = shown.history.document
    given_up = []
    shown.commands.opening.given_up.connect(lambda: given_up.append(True))
    given = read(shown, tmp_path / "a.lstudio", path="/nowhere/faces.pt")
    assert shown.asked == [("where_is_the_model", given)]
    assert (shown.client.opened, given_up) == ([], [True])
    assert shown.history.document == before
    shown.answer("where_is_the_model", tmp_path / "here.pt")
    read(shown, tmp_path / "a.lstudio", path="/nowhere/faces.pt")
    assert shown.client.opened == [str(tmp_path / "here.pt")]
    shown.answer("where_is_the_model", None)
    shown.client.model_failed.emit(str(tmp_path / "here.pt"), "It is damaged.")
    assert len(given_up) == 2


@pytest.mark.parametrize(("answer", "then"), [("open", 1), ("cancel", 0)])
def test_another_model_is_asked_about(answer, then, shown, tmp_path):
    shown.answer("use_another_model", answer)
    given = read(shown, tmp_path / "a.lstudio", path="portraits")
    shown.model_opened("q" * 64)
    assert shown.asked == [("use_another_model", given, "Portraits 64")]
    assert len(adopts(shown)) == then


def test_another_one_may_be_looked_for(shown, tmp_path):
    shown.answer("use_another_model", "find")
    shown.answer("which_model", tmp_path / "right.pt")
    given = read(shown, tmp_path / "a.lstudio", path="portraits")
    shown.model_opened("q" * 64)
    assert shown.client.opened[-1] == str(tmp_path / "right.pt")
    shown.model_opened(KEY.fingerprint)
    assert adopts(shown) == [[given]]


def test_a_file_is_read_as_the_project_says(shown, tmp_path):
    given = read(shown, tmp_path / "a.lstudio", path="portraits", reading={"activation": "silu"})
    shown.model_opened("q" * 64)
    assert shown.client.asked[-1] == ("reread", {"activation": "silu"})
    shown.model_opened(KEY.fingerprint)
    assert adopts(shown) == [[given]]


def test_a_file_of_another_window_is_refused(shown, tmp_path):
    path = tmp_path / "a.lstudio"
    lock = project_notes.take_file(path)
    shown.commands.open(path)
    shown.commands.save_to(path)
    words = "a.lstudio is open in another LatentStudio window. Close it there, or save a copy."
    assert shown.client.said == [("error", words)] * 2
    lock.release()
    shown.commands.open(path)
    assert shown.client.projects.asked == [("open", path)]


def test_saving_says_so_and_marks_changes(shown, tmp_path):
    title = ProjectTitle(shown.window, shown.commands, shown.client)
    shown.model_opened("p" * 64)
    assert shown.window.windowTitle() == "Portraits 64 – LatentStudio"
    shown.saved(tmp_path / "a.lstudio")
    assert shown.window.windowTitle() == "a.lstudio[*] – Portraits 64 – LatentStudio"
    assert (title.name.text(), title.when.text()) == ("a.lstudio", "saved 0 s ago")
    shown.history.do(commands.set_seed(5))
    assert shown.window.isWindowModified()
    assert title.when.text() == "changed"
    shown.history.undo()
    assert not shown.window.isWindowModified()
    assert shown.preferences.now.recent_projects == (str(tmp_path / "a.lstudio"),)
    assert [saved_words(n) for n in (59, 60, 3599, 3600)] == [
        "saved 59 s ago", "saved 1 min ago", "saved 59 min ago", "saved"]  # fmt: skip


def test_a_file_that_another_program_changed_is_asked_about(shown, tmp_path):
    path = tmp_path / "a.lstudio"
    shown.saved(path)
    count = len(shown.client.projects.asked)
    path.write_bytes(b"changed by another program")
    shown.answer("may_replace_changed", False)
    shown.commands.save()
    assert shown.asked == [("may_replace_changed", "a.lstudio")]
    assert len(shown.client.projects.asked) == count
    path.unlink()  # gone: nothing there to be lost
    shown.commands.save()
    assert len(shown.client.projects.asked) == count + 1


@pytest.mark.parametrize("answer", ["save", "leave", "cancel"])
def test_changes_are_asked_about_before_another_opens(answer, shown, tmp_path):
    mine, other = tmp_path / "a.lstudio", tmp_path / "b.lstudio"
    shown.saved(mine)
    shown.history.do(commands.set_seed(5))
    shown.answer("keep_changes", answer)
    shown.client.projects.asked.clear()
    shown.commands.open(other)
    names = [name for name, *_ in shown.client.projects.asked]
    assert names == {"save": ["save"], "leave": ["open"], "cancel": []}[answer]
    if answer == "save":
        asked = shown.client.projects.asked[-1][1]
        shown.client.projects.saved.emit(asked)
        assert shown.client.projects.asked[-1] == ("open", other)


def test_what_is_replaced_is_kept_as_earlier_work(shown, tmp_path):
    shown.history.do(commands.set_amount("sefa-1", 2.0))
    replaced = shown.history.steps()
    given = read(shown, tmp_path / "a.lstudio", key=replace(KEY, fingerprint="p" * 64))
    (tmp_path / "a.lstudio").touch()
    shown.adopted(given)
    (asked,) = (given[0] for name, *given in shown.client.projects.asked if name == "save")
    assert asked.path.parent == project_notes.earlier_dir()
    assert asked.steps == replaced
    shown.client.projects.saved.emit(asked)  # which is no save of the project that is shown
    assert shown.commands.current.path == tmp_path / "a.lstudio"


def test_a_save_that_fails_is_said_and_nothing_else_opens(shown, tmp_path):
    shown.saved(tmp_path / "a.lstudio")
    shown.history.do(commands.set_seed(5))
    shown.answer("keep_changes", "save")
    shown.commands.open(tmp_path / "b.lstudio")
    asked = shown.client.projects.asked[-1][1]
    shown.client.projects.save_failed.emit(asked, "The disk is full.")
    assert shown.client.said[-1] == ("error", "The disk is full.")
    assert shown.commands.current.modified
    assert ("open", tmp_path / "b.lstudio") not in shown.client.projects.asked


def test_a_recipe_is_one_step_and_is_compared(shown, tmp_path):
    given = project()
    given = replace(given, model=replace(given.model, key=replace(KEY, fingerprint="p" * 64)))
    path, before = tmp_path / "a.png", shown.history.document
    shown.client.projects.recipes[path] = given
    shown.commands.open_picture(str(path))
    shown.adopted(given)
    assert shown.history.labels() == ("open a",)
    assert shown.history.document.picture == given.document.picture
    assert shown.commands.current.path is None
    (name, *compared) = shown.client.projects.asked[-1]
    assert (name, compared[2]) == ("compare", path)
    shown.client.projects.compared.emit(PictureComparison(False, "Not quite."))
    assert shown.client.said[-1] == ("warn", "Not quite.")
    shown.history.undo()
    assert shown.history.document == before


def test_the_menu_of_recent_projects(shown, tmp_path):
    shown.preferences.change(recent_projects=(str(tmp_path / "A & B.lstudio"),))
    menu = QMenu(shown.window)
    RecentProjects(shown.commands, shown.preferences).fill(menu)
    (action,) = menu.actions()
    assert action.text() == "A && B"
    action.trigger()
    assert shown.client.projects.asked == [("open", tmp_path / "A & B.lstudio")]


def test_the_dialog_of_a_missing_model_shows_names_as_they_are(shown):
    was = project()
    named = replace(was, model=replace(was.model, name="<b>x</b>", path="/a/<img src=x>.pt"))
    dialog = MissingModel(named, shown.window)
    texts = [one.text() for one in dialog.findChildren(QObject) if hasattr(one, "text")]
    assert any("<b>x</b>, the model of this project" in text for text in texts)
    assert "/a/<img src=x>.pt" in texts


def test_names_of_files():
    assert with_ending(Path("/a/b")) == Path("/a/b.lstudio")
    assert with_ending(Path("/a/b.LSTUDIO")) == Path("/a/b.LSTUDIO")
    assert with_ending(Path("/a/v1.2")) == Path("/a/v1.2.lstudio")


def test_a_start_knows_the_project_and_whether_it_was_changed(shown, tmp_path):
    shown.saved(tmp_path / "a.lstudio")
    saved, changed = shown.history.document, commands.set_seed(5).apply(shown.history.document)
    shown.commands.current.close()
    for doc, modified in ((saved, False), (changed, True)):
        place = CurrentProject(History(doc), shown)
        assert (place.path, place.modified) == (tmp_path / "a.lstudio", modified)
        place.close()
    other = CurrentProject(History(Document("other.pt", "o" * 64)), shown)
    assert (other.path, other.modified) == (None, False)


def test_the_work_with_each_model_has_a_file_of_its_own(shown, tmp_path):
    shown.saved(tmp_path / "a.lstudio")
    mine = shown.history.document
    shown.history.reset(Document("other.pt", "o" * 64))
    assert shown.commands.current.path is None
    assert shown.commands.current.take(tmp_path / "a.lstudio")  # no other window has it
    shown.history.reset(mine)
    assert (shown.commands.current.path, shown.commands.current.modified) == (
        tmp_path / "a.lstudio",
        False,
    )


def test_earlier_work_opens_without_a_name(shown):
    path = project_notes.earlier_dir() / "2026-11-28 14.02.00 portraits.lstudio"
    path.parent.mkdir(parents=True)
    path.touch()
    given = read(shown, path, key=replace(KEY, fingerprint="p" * 64))
    shown.adopted(given)
    assert shown.commands.current.path is None
    assert shown.preferences.now.recent_projects == ()
