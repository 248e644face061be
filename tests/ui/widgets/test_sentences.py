"""Sentences from below the window, recognised by their templates."""

import pytest
from PySide6.QtCore import QCoreApplication, QTranslator

from latentstudio.ui.widgets import sentences
from latentstudio.ui.widgets.sentences import filled, in_words, shown
from latentstudio.workers.job_list import JobInfo

GERMAN = {
    "Saved %1 in %2 s.": "%1 in %2 s gespeichert.",
    "Saved %1.": "%1 gespeichert.",
    "mute %1": "%1 stumm",
    "%1 of %2": "%1 von %2",
    "Glasses": "Brille",
    "Finding": "Suche",
    "Try again.": "Noch einmal.",
}


class German(QTranslator):
    def isEmpty(self):
        return False

    def translate(self, context, source, meaning=None, n=-1):
        return GERMAN.get(source) if context == sentences.CONTEXT else None


@pytest.fixture
def german(qapp):
    translator = German()
    QCoreApplication.installTranslator(translator)
    sentences.learn(GERMAN)
    yield
    QCoreApplication.removeTranslator(translator)
    sentences.learn(())


@pytest.mark.parametrize(
    ("english", "expected"),
    [
        ("Glasses", "Brille"),
        ("mute Glasses", "Brille stumm"),
        ("mute Smile 3", "Smile 3 stumm"),
        ("Saved a in b.png.", "a in b.png gespeichert."),
        ("Saved a.png in 3 s.", "a.png in 3 s gespeichert."),
        ("Saved a.png. Try again.", "a.png gespeichert. Noch einmal."),
        ("3 of 10", "3 von 10"),
        ("a.pkl: Try again.", "a.pkl: Noch einmal."),
        ("a.pkl: Nobody did. Try again.", "a.pkl: Nobody did. Noch einmal."),
        ("What nobody translated.", "What nobody translated."),
        ("", ""),
    ],
)
def test_a_sentence_is_recognised_and_filled_again(german, english, expected):
    assert shown(english) == expected


def test_without_a_translation_everything_stands_as_it_is(qapp):
    assert shown("mute Glasses") == "mute Glasses"


def test_a_job_speaks_with_one_tongue(german):
    job = in_words(JobInfo(3, "Finding", message="3 of 10", sentence="Saved a.png."))
    assert (job.ticket, job.title) == (3, "Suche")
    assert (job.message, job.sentence) == ("3 von 10", "a.png gespeichert.")


def test_a_value_that_looks_like_a_place_is_left_alone():
    assert filled("%1 and %2 and %3", "%2", "b") == "%2 and b and %3"
