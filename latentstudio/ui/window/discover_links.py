"""Joins the list of directions with the Discover panel and its pages over the canvas."""

from PySide6.QtCore import QObject

from latentstudio.document.direction import Direction
from latentstudio.ui.strip.snapshot_menu import NOW
from latentstudio.ui.window.side import Side
from latentstudio.ui.window.window_parts import WindowParts


class DiscoverLinks(QObject):
    """Each asks something of the other: runs again, splits, filmstrips, a chosen direction."""

    def __init__(self, parts: WindowParts, side: Side) -> None:
        super().__init__(parts.left)
        self._parts, self._side = parts, side
        self._discover = discover = parts.discover
        panel = parts.left.panel
        panel.discover_asked.connect(self.show)
        panel.again_asked.connect(self._run_again)
        panel.split_asked.connect(self._split)
        panel.current_changed.connect(discover.form.suggest)
        panel.others = self._wanted_films
        for part in (discover, parts.example_panel, parts.sheet):
            part.films_wanted.connect(panel.requests.changed)
        for choosing in (discover.chosen, parts.sheet.chosen, parts.example.kept):
            choosing.connect(panel.reveal)
        discover.search.example_asked.connect(parts.example.open)
        discover.search.sheet_asked.connect(parts.sheet.toggle)
        parts.example.opened.connect(self._example)
        parts.strip.more_asked.connect(self._more)
        parts.example.changed_into.connect(panel.reveal)

    def show(self) -> None:
        """Bring the Discover panel to the front."""
        self._side.show_panel("discover")

    def _wanted_films(self) -> dict[str, int]:
        """Strips in view outside of the list."""
        parts = self._parts
        found = self._discover.wanted_films()
        return found | parts.sheet.wanted_films() | parts.example_panel.wanted_films()

    def _example(self, opened: bool) -> None:
        self._discover.show_instead(self._parts.example_panel if opened else None)
        if opened:
            self.show()

    def _more(self, first: int, second: int) -> None:
        """Make the change from one snapshot to another, or to the picture now, a slider."""
        snapshots = self._parts.strip.model
        before = snapshots.snapshot(first).picture
        after = None if second == NOW else snapshots.snapshot(second).picture
        self._parts.example.more_of(before, after)

    def _run_again(self, direction: Direction) -> None:
        self.show()
        how = direction.provenance
        self._discover.fill(how.method, how.options, how.seed, how.of)

    def _split(self, id: str) -> None:
        self.show()
        self._discover.offer_split(id)
