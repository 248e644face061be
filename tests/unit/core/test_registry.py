"""Tables to which plugins add."""

import pytest

from latentstudio.core.registry import register


def test_what_was_added_is_taken_back_and_nothing_else():
    table = {}
    take_back = register(table, "a", "first", "toy")
    assert table == {"a": "first"}
    with pytest.raises(ValueError, match="a toy 'a' is registered already"):
        register(table, "a", "second", "toy")
    take_back()
    assert table == {}
    other = register(table, "a", "second", "toy")
    take_back()  # a second time, when another has the id
    assert table == {"a": "second"}
    other()
    assert table == {}
