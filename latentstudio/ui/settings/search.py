"""A search field above the list of a page."""

from collections.abc import Callable

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout

from latentstudio.ui.library.page import Page
from latentstudio.ui.widgets.labels import rule
from latentstudio.ui.widgets.search_field import SearchField


def add_search(page: Page, words: str, search: Callable[[str], object]) -> SearchField:
    """Put a search field at the top of a page.

    Args:
        page: Where.
        words: Shown while nothing is typed.
        search: Told what is typed.
    """
    field = SearchField(words)
    field.textChanged.connect(search)
    row = QHBoxLayout()
    row.setContentsMargins(16, 12, 16, 10)
    row.addWidget(field)
    column = page.layout()
    assert isinstance(column, QVBoxLayout)
    column.insertLayout(0, row)
    column.insertWidget(1, rule())
    return field
