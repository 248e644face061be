"""Numbers as they are written, spoken and typed."""

import re
from pathlib import Path

import pytest
from PySide6.QtCore import QLocale

from latentstudio.ui.widgets import words
from latentstudio.ui.widgets.sentences import shown


def test_amounts_have_a_sign_a_true_minus_and_no_signed_zero():
    assert words.signed(1.44) == "+1.4"
    assert words.signed(-2.2) == "−2.2"
    assert words.signed(-0.04) == "0.0"
    assert words.short(-6.0) == "−6"
    assert words.short(2.5) == "+2.5"
    assert words.short(0.0) == "0"


def test_screen_readers_hear_words_for_signs():
    assert words.spoken(1.4) == "plus 1.4"
    assert words.spoken(-2.2) == "minus 2.2"
    assert words.spoken(0.01) == "0"


@pytest.mark.parametrize(
    ("text", "value"),
    [("+1.4", 1.4), ("−2,5", -2.5), (" 3 ", 3.0), ("1 000", 1000.0), ("1e1", 10.0)],
)
def test_typed_numbers_may_look_as_ours_do(text, value):
    assert words.parse_number(text) == value


@pytest.mark.parametrize("text", ["", "abc", "nan", "inf", "-", "1.2.3"])
def test_what_is_no_number_is_none(text):
    assert words.parse_number(text) is None


def test_layers_in_words():
    assert words.layer_words(None) == "whole image"
    assert words.layer_words((0, 3)) == "layers 0–3"
    assert words.layer_words((2, 2)) == "layer 2"
    assert words.grouped(20_000) == "20\u00a0000"


@pytest.fixture
def speaking():
    """Sets the locale of numbers for a test."""
    before = QLocale()
    yield lambda name: QLocale.setDefault(QLocale(name))
    QLocale.setDefault(before)


@pytest.mark.parametrize(
    ("locale", "count", "amount", "share"),
    [
        ("C", "30\u00a0000", "−1.50", "25.5\u00a0%"),
        ("en_US", "30,000", "−1.50", "25.5\u00a0%"),
        ("de_DE", "30.000", "−1,50", "25,5\u00a0%"),
        ("fr_FR", "30\u202f000", "−1,50", "25,5\u00a0%"),
    ],
)
def test_numbers_are_written_as_the_locale_has_them(speaking, locale, count, amount, share):
    speaking(locale)
    assert words.grouped(30_000) == count
    assert words.plain(30_000.4) == count
    assert words.fixed(-1.5, 2) == amount
    assert words.percent(0.255, 1) == share
    assert words.localised("Step 30,000 of a,b in 12,345.pt") == f"Step {count} of a,b in 12,345.pt"
    for text, value in ((count, 30_000), (amount, -1.5), ("1.5", 1.5), ("1,5", 1.5)):
        assert words.parse_number(text) == value


def test_sentences_from_below_have_the_windows_numbers(qapp):
    assert (
        shown("Looked at 1,024 of 4,096 pictures") == "Looked at 1\u00a0024 of 4\u00a0096 pictures"
    )


def test_no_other_module_of_the_window_writes_numbers():
    own = Path(words.__file__)
    code = re.compile(r"f\"[^\"]*\{[^}\"]*:[,+]?(\.\d+[fg%]|g|,)\}")
    found = [
        f"{path.name}: {line.strip()}"
        for path in sorted(own.parents[1].rglob("*.py"))
        if path != own and path.name != "export_names.py"  # names of files, alike everywhere
        for line in path.read_text(encoding="utf-8").splitlines()
        if code.search(line) and "key = f" not in line
    ]
    assert found == []
