"""The menu of projects that were open lately, with their pictures, and of earlier work."""

from functools import partial
from pathlib import Path

from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QMenu

from latentstudio.exchange.projects import ENDING
from latentstudio.store.project_notes import earlier_dir
from latentstudio.ui.projects.previews import thumb_of
from latentstudio.ui.projects.project_commands import ProjectCommands
from latentstudio.ui.widgets.plain_text import set_tip
from latentstudio.ui.widgets.words import tr
from latentstudio.ui.window.preferences import Preferences

_SIDE = 32
_MOST_EARLIER = 8


class RecentProjects:
    """Fills a menu when it opens.

    Args:
        commands: Opens what is chosen.
        preferences: Knows the projects.
    """

    def __init__(self, commands: ProjectCommands, preferences: Preferences) -> None:
        self._commands, self._preferences = commands, preferences

    def fill(self, menu: QMenu) -> None:
        """List the projects, newest first."""
        menu.clear()
        for path in map(Path, self._preferences.now.recent_projects):
            self._add(menu, path, path.stem)
        if menu.isEmpty():
            menu.addAction(tr("No projects yet")).setEnabled(False)
        folder = earlier_dir()
        earlier = sorted(folder.glob(f"*{ENDING}"), reverse=True) if folder.is_dir() else []
        if earlier:
            menu.addSeparator()
            below = menu.addMenu(tr("Earlier work"))
            below.setToolTipsVisible(True)
            for path in earlier[:_MOST_EARLIER]:
                self._add(below, path, path.stem)

    def _add(self, menu: QMenu, path: Path, text: str) -> None:
        action = menu.addAction(text.replace("&", "&&"), partial(self._commands.open, path))
        picture = thumb_of(path, _SIDE)
        if not picture.isNull():
            action.setIcon(QIcon(picture))
            action.setIconVisibleInMenu(True)
        set_tip(action, str(path))
