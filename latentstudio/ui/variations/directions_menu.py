"""A button whose menu chooses several directions."""

from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMenu, QToolButton

from latentstudio.ui.theme import set_role
from latentstudio.ui.variations.choices import MOST_ROWS
from latentstudio.ui.variations.work import VariationWork
from latentstudio.ui.widgets.plain_text import set_tip
from latentstudio.ui.widgets.words import tr


class DirectionsMenu(QToolButton):
    """Shows how many are chosen; at most `MOST_ROWS` can be."""

    def __init__(self, work: VariationWork) -> None:
        super().__init__()
        self._work = work
        self.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAccessibleName(tr("Directions that vary"))
        set_tip(self, tr("Choose the directions that vary"))
        set_role(self, "label")
        self._menu = QMenu(self)
        self._menu.aboutToShow.connect(self._fill)
        self.setMenu(self._menu)
        work.changed.connect(self._say)
        self._say()

    def _say(self) -> None:
        count = len(self._work.choices.several)
        words = tr("1 direction") if count == 1 else tr("%1 directions")
        self.setText(words.replace("%1", str(count)))

    def _fill(self) -> None:
        work, menu = self._work, self._menu
        board, chosen = work.board, work.choices.several
        menu.clear()
        used = tuple(edit.direction for edit in board.document.picture.edits)
        pinned = tuple(d.id for d in board.directions if d.id in board.document.pinned)
        for words, ids in ((tr("Those in use"), used), (tr("Those that are pinned"), pinned)):
            action = menu.addAction(words, partial(self._choose, ids))
            action.setEnabled(bool(ids))
        menu.addSeparator()
        for direction in board.directions:
            if direction.id in board.document.rejected:
                continue
            text = board.name(direction.id).replace("&", "&&")
            action = menu.addAction(text, partial(self._toggle, direction.id))
            action.setCheckable(True)
            action.setChecked(direction.id in chosen)
            action.setEnabled(direction.id in chosen or len(chosen) < MOST_ROWS)

    def _toggle(self, id: str) -> None:
        chosen = self._work.choices.several
        left = tuple(one for one in chosen if one != id)
        self._choose(left if id in chosen else (*chosen, id))

    def _choose(self, ids: tuple[str, ...]) -> None:
        self._work.choose(several=ids[:MOST_ROWS])
