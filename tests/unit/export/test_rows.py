"""A figure's words are to be read: its font knows every sign that it writes."""

import numpy as np
import pytest
from PIL import ImageFont

from latentstudio.export.rows import FONT, Row, save_rows


@pytest.mark.parametrize("sign", ["\N{MINUS SIGN}", "\N{EN DASH}", "+", "é", "Ж"])
def test_no_sign_is_drawn_as_a_box(sign):
    font = ImageFont.truetype(FONT, 40)
    missing = bytes(font.getmask("\uf8fe"))
    assert bytes(font.getmask(sign)) != missing


def test_the_words_stand_in_the_picture(tmp_path):
    rows = [Row("Denser \N{EN DASH} 2.5", (np.zeros((40, 40, 3), np.uint8),) * 3)]
    for path in (tmp_path / "a.png", tmp_path / "a.svg"):
        size = save_rows(rows, ["\N{MINUS SIGN}1", "0", "+1"], "Title", path)
        assert size == (3 * 40 + 2 * 4 + 24, 12 + 26 + 40 + 26)
        assert path.stat().st_size > 300
    assert "Denser \N{EN DASH} 2.5" in (tmp_path / "a.svg").read_text(encoding="utf-8")
