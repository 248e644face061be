"""A page whose rows stand under headings and can be searched."""

from collections.abc import Sequence
from typing import Protocol

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from latentstudio.ui.library.page import Page, heading
from latentstudio.ui.widgets.labels import rule
from latentstudio.ui.widgets.search_field import SearchField


class SearchedRow(Protocol):
    """What a row tells of itself, beside being a widget."""

    @property
    def group(self) -> str:
        """The heading that it stands under."""
        ...

    def fits(self, typed: str) -> bool:
        """Whether it is to be seen; what is typed comes in small letters."""
        ...

    def setVisible(self, visible: bool) -> None: ...


class SearchedPage(Page):
    """A page with a search field above its list.

    Args:
        title: Of the window.
        rows: In order; widgets that are a `SearchedRow`.
        words: Shown while nothing is typed.
        parent: The main window.
    """

    def __init__(
        self, title: str, rows: Sequence[SearchedRow], words: str, parent: QWidget
    ) -> None:
        super().__init__(title, parent)
        self._searched = rows
        self._headings = {group: heading(group) for group in dict.fromkeys(r.group for r in rows)}
        self.search = SearchField(words)
        self.search.textChanged.connect(self._filter)
        row = QHBoxLayout()
        row.setContentsMargins(16, 12, 16, 10)
        row.addWidget(self.search)
        column = self.layout()
        assert isinstance(column, QVBoxLayout)
        column.insertLayout(0, row)
        column.insertWidget(1, rule())
        self.fill(self._under_headings())

    def _under_headings(self) -> list[QWidget]:
        found: list[QWidget] = []
        for group, title in self._headings.items():
            found.append(title)
            found += [r for r in self._searched if r.group == group and isinstance(r, QWidget)]
        return found

    def _filter(self, typed: str) -> None:
        wanted = typed.casefold().strip()
        seen = set()
        for row in self._searched:
            fits = row.fits(wanted)
            row.setVisible(fits)
            seen |= {row.group} if fits else set()
        for group, title in self._headings.items():
            title.setVisible(group in seen)
