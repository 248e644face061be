"""The texts that translators get: all of them, each under the context where it is looked up."""

import json
import subprocess
import sys
import xml.etree.ElementTree as xml
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QLocale

from latentstudio.ui import translation
from tests.unit.packaging.translations import extract, make


@pytest.fixture(scope="module")
def texts(root_folder):
    return extract.texts(root_folder)


@pytest.fixture(scope="module")
def root_folder():
    return Path(__file__).resolve().parents[3]


def clone(folder, code):
    """A clone with one file, of the window if its path says so."""
    path = folder / "latentstudio" / "some.py"
    path.parent.mkdir()
    path.write_text(code)
    return [(text.context, text.source) for text in extract.texts(folder)]


@pytest.mark.parametrize(
    ("code", "found"),
    [
        ("tr('Open')", [("", "Open")]),
        ("tr('Open' if a else 'Close', 'verb')", [("", "Open"), ("", "Close")]),
        ("marked('loss')", [("sentences", "loss")]),
        ("raise FileError('It is gone.')", [("sentences", "It is gone.")]),
        ("raise FileError(f'{a} is {b:,} big.')", [("sentences", "%1 is %2 big.")]),
        ("f(FileError('No.', hint='Try.'))", [("sentences", "No."), ("sentences", "Try.")]),
        (
            'Step(0.5, f\'{n} picture{"s" if n > 1 else ""}\')',
            [("sentences", "%1 picture%2"), ("sentences", "s")],
        ),
        (
            "option(1, 'Steps', 'How many.', low=1)",
            [("sentences", "Steps"), ("sentences", "How many.")],
        ),
        ("change_picture('mute', f)", [("sentences", "mute")]),
        ("self.notice.emit('ok', 'Done.')", [("sentences", "Done.")]),
        ("self.changed.emit('ok', 'no text')", []),
        ("label = f'solo {name}'", [("sentences", "solo %1")]),
        ("key = 'no text'", []),
        ("def f(): return n, f'{n} is gone.'", [("sentences", "%1 is gone.")]),
        ("def f(): return 'no text'", []),
    ],
)
def test_what_is_collected(tmp_path, code, found):
    assert clone(tmp_path, code) == found


@pytest.mark.parametrize("code", ["tr(title)", "tr(f'Open {name}')", "tr('Open ' + name)"])
def test_a_text_put_together_is_refused(tmp_path, code):
    with pytest.raises(extract.NotLiteralError, match=r"latentstudio/some\.py:1"):
        clone(tmp_path, code)


def test_lupdate_finds_the_same_texts_of_the_window(root_folder, texts, tmp_path):
    tool = Path(sys.executable).with_name("pyside6-lupdate")
    files = [str(path) for path in (root_folder / "latentstudio").rglob("*.py")]
    ts = tmp_path / "found.ts"
    subprocess.run([tool, "-silent", *files, "-ts", ts], check=True, capture_output=True)
    found = {
        (context.findtext("name"), message.findtext("source"))
        for context in xml.parse(ts).getroot().iter("context")
        for message in context.iter("message")
    }
    ours = {(text.context, text.source) for text in texts if text.context == extract.WINDOW}
    assert len(ours) > 400
    assert found == ours


def test_every_text_is_found_where_it_is_looked_up(qapp, texts, tmp_path):
    translator = translation.speak(make.pseudo(tmp_path).parent, QLocale(make.PSEUDO))
    try:
        missed = [
            text
            for text in texts
            if QCoreApplication.translate(text.context, text.source, text.meaning or None)
            != make.disguised(text.source)
        ]
    finally:
        translation.speak_english(translator)
    assert missed == []


def test_an_update_keeps_what_was_translated(tmp_path):
    ts = tmp_path / "latentstudio_de.ts"
    make.update(ts)
    tree = xml.parse(ts)
    first = next(m for m in tree.getroot().iter("message") if m.findtext("source") == "Quit")
    first.find("translation").text = "Beenden"
    tree.write(ts)
    make.update(ts)
    make.release(ts)
    kept = {m.findtext("source"): m.findtext("translation") for m in xml.parse(ts).iter("message")}
    assert kept["Quit"] == "Beenden"
    assert kept["Undo"] in ("", None)
    assert "mute %1" in json.loads(ts.with_suffix(".json").read_text())


def test_values_and_mark_up_are_not_disguised():
    assert make.disguised("Open %1 <b>&amp;</b>") == "⟦Öpéñ %1 <b>&amp;</b>⟧"
