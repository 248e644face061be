"""How sliders walk: straight, along the shell, or on a great circle of it."""

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from latentstudio.core.walk import WALKS, parse_walk
from latentstudio.document import commands
from latentstudio.document.history import History
from latentstudio.document.state import Document
from latentstudio.ui.density.walk_words import NAMES, TIPS
from latentstudio.ui.widgets.labels import label
from latentstudio.ui.widgets.plain_text import set_tip
from latentstudio.ui.widgets.segmented import Segmented
from latentstudio.ui.widgets.sentences import shown
from latentstudio.ui.widgets.toggle import Toggle
from latentstudio.ui.widgets.words import tr


class WalkChoice(QWidget):
    """The switch "stay on shell", and below it which walk; amounts stay as they are.

    Args:
        history: The document, which holds the walk.
    """

    def __init__(self, history: History, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.stay = Toggle(tr("Stay on shell"))
        self.walks = Segmented([(walk, shown(NAMES[walk])) for walk in WALKS])
        self.walks.setAccessibleName(tr("Walk"))
        self.walks.set_tight(True)
        for walk in WALKS:
            set_tip(self.walks.button(walk), shown(TIPS[walk]))
        self.stay.toggled.connect(lambda on: history.do(commands.set_stay_on_shell(on)))
        self.walks.chosen.connect(lambda key: history.do(commands.set_walk(parse_walk(key))))
        self._arrange()
        self.destroyed.connect(history.changed.connect(self._show))
        self._show(history.document)

    def _arrange(self) -> None:
        names = QVBoxLayout()
        names.setSpacing(0)
        names.addWidget(label(tr("Stay on shell"), "body"))
        names.addWidget(
            label(tr("Every slider walks along the shell"), "caption", "tx3", wrap=True)
        )
        switch = QHBoxLayout()
        switch.addLayout(names, 1)
        switch.addWidget(self.stay)
        walks = QHBoxLayout()
        walks.addWidget(label(tr("Walk"), "label", "tx2"))
        walks.addStretch(1)
        walks.addWidget(self.walks)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 10, 9, 4)
        column.setSpacing(8)
        column.addLayout(switch)
        column.addLayout(walks)

    def _show(self, doc: Document) -> None:
        self.stay.show_on(doc.picture.on_shell)
        self.walks.show_choice(doc.picture.walk)
