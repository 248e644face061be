"""A random walk over everything the window offers; what must hold holds after each step.

`--artist-seconds 600 --artist-seed 7` walks longer and elsewhere.
"""

import time

import numpy as np
import pytest
from PIL import Image
from PySide6.QtGui import QDesktopServices

from tests.e2e.artist import Artist
from tests.e2e.hands import close, rest
from tests.e2e.legible import cut_texts

GOLDEN = ("stylegan2-ada-64.pkl", "stylegan2-ada-conditional-32.pkl")
WORDS = 40  # last lines of the diary that are told
MOVING = 0.4  # s after which nothing slides any more
VISIT = 60.0  # s that a model is waited for
LOOK = 10  # steps between two looks at all texts: they cost as much as a step


@pytest.fixture
def files(tmp_path):
    """Things to drop that are no models."""
    folder = tmp_path / "dropped"
    folder.mkdir()
    (folder / "notes.txt").write_text("no model")
    (folder / "empty.pt").write_bytes(b"")
    np.save(folder / "rows.npy", np.eye(2, 128, dtype=np.float32))
    np.save(folder / "narrow.npy", np.eye(2, 3, dtype=np.float32))
    Image.new("RGB", (90, 70), "orange").save(folder / "photo.png")
    return [str(path) for path in sorted(folder.iterdir())]


@pytest.fixture
def artist(studio, files, request, monkeypatch):
    """An artist before the studio with the built-in model, and two more at hand."""
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda url: True)
    folder = request.config.rootpath / "tests" / "golden" / "generators"
    models = ("portraits", *(str(folder / name) for name in GOLDEN))
    made = Artist(studio, request.config.getoption("artist_seed"), models, files)
    yield made
    made.stop()


def walk(artist, seconds, exceptions, warnings):
    """Step until the time is over or something is wrong; what is wrong.

    The models at hand are visited on the way, each after its share of the time.
    """
    begun, to_visit = time.monotonic(), list(artist.models[1:])
    while (gone := time.monotonic() - begun) < seconds or to_visit:
        if to_visit and gone > seconds * (1 - len(to_visit) / len(artist.models)):
            artist.visit(to_visit.pop(0), VISIT)
        else:
            artist.step()
        found = [f"{kind.__name__}: {error}" for kind, error, _ in exceptions] + warnings()
        plain = artist.window.preferences.now.text_scale == 100  # the sizes are meant for that
        if plain and len(artist.diary) % LOOK == 0 and cut_texts(artist.window):
            rest(int(MOVING * 1000))
            found += cut_texts(artist.window)
        if found:
            return found
    return []


def undone_and_redone(history):
    """The documents at the start and, after all has been done again, at the end."""
    while history.undo_label is not None:
        history.undo()
    first = history.document
    while history.redo_label is not None:
        history.redo()
    return first, history.document


def test_whatever_an_artist_does_the_window_stands(artist, studio, opened, qtbot, qtlog, request):
    def warnings():
        return [r.message for r in qtlog.records if not r.ignored]

    seconds = request.config.getoption("artist_seconds")
    start = studio.history.document
    with qtbot.capture_exceptions() as exceptions:
        found = walk(artist, seconds, exceptions, warnings)
        story = "\n".join(artist.diary[-WORDS:])
        assert found == [], f"after {len(artist.diary)} steps:\n{story}"
        assert set(artist.models[1:]) <= artist.seen, story
        history, last = studio.history, studio.history.document
        ahead = len(history.undone_labels())  # the walk may have ended on an undo
        first, newest = undone_and_redone(history)
        assert undone_and_redone(history) == (first, newest)
        for _ in range(ahead):
            history.undo()
        assert history.document == last, story
        if set(artist.opened) <= {start.model}:  # another model begins a history of its own
            assert first == start
        close(studio)
        second = opened()
        assert second.history.document == last, story
        assert exceptions == []


def test_undo_to_the_start_gives_the_first_picture_and_redo_the_last(artist, studio):
    first = studio.settle()
    for _ in range(25):
        artist.slider()
        artist.undo_or_redo()
    artist.slider()
    last = studio.settle()
    while studio.history.undo_label is not None:
        studio.history.undo()
    assert np.array_equal(studio.settle(), first)
    while studio.history.redo_label is not None:
        studio.history.redo()
    assert np.array_equal(studio.settle(), last)
