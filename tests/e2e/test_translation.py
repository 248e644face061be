"""The whole window in a made-up language: what is still English was left out of translation."""

import re

import pytest
from PySide6.QtCore import QLocale, QTranslator
from PySide6.QtGui import QAction
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QComboBox,
    QLabel,
    QLineEdit,
    QMenu,
    QWidget,
)

from latentstudio.discovery.registry import METHODS
from latentstudio.document import commands
from latentstudio.ui import translation
from tests.unit.packaging.translations import make

# What no language has another word for: names of programs, methods, files and keys.
NAMES = {
    "LatentStudio",
    "StyleGAN",
    "PCA",
    "CPU",
    "Ctrl",
    "Shift",
    "Alt",
    "portraits",
    "conv",
    "ReSeFa",
}
NAMES |= {"MIT"}  # a licence
NAMES |= {"Named"}  # a group that the built-in model's preset brings
TITLES = [method.title for method in METHODS.values()]
OTHERS = {"Export...", "Scroll Left", "Scroll Right"}  # pyqtgraph's and Qt's own
BRACKETS = re.compile(r"⟦[^⟦⟧]*⟧")
WORD = re.compile(r"[^\W\d_]{3,}")


@pytest.fixture
def made_up(qapp, tmp_path):
    """The window speaks the made-up language."""
    translator = translation.speak(make.pseudo(tmp_path).parent, QLocale(make.PSEUDO))
    assert isinstance(translator, QTranslator)
    yield
    translation.speak_english(translator)


def texts_of(window):
    """What a person can read or hear: texts of widgets, rows, actions, tips and names."""
    for widget in [window, *window.findChildren(QWidget)]:
        yield from (widget.accessibleName(), widget.accessibleDescription(), widget.toolTip())
        if isinstance(widget, QLabel | QAbstractButton):
            yield widget.text()
        elif isinstance(widget, QLineEdit):
            yield widget.placeholderText()
        elif isinstance(widget, QComboBox | QAbstractItemView):
            model = widget.model()
            yield from (str(model.index(row, 0).data() or "") for row in range(model.rowCount()))
        elif isinstance(widget, QMenu):
            yield widget.title()
    yield from (action.text() for action in window.findChildren(QAction))


def english(text, names):
    """Words outside the brackets that are no names."""
    while text != (text := BRACKETS.sub("", text)):
        pass
    if text in OTHERS:
        return []
    return [word for word in WORD.findall(text) if word not in names]


def test_no_text_of_the_window_is_left_in_english(made_up, studio):
    window, board = studio.window, studio.board
    names = set(NAMES)
    for name in (*(d.name for d in board.directions), *TITLES):
        names.update(WORD.findall(name))
    window.toasts.show("error", "Directions need a model. Open the one they are for first.")
    studio.history.do(commands.set_muted("x", True, "Glasses"))
    studio.settle()
    left = {text: english(text, names) for text in texts_of(window)}
    found = {text: words for text, words in left.items() if words}
    assert found == {}
