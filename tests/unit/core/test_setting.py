"""Settings are declared once: what a page shows and what a file may hold follow from it."""

import json
from typing import Annotated, Literal

import msgspec
import pytest

from latentstudio.core import settings
from latentstudio.core.setting import declared, setting, within_limits
from latentstudio.core.settings import Settings, WindowLayout


class Few(msgspec.Struct, kw_only=True, frozen=True):
    size: Annotated[int, setting("Size", "How large.", "Look", low=10, high=20)] = 12
    kind: Annotated[
        Literal["a", "b"], setting("Kind", "Which.", "Files", words={"a": "First", "b": "Second"})
    ] = "a"
    remembered: str = "x"


def test_a_declaration_says_all_that_a_page_needs():
    size, kind = declared(Few)
    option = size.option
    assert (option.name, option.type, option.default, option.label, option.help) == (
        "size", int, 12, "Size", "How large."
    )  # fmt: skip
    assert (option.low, option.high, size.group) == (10, 20, "Look")
    assert (kind.option.choices, kind.words["b"]) == (("a", "b"), "Second")


@pytest.mark.parametrize(("given", "kept"), [(3, 10), (15, 15), (99, 20)])
def test_numbers_come_into_their_range(given, kept):
    assert within_limits(Few(size=given)).size == kept


def test_every_setting_has_a_title_a_sentence_and_words_for_its_choices():
    found = declared(Settings)
    assert {"theme", "language", "text_scale", "device", "autosave", "save_folder"} <= {
        one.option.name for one in found
    }
    for one in found:
        assert one.option.label
        assert one.option.help.endswith(".")
        assert one.group
        assert set(one.words) == set(one.option.choices)


def test_a_file_with_numbers_out_of_range_is_used_within_it():
    settings.save(Settings(theme="light"))
    path = settings.settings_path()
    path.write_text(json.dumps({**json.loads(path.read_text()), "text_scale": 900, "autosave": 0}))
    found, said = settings.load()
    assert (found.text_scale, found.autosave, found.theme, said) == (150, 1, "light", "")


def test_shortcuts_and_the_layout_come_back():
    layout = WindowLayout(left=400, upper="region", folded=("density/numbers",))
    kept = Settings(keys={"seed": ("Shift+R",), "fit": ()}, layout=layout)
    settings.save(kept)
    assert settings.load() == (kept, "")
