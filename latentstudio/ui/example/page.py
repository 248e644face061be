"""The samples in the place of the canvas, with what is to be done above them."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from latentstudio.ui.example.grid import ExampleGrid
from latentstudio.ui.example.work import ExampleWork
from latentstudio.ui.widgets.buttons import text_button
from latentstudio.ui.widgets.canvas_page import CanvasPage
from latentstudio.ui.widgets.labels import label
from latentstudio.ui.widgets.plain_text import set_tip
from latentstudio.ui.widgets.words import tr


class ExamplePage(CanvasPage):
    """Covers the canvas while samples are marked."""

    def __init__(self, work: ExampleWork, canvas: QWidget) -> None:
        super().__init__(canvas)
        self._work = work
        self.setProperty("surface", "canvas")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.grid = ExampleGrid(work, self)
        self.title = label(tr("Mark what has it and what doesn’t"), "title", wrap=True)
        self.counts = label("", "label", "tx2")
        self.more = text_button(tr("More samples"), "dices", work.more, kind="")
        self.ask = text_button(tr("Ask me about uncertain ones"), "sparkles", work.ask, kind="")
        set_tip(self.ask, tr("Shows pictures that the marks leave open"))
        self.hint = label("", "label", "tx2", wrap=True)
        self._arrange()
        self.setFocusProxy(self.grid)
        work.opened.connect(self._open)
        work.changed.connect(self._say)

    def _arrange(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(self.title, 1)
        for part in (self.counts, self.more, self.ask):
            head.addWidget(part)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 8, 12, 10)
        column.setSpacing(8)
        column.addLayout(head)
        column.addWidget(self.grid, 1)
        column.addWidget(self.hint)

    def _open(self, opened: bool) -> None:
        if opened:
            self._place()
            self.raise_()
        self.setVisible(opened)
        if opened:
            self.grid.setFocus(Qt.FocusReason.OtherFocusReason)

    def _say(self) -> None:
        has, lacks = self._work.counts
        words = tr("%1 have it, %2 don’t").replace("%1", str(has)).replace("%2", str(lacks))
        self.counts.setText(words if has or lacks else "")
        self.ask.setEnabled(self._work.enough and self._work.fit is not None)
        how = tr("Click: has it. Shift-click: doesn’t. Click again to clear.")
        if self._work.asked:
            how = tr("The first of these are hard to tell from your marks: mark them, too.")
        self.hint.setText(how)
