"""Joins the list of directions with the Discover panel."""

from PySide6.QtCore import QObject

from latentstudio.document.direction import Direction
from latentstudio.ui.directions.column import DirectionsColumn
from latentstudio.ui.discover.panel import DiscoverPanel
from latentstudio.ui.window.side import Side


class DiscoverLinks(QObject):
    """Each asks something of the other: runs again, splits, filmstrips, a chosen direction."""

    def __init__(self, left: DirectionsColumn, discover: DiscoverPanel, side: Side) -> None:
        super().__init__(left)
        self._discover, self._side = discover, side
        panel = left.panel
        panel.discover_asked.connect(self.show)
        panel.again_asked.connect(self._run_again)
        panel.split_asked.connect(self._split)
        panel.current_changed.connect(discover.form.suggest)
        panel.others = discover.wanted_films
        discover.films_wanted.connect(panel.requests.changed)
        discover.chosen.connect(panel.reveal)

    def show(self) -> None:
        """Bring the Discover panel to the front."""
        self._side.show_panel("discover")

    def _run_again(self, direction: Direction) -> None:
        self.show()
        how = direction.provenance
        self._discover.fill(how.method, how.options, how.seed, how.of)

    def _split(self, id: str) -> None:
        self.show()
        self._discover.offer_split(id)
