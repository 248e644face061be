"""Names from strangers are shown as they are: never taken for HTML, wherever they come up."""

import re
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtGui import Qt
from PySide6.QtWidgets import QAbstractItemView, QApplication, QLabel, QMessageBox

import latentstudio.ui
from latentstudio.core.options import OptionInfo
from latentstudio.document import commands
from latentstudio.document.direction import DirectionSet
from latentstudio.plugin_host.host import PluginStatus
from latentstudio.session.messages import FileAssumptions
from latentstudio.ui.library.plugins import PluginsPage
from latentstudio.ui.widgets import plain_text
from latentstudio.workers.job_list import JobInfo
from tests.ui import fakes

NAME = '<b>bold</b> <img src="/home/secret.png"> & co'


def hostile(text=""):
    return f"{NAME}{text}"


@pytest.fixture
def shown(window, client, history, qtbot):
    """A window in which every name is somebody else's."""
    known = fakes.direction_set()
    named = tuple(replace(d, name=hostile(n)) for n, d in enumerate(known.directions))
    field = OptionInfo("size", int, 3, hostile(), hostile(), None, None, "", (), False)
    plain = fakes.summary(class_names=(hostile(),))
    summary = replace(
        plain,
        info=replace(
            plain.info, name=hostile(), guesses={hostile(): hostile()}, warnings=(hostile(),)
        ),
        title=hostile(),
        recognised=hostile(),
        seen=hostile(),
        device=hostile(),
        ref=f"/tmp/{NAME.replace('/', ' ')}.pt",
        assumptions=FileAssumptions((field,), {"size": 3}, {"size": hostile()}),
    )
    client.model_opened.emit(summary)
    client.directions_ready.emit(DirectionSet(known.model, named))
    history.do(commands.set_amount(named[0].id, 2.0, named[0].name))
    history.do(commands.rename_direction(named[1].id, hostile()))
    history.do(commands.keep_snapshot(hostile()))
    far = fakes.reading(30.0, 99.99, "off", one_in=10_000)
    client.frame_ready.emit(fakes.frame(history.document.picture, far, None, named[0].id))
    for kind in ("ok", "info", "error"):
        client.notice.emit(kind, hostile(kind))
    client.job_changed.emit(JobInfo(7, hostile(), 0.5, hostile(), "running"))
    client.job_changed.emit(JobInfo(8, hostile(), 0.5, hostile(), "failed", hostile()))
    for id in window.side._panels:
        window.side.show_panel(id)
    qtbot.wait(50)
    return window


@pytest.fixture
def plugins(qtbot, look):
    client = fakes.FakeLibrary()
    page = PluginsPage(client, None)
    qtbot.addWidget(page)
    one = PluginStatus(
        hostile(), hostile(), hostile(), hostile(), (hostile(),), hostile(), False, "broken",
        hostile(),
    )  # fmt: skip
    client.plugins_ready.emit([one, replace(one, id="other", shipped=True)])
    page.show()
    return page


def labels():
    return [w for w in QApplication.allWidgets() if isinstance(w, QLabel) and not is_tip(w)]


def is_tip(widget):
    return widget.metaObject().className() == "QTipLabel"


def test_every_label_is_plain(shown, plugins):
    plots = "Opacity"  # in a menu of the plots' library, which nobody's names come into
    own = [w for w in labels() if w.text() != plots]
    rich = [w for w in own if w.textFormat() != Qt.TextFormat.PlainText]
    assert not [(type(w.parent()).__name__, w.text()) for w in rich]
    assert sum("<img" in w.text() for w in labels()) >= 8  # the names did get there


def tips():
    """Every tooltip there is: of widgets, actions and rows."""
    for widget in QApplication.allWidgets():
        if is_tip(widget):
            continue
        yield widget.toolTip()
        yield from (action.toolTip() for action in widget.actions())
        if isinstance(widget, QAbstractItemView) and widget.model():
            for row in range(widget.model().rowCount()):
                index = widget.model().index(row, 0)
                yield str(index.data(Qt.ItemDataRole.ToolTipRole) or "")


def test_every_tooltip_is_plain(shown, plugins):
    found = list(tips())
    assert [one for one in found if "<img" in one] == []
    assert sum("&lt;img" in one for one in found) >= 8


def test_a_tooltip_that_is_no_html_stays_as_it_is():
    assert plain_text.plain_tip("a < b & c") == "a < b & c"
    assert not Qt.mightBeRichText("a < b & c")


def test_questions_are_plain(shown):
    box = plain_text.message(shown, NAME, NAME, NAME, QMessageBox.Icon.Warning)
    texts = [w for w in box.findChildren(QLabel) if w.text()]
    assert [w.text() for w in texts].count(NAME) == 2
    assert {w.textFormat() for w in texts} == {Qt.TextFormat.PlainText}
    box.deleteLater()


def test_no_part_of_the_window_makes_labels_or_questions_itself():
    root = Path(latentstudio.ui.__file__).parent
    others = [p for p in root.rglob("*.py") if p.name != "plain_text.py"]
    asks = r"QMessageBox\(|QMessageBox\.(question|warning|information)"
    own = re.compile(rf"\bQLabel\(|\(QLabel|\.setToolTip\(|{asks}")
    found = [
        f"{path.name}:{number}"
        for path in others
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if own.search(line)
    ]
    assert found == []
