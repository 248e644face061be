"""Numbers as they are written, spoken and typed."""

import pytest

from latentstudio.ui.widgets import words


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
