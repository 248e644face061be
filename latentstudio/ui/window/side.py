"""The right side: two stacks of tabs, or a rail whose panels open as a drawer."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QSizePolicy,
    QSplitter,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from latentstudio.core.reading import State
from latentstudio.ui.widgets.buttons import icon_button
from latentstudio.ui.widgets.words import tr
from latentstudio.ui.window.drawer import Drawer
from latentstudio.ui.window.panels import PanelSpec
from latentstudio.ui.window.rail import WIDTH as RAIL
from latentstudio.ui.window.rail import Rail
from latentstudio.ui.window.tabs import HEIGHT, PanelTabs

LEAST, USUAL, MOST = 304, 327, 440
_ENDLESS = 16777215


class Side(QWidget):
    """Holds the panels, as a column or as a rail with a drawer.

    Args:
        panels: In the order of their tabs.
        over: Widget that the drawer lies on.
    """

    cover_changed = Signal(int)
    """How much of the canvas the drawer hides at the right."""

    def __init__(self, panels: Sequence[PanelSpec], over: QWidget) -> None:
        super().__init__()
        self._panels = {panel.id: panel for panel in panels}
        self._railed = False
        self._scale = 1.0
        self._shared: list[int] = []
        upper = [p for p in panels if p.upper]
        lower = [p for p in panels if not p.upper]
        self._stacks = (TabStack(upper), TabStack(lower))
        self.rail = Rail(panels)
        self.drawer = Drawer(over)
        self._column = QSplitter(Qt.Orientation.Vertical)
        for stack in self._stacks:
            self._column.addWidget(stack)
        self._stacks[0].tabs.currentChanged.connect(self._share_column)
        self._stacks[1].tabs.tabBarClicked.connect(self._lower_asked)
        self._column.setHandleWidth(1)
        self._column.setChildrenCollapsible(False)
        self._column.setStretchFactor(0, 1)
        self._column.setSizes([520, 260])
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(self._column, 1)
        row.addWidget(self.rail)
        self.rail.asked.connect(self._toggle_drawer)
        self.drawer.changed.connect(self._drawer_changed)
        self._show_form()

    @property
    def railed(self) -> bool:
        return self._railed

    def set_railed(self, railed: bool) -> None:
        """Become a rail, or a column again."""
        if railed != self._railed:
            self.drawer.dismiss()
            self._railed = railed
            self._show_form()

    @property
    def usual_width(self) -> int:
        """How wide it wants to be."""
        return RAIL if self._railed else round(USUAL * self._scale)

    def set_scale(self, scale: float) -> None:
        """Make room for larger text."""
        self._scale = scale
        if not self._railed:
            self._show_form()

    def show_panel(self, id: str) -> None:
        """Bring a panel to the front, in its tab or in the drawer."""
        panel = self._panels[id]
        if self._railed:
            self.drawer.open(panel.id, panel.title, panel.widget)
        else:
            self._stacks[0 if panel.upper else 1].choose(panel.id)
            if not panel.upper:
                self._make_room()

    def show_state(self, state: State | None) -> None:
        """Mark the rail with the verdict of the picture."""
        self.rail.show_state(state)

    def stacks(self) -> "tuple[TabStack, TabStack]":
        """The upper and the lower tabs."""
        return self._stacks

    @property
    def share(self) -> int:
        """Height of the upper half in percent of both."""
        sizes = self._shared if self._stacks[1].folded and self._shared else self._column.sizes()
        return round(100 * sizes[0] / max(1, sum(sizes)))

    def set_share(self, share: int) -> None:
        """Give the upper half so much, 0 as it comes."""
        if 10 <= share <= 90:
            # Both grow with the window from now on, so that the share stays what it was.
            self._column.setStretchFactor(0, share)
            self._column.setStretchFactor(1, 100 - share)
            self._column.setSizes([share * 10, 1000 - share * 10])

    def _share_column(self) -> None:
        """A panel that takes the whole column leaves the lower one its tabs."""
        whole, lower = self._stacks[0].panel.whole, self._stacks[1]
        if whole == lower.folded:
            return
        sizes = self._column.sizes()
        lower.set_folded(whole)
        if whole:
            self._shared = sizes
            self._column.setSizes([sum(sizes) - HEIGHT, HEIGHT])
        elif self._shared:
            self._column.setSizes(self._shared)

    def _lower_asked(self, _number: int) -> None:
        self._make_room()

    def _make_room(self) -> None:
        """Show a lower panel: one that takes the whole column gives way."""
        upper = self._stacks[0]
        if upper.panel.whole:
            upper.choose(next(p.id for p in self._panels.values() if p.upper and not p.whole))

    def _toggle_drawer(self, id: str) -> None:
        if self.drawer.panel == id:
            self.drawer.dismiss()
        else:
            self.show_panel(id)

    def _drawer_changed(self) -> None:
        self.rail.mark(self.drawer.panel)
        self.cover_changed.emit(self.drawer.cover)

    def _show_form(self) -> None:
        self._column.setVisible(not self._railed)
        self.rail.setVisible(self._railed)
        if self._railed:
            self.setFixedWidth(RAIL)
            return
        for stack in self._stacks:
            stack.take_back()
        self.setMinimumWidth(round(LEAST * self._scale))
        self.setMaximumWidth(round(MOST * self._scale))
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Expanding)


class TabStack(QWidget):
    """Tabs with the accent on top, and the panel of the one that is chosen."""

    def __init__(self, panels: Sequence[PanelSpec]) -> None:
        super().__init__()
        self._panels = tuple(panels)
        self.folded = False
        self.setProperty("surface", "panel")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.tabs = PanelTabs(tr("Panels"))
        self._pages = QStackedWidget()
        for panel in panels:
            self.tabs.add(panel.title, panel.icon)
            self._pages.addWidget(panel.widget)
        self.tabs.currentChanged.connect(self._pages.setCurrentIndex)
        self.tabs.currentChanged.connect(lambda _: self._fit())
        strip = QWidget()
        strip.setProperty("surface", "win")
        strip.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        strip.setFixedHeight(HEIGHT)
        row = QHBoxLayout(strip)
        row.setContentsMargins(4, 0, 0, 0)
        row.addWidget(self.tabs, alignment=Qt.AlignmentFlag.AlignBottom)
        row.addStretch(1)
        self.close_whole = icon_button("x", tr("Back to the first panel"), self._leave_whole)
        row.addWidget(self.close_whole)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(strip)
        column.addWidget(self._pages, 1)
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        whole = self.panel.whole
        self.close_whole.setVisible(whole)
        self.tabs.fit(self.width() - 4 - (self.close_whole.width() if whole else 0))

    def _leave_whole(self) -> None:
        self.choose(next(panel.id for panel in self._panels if not panel.whole))

    @property
    def ids(self) -> tuple[str, ...]:
        """Of its panels, in the order of their tabs."""
        return tuple(panel.id for panel in self._panels)

    def choose(self, id: str) -> None:
        """Show one of its panels."""
        self.tabs.setCurrentIndex([p.id for p in self._panels].index(id))

    @property
    def panel(self) -> PanelSpec:
        """The one that is shown."""
        return self._panels[self.tabs.currentIndex()]

    def set_folded(self, folded: bool) -> None:
        """Show the tabs only, none of them chosen."""
        self.folded = folded
        self._pages.setVisible(not folded)
        self.tabs.set_idle(folded)
        self.setMaximumHeight(HEIGHT if folded else _ENDLESS)

    def take_back(self) -> None:
        """Take the panels home from the drawer."""
        for place, panel in enumerate(self._panels):
            if self._pages.indexOf(panel.widget) < 0:
                self._pages.insertWidget(place, panel.widget)
        self._pages.setCurrentIndex(self.tabs.currentIndex())
