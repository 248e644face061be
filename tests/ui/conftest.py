"""Fixtures for the window: an application in the dark look, as the program starts it."""

import pytest

from latentstudio.ui.theme import theme


@pytest.fixture
def look(qapp):
    """The theme, dark at 100 %, put back after a test that changes it."""
    current = theme()
    current.set_text_scale(1.0)
    current.set_reduce_motion(False)
    current.set_choice("dark")
    yield current
    current.set_text_scale(1.0)
    current.set_reduce_motion(False)
    current.set_choice("dark")
