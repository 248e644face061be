"""The Discover panel: what is asked for, and what is shown of a run."""

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QCoreApplication, QPoint, Qt
from PySide6.QtGui import QFontMetrics
from PySide6.QtTest import QTest

from latentstudio.core.spaces import Ability
from latentstudio.document.direction import DirectionSet, Linear, ModelKey, Provenance
from latentstudio.document.history import History
from latentstudio.document.run_info import RunInfo
from latentstudio.document.state import Document
from latentstudio.session.messages import RunNews
from latentstudio.session.methods import forms
from latentstudio.ui.directions.column import DirectionsColumn
from latentstudio.ui.discover.curves import coarse, smooth, ticks
from latentstudio.ui.discover.fields import layers_problem
from latentstudio.ui.discover.form import hint_words, time_words
from latentstudio.ui.discover.panel import DiscoverPanel
from latentstudio.ui.widgets.fold import FoldButton
from latentstudio.workers.job_list import JobInfo
from tests.e2e.legible import cut_texts
from tests.ui import fakes

ABLE = frozenset({Ability.TAPS, Ability.STYLE_WEIGHTS})


def model(runs=(), able=ABLE, **about):
    opened = fakes.summary(**about)
    info = replace(opened.info, abilities=opened.info.abilities | able)
    opened = replace(opened, info=info)
    return replace(opened, methods=forms(opened.info, "cpu"), runs=tuple(runs))


@pytest.fixture
def client():
    return fakes.FakeClient()


@pytest.fixture
def column(qtbot, look, client):
    made = DirectionsColumn(History(Document()), client)
    qtbot.addWidget(made)
    return made


@pytest.fixture
def panel(exposed, column, client):
    made = exposed(DiscoverPanel(column.board, client), 327, 800)
    client.model_opened.emit(model())
    made.methods.button.setChecked(True)
    return made


RUN = RunInfo("voynov-babenko-run1", "voynov-babenko", 1, {"count": 3}, 7, 0, 100)
LOSSES = {"loss": 3.0, "which": 2.5, "size": 2.0, "accuracy": 0.25}


def found_by(run, count=3):
    base = fakes.direction("sefa-1")
    vectors = np.eye(256, dtype=np.float32)[100:]
    them = tuple(
        replace(
            base,
            id=f"{run.key}-{k}",
            name=f"V {k}",
            payload=Linear(vectors[k]),
            provenance=Provenance(run.method, run=run.key),
        )
        for k in range(count)
    )
    return DirectionSet(ModelKey("0c3b90b1" * 8, "stylegan2", 64, {"w": 256}), them)


def work(client, step=42, settled=(), left=75.0):
    """A run that has made some steps."""
    client.run_queued.emit(5, RUN)
    found = found_by(RUN)
    client.directions_ready.emit(found)
    run = replace(RUN, step=step, seconds=step * 0.5)
    client.run_stepped.emit(5, RunNews(run, LOSSES, left, found, frozenset(settled)))
    client.job_changed.emit(JobInfo(5, "Voynov–Babenko", step / 100, "", "running", pausable=True))


def choose(panel, method):
    panel.form.methods.setCurrentIndex(panel.form.methods.findData(method))
    QCoreApplication.processEvents()  # its options are laid out


def test_the_form_has_the_methods_options_with_defaults_that_suit_the_model(panel, client):
    choose(panel, "voynov-babenko")
    panel.form.start.click()
    (asked,) = client.asked
    fields = panel.form.method.fields
    assert asked == ("start", "voynov-babenko", {f.name: f.default for f in fields}, 0)
    assert asked[2]["steps"] == 1000
    folds = [one.text() for one in panel.form.findChildren(FoldButton)]
    assert f"{len(fields) - 3} more options" in folds


def test_a_method_that_works_on_a_direction_lets_one_be_chosen(panel, client):
    client.directions_ready.emit(fakes.direction_set(sefa=3, ganspace=2))
    choose(panel, "dp-lase-subspace")
    box = panel.form.field("of").box
    assert [box.itemText(k) for k in range(box.count())] == [
        *("Direction 0 (PCA)", "Direction 1 (PCA)"),
        *("Direction 0 (SeFa)", "Direction 1 (SeFa)", "Direction 2 (SeFa)"),
    ]
    panel.form.suggest("sefa-1")
    panel.form.start.click()
    _, method, options, seed, of = client.asked[0]
    assert (method, seed, of) == ("dp-lase-subspace", 0, "sefa-1")
    assert "of" not in options
    client.directions_ready.emit(fakes.direction_set(sefa=2, ganspace=0))
    assert box.currentData() == "sefa-1"
    panel.offer_split("sefa-0")
    assert panel.form.field("of").value == "sefa-0"


def test_without_directions_there_is_nothing_to_split(panel, client):
    choose(panel, "dp-lase-subspace")
    panel.form.start.click()
    assert client.asked == []


def test_values_that_are_typed_are_what_runs(panel, client):
    choose(panel, "dp-lase")
    edit = panel.form.field("count").field.edit
    edit.setFocus()
    edit.selectAll()
    QTest.keyClicks(edit, "7")
    panel.form.field("seed").show_value(3)
    panel.form.field("straighten").toggle.click()
    panel.form.start.click()
    _, method, options, seed = client.asked[0]
    assert (method, options["count"], seed) == ("dp-lase", 7, 3)
    assert options["straighten"] is False
    assert isinstance(options["count"], int)


def test_what_is_out_of_range_is_marked_in_place_and_does_not_start(panel, client):
    choose(panel, "dp-lase")
    field = panel.form.field("count").field
    field.edit.setText("257")
    QTest.keyClick(field.edit, Qt.Key.Key_Return)
    assert field.wrong
    assert field.range_words == "Directions: 1 to 256"
    panel.form.start.click()
    assert client.asked == []


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("all", ""),
        ("", ""),
        ("4", ""),
        ("4-9", ""),
        ("4 – 9", ""),
        ("4-10", "Layers: 0 to 9"),
        ("9-4", "Write all, one layer, or a range as 4-7"),
        ("four", "Write all, one layer, or a range as 4-7"),
        ("-1", "Write all, one layer, or a range as 4-7"),
    ],
)
def test_layer_ranges_are_checked_as_they_are_typed(text, problem):
    assert layers_problem(text, 10) == problem


def test_a_method_that_cannot_run_says_why_and_cannot_start(panel, client):
    client.model_opened.emit(model(layers=0, able=frozenset()))
    choose(panel, "ganspace")
    form = panel.form
    assert form.missing.text() == form.method.missing != ""
    assert not form.start.isEnabled()
    assert not form.field("count").isEnabled()
    choose(panel, "voynov-babenko")
    assert form.missing.isHidden()
    assert form.start.isEnabled()


def test_another_method_and_back_keeps_what_was_typed(panel):
    choose(panel, "dp-lase")
    panel.form.field("count").show_value(9)
    choose(panel, "sefa")
    choose(panel, "dp-lase")
    assert panel.form.field("count").value == 9


def test_a_run_shows_where_it_is_and_what_is_left(panel, client):
    work(client)
    item = panel.items[RUN.key]
    assert item.words.text == "Step 42 of 100"
    assert item.left.text() == "1 min left"
    assert item.bar.value() == 420
    assert panel.form.start.text() == "Add to queue"
    item.pause.click()
    item.stop.click()
    assert client.asked == [("pause", 5), ("stop", 5)]
    client.job_changed.emit(JobInfo(5, "V", 0.42, "", "paused", pausable=True))
    assert item.words.text == "Paused at step 42"
    assert item.note.text() == "Closing the app keeps it."
    item.resume.click()
    item.discard.click()
    assert client.asked[2:] == [("resume", 5), ("discard", RUN.key)]
    client.run_gone.emit(RUN.key)
    assert RUN.key not in panel.items


def test_a_run_of_an_earlier_session_is_offered_and_goes_on(panel, client):
    waits = replace(RUN, step=420, steps=700)
    client.model_opened.emit(model(runs=[waits]))
    item = panel.items[RUN.key]
    assert item.words.text == "Paused at step 420"
    assert not item.resume.isHidden()
    assert item.pause.isHidden()
    item.resume.click()
    assert client.asked == [("resume run", RUN.key)]


def test_a_cancelled_run_waits_on_the_disk(panel, client):
    work(client)
    client.job_changed.emit(JobInfo(5, "V", 0.42, "", "cancelled"))
    item = panel.items[RUN.key]
    assert item.words.text == "Paused at step 42"
    item.resume.click()
    assert client.asked == [("resume run", RUN.key)]


def test_a_run_that_breaks_off_says_why_and_can_be_put_away(panel, client):
    work(client)
    words = "The run broke off at step 43."
    client.job_changed.emit(JobInfo(5, "V", 0.42, "", "failed", words))
    item = panel.items[RUN.key]
    assert item.note.text() == words
    item.dismiss.click()
    assert panel.items == {}


def test_a_run_that_gets_its_turn_is_the_one_shown(panel, client, column):
    work(client)
    second = replace(RUN, key="voynov-babenko-run2", number=2)
    client.run_queued.emit(6, second)
    both = found_by(RUN).directions + found_by(second).directions
    client.directions_ready.emit(replace(found_by(RUN), directions=both))
    assert set(panel.found.ids) == {f"{RUN.key}-{k}" for k in range(3)}
    client.job_changed.emit(JobInfo(5, "Voynov–Babenko", 1.0, "", "done", pausable=True))
    client.job_changed.emit(JobInfo(6, "Voynov–Babenko", 0.0, "", "running", pausable=True))
    assert set(panel.found.ids) == {f"{second.key}-{k}" for k in range(3)}


def test_what_is_found_can_be_pinned_rejected_and_taken_back(panel, client, column):
    work(client, settled=[f"{RUN.key}-2"])
    ids = [f"{RUN.key}-{k}" for k in range(3)]
    rows = panel.found.rows
    assert list(panel.found.ids) == ids
    assert panel.found.title.text() == "Found so far"
    assert panel.found.count.text() == "3, not settled"
    assert [rows[id].state.text() for id in ids] == ["Still moving", "Still moving", "Settled"]
    panel.found.settled_first.click()
    assert panel.found.ids[0] == ids[2]
    rows[ids[0]].pin.click()
    rows[ids[1]].reject.click()
    assert rows[ids[1]].restore.accessibleName() == f"Take back: {rows[ids[1]].name.text()}"
    document = column.board.document
    assert document.pinned == {ids[0]}
    assert document.rejected == {ids[1]}
    assert rows[ids[1]].state.text() == "Rejected"
    assert not column.panel.view.rows.index_of(ids[1]).isValid() or _settle(column, ids[1])
    rows[ids[1]].restore.click()
    assert column.board.document.rejected == frozenset()
    column.board.commands.rename(ids[0], "Side light")
    assert rows[ids[0]].name.text() == "Side light"


def test_a_long_name_takes_two_lines_and_no_more_room(panel, client, column):
    work(client)
    row = panel.found.rows[f"{RUN.key}-0"]
    width = panel.found.minimumSizeHint().width()
    column.board.commands.rename(f"{RUN.key}-0", "Hat without long hair and " + "x" * 200)
    assert panel.found.minimumSizeHint().width() == width
    row.name.setFixedWidth(90)
    column.board.commands.rename(f"{RUN.key}-0", "Hat without long hair")
    lines = row.name.heightForWidth(90) / row.name.fontMetrics().lineSpacing()
    assert 1.5 < lines < 2.5
    assert row.name.maximumHeight() >= row.name.heightForWidth(90)


def _settle(column, id):
    """Rows change once the hand rests."""
    column.panel._show_rows()
    return not column.panel.view.rows.index_of(id).isValid()


def test_curves_are_drawn_of_what_shares_an_axis(panel, client, qtbot):
    work(client)
    qtbot.waitUntil(lambda: panel.loss.accessibleName() != "")
    assert panel.loss.accessibleName() == "Curves: which one 2.5, how far 2"
    assert panel.accuracy.accessibleName() == "Curves: recognised 0.25"
    assert panel.accuracy.isVisible()


def test_smoothing_looks_back_only_and_keeps_a_level():
    assert smooth([2.0] * 50) == pytest.approx([2.0] * 50)
    step = smooth([0.0] * 20 + [1.0] * 20)
    assert step[19] == 0
    assert step[20] == pytest.approx(0.1)
    assert step[29] == pytest.approx(1.0)
    assert len(smooth([])) == 0


def test_a_raw_curve_has_too_few_points_to_become_a_block():
    x, y = coarse(range(9000), [float(k % 2) for k in range(9000)])
    assert len(x) == len(y) == 90
    assert y == pytest.approx([0.5] * 90)
    assert list(coarse([1, 2], [3.0, 4.0])[1]) == [3.0, 4.0]


@pytest.mark.parametrize(
    ("low", "high", "expected"),
    [
        (0.0, 3.7, [0, 1, 2, 3, 4]),
        (-0.187, -0.113, [-0.2, -0.15, -0.1]),
        (0.0, 0.9, [0, 0.5, 1.0]),
        (5.0, 5.0, [5.0, 5.001]),
        (0.0, 1234.0, [0, 500, 1000, 1500]),
    ],
)
def test_axes_have_few_round_numbers(low, high, expected):
    assert ticks(low, high) == pytest.approx(expected)


def test_what_is_read_off_the_axes_fits_into_the_plot(panel, client, qtbot, look):
    work(client)
    panel._show()
    for last in (100, 1_000_000):
        panel.loss.show_curves([1, 2], {"loss": (-0.11, -0.19)}, last, share=False)
        plot = panel.loss
        qtbot.wait(20)
        axis = plot.getPlotItem().getAxis("bottom")
        view = (
            plot.getPlotItem().getViewBox().mapRectToScene(plot.getPlotItem().getViewBox().rect())
        )
        words = QFontMetrics(look.font("caption")).horizontalAdvance(axis._tickLevels[0][-1][1])
        assert view.right() + words / 2 <= plot.width()


def test_times_and_hints_as_a_person_says_them():
    seconds = [time_words(s) for s in (0.2, 40, 75, 3500, 7800)]
    assert seconds == ["1 s", "40 s", "1 min", "58 min", "2 h 10 min"]
    fields = {f.name: f for f in forms(fakes.info(), "cpu")[-1].fields}
    assert hint_words(fields["most"]) == "in σ"
    assert hint_words(fields["steps"]) == ""
    assert hint_words(fields["reuse"]) == "1 to 64"


def test_layers_offered_are_those_a_method_can_use():
    info = replace(fakes.info(), abilities=ABLE, taps=("b4", "b8"))
    offered = {
        form.id: {f.name: f.choices for f in form.fields}.get("layer")
        for form in forms(info, "cpu")
    }
    assert offered["dp-lase"] == ("auto", "styles", "b4", "b8")
    assert offered["dp-lase-subspace"] == ("auto", "b4", "b8")


def test_a_closed_model_leaves_nothing_to_start(panel, client):
    work(client)
    client.model_closed.emit()
    assert panel.items == {}
    assert not panel.form.start.isEnabled()
    assert panel.form.help.text() == "Open a model to begin"
    client.model_opened.emit(model())
    assert panel.form.start.isEnabled()


def three_old_ones_and_one_at_work(client):
    """Runs of an earlier start, and one that was started last."""
    old = [replace(RUN, key=f"dp-lase-run{k}", method="dp-lase", number=k, step=40) for k in (1, 2)]
    client.model_opened.emit(model(runs=old))
    work(client)


@pytest.mark.parametrize("scale", [1.0, 1.25, 1.5])
def test_nothing_reaches_out_of_the_column(exposed, column, client, look, scale, qtbot):
    look.set_text_scale(scale)
    panel = exposed(DiscoverPanel(column.board, client), round(304 * scale), 500)
    three_old_ones_and_one_at_work(client)
    panel.more.button.click()
    client.job_changed.emit(JobInfo(5, "V", 0.42, "", "paused", pausable=True))
    area = panel._scroll
    qtbot.waitUntil(area.verticalScrollBar().isVisible)
    qtbot.wait(50)
    assert area.widget().width() == area.viewport().width()
    assert cut_texts(panel.window()) == []


def test_the_run_at_work_comes_first_and_old_ones_are_folded(panel, client):
    three_old_ones_and_one_at_work(client)
    assert panel._runs.itemAt(0).widget() is panel.items[RUN.key]
    assert panel.items[RUN.key].isVisible()
    assert not panel.items["dp-lase-run1"].isVisible()
    assert panel.more.button.text() == "2 more runs"
    panel.more.button.click()
    assert panel.items["dp-lase-run1"].isVisible()
    client.run_gone.emit(RUN.key)
    assert panel.items["dp-lase-run1"].isVisible()
    assert panel.more.button.text() == "1 more run"


def test_runs_of_one_method_can_be_told_apart(panel, client):
    three_old_ones_and_one_at_work(client)
    names = [panel.items[f"dp-lase-run{k}"].title.text for k in (1, 2)]
    assert names == [
        "Run 1: DP-LaSE, 3 directions, seed 7",
        "Run 2: DP-LaSE, 3 directions, seed 7",
    ]


def test_the_curve_before_a_resume_is_kept(panel, client):
    work(client)
    client.job_changed.emit(JobInfo(5, "V", 0.42, "", "cancelled"))
    panel.items[RUN.key].resume.click()
    paused = panel._views[RUN.key].run
    client.run_queued.emit(6, paused)
    client.run_stepped.emit(6, RunNews(replace(paused, step=43), LOSSES, 1.0))
    curve = panel._views[RUN.key].trail.curve()
    assert curve.steps == (42, 43)
    assert curve.losses["which"] == (2.5, 2.5)


def test_methods_are_named_by_what_they_find_and_how_long_they_take(panel, client):
    opened = model()
    methods = forms(opened.info, "cpu", {"sefa": 4.0, "dp-lase": 0.06}, 0.01)
    client.model_opened.emit(replace(opened, methods=methods))
    box = panel.form.methods
    names = {box.itemData(k): box.itemText(k) for k in range(box.count())}
    assert names["sefa"] == "Whole-picture changes, about 4 s"
    assert names["dp-lase"] == "Strong, different changes, about 5 min"
    assert names["picture-ica"] == "What comes and goes, about 37 s"  # 4,096 pictures
    assert names["voynov-babenko"] == "Changes easy to tell apart"  # not measured yet
    choose(panel, "sefa")
    assert panel.form.help.text().startswith("SeFa: ")
    panel.form.show_paces({"ganspace": 0.0001})
    assert box.itemText(box.findData("ganspace")) == "What varies most, about 10 s"


def test_who_looks_at_the_panel_learns_how_long_methods_take(panel, client):
    assert client.timed  # it is in sight with a model open
    choose(panel, "dp-lase")
    steps = panel.form.field("steps").value
    client.pace_ready.emit("dp-lase", 0.12)
    box = panel.form.methods
    minutes = time_words(0.12 * steps)
    assert box.itemText(box.findData("dp-lase")).endswith(f", about {minutes}")
    assert panel.form._hints["steps"].text() == f"about {minutes} here"


def test_a_new_name_reaches_the_list_of_directions_to_split(panel, client, column):
    client.directions_ready.emit(fakes.direction_set(sefa=1, ganspace=0))
    choose(panel, "dp-lase-subspace")
    column.board.commands.rename("sefa-0", "Turn head")
    box = panel.form.field("of").box
    assert [box.itemText(k) for k in range(box.count())] == ["Turn head"]


def test_fields_that_are_folded_away_stand_below_those_in_sight(panel, qtbot):
    choose(panel, "dp-lase")
    (fold,) = (one for one in panel.form.findChildren(FoldButton) if "more options" in one.text())
    fold.setChecked(True)
    qtbot.wait(30)
    places = {
        panel.form.field(name).mapTo(panel, QPoint()).x()
        for name in ("count", "steps", "seed", "scale", "straighten", "rate")
    }
    assert len(places) == 1


SEARCH = RunInfo("auto-run1", "auto")


def test_the_first_button_looks_for_all_and_says_how_long(panel, client):
    panel.methods.button.setChecked(False)
    assert not panel.form.isVisible()
    assert panel.search.start.property("kind") == "primary"
    assert "Up to 5 min" in panel.search.words.text()
    panel.search.start.click()
    assert client.asked == [("search",)]


def test_a_search_shows_what_it_has_found_and_can_rest_or_end(panel, client):
    client.run_queued.emit(5, SEARCH)
    client.job_changed.emit(JobInfo(5, "Finding directions", 0.2, "Looked", "running"))
    item = panel.items[SEARCH.key]
    assert not panel.search.start.isVisible()
    assert panel.search.sheet.isVisible()
    assert item.pause.isVisible()
    assert not item.stop.isVisible()
    assert item.left.text() == "at most 4 min left"
    found = found_by(SEARCH)
    client.directions_ready.emit(found)
    client.run_stepped.emit(5, RunNews(SEARCH, {}, 0.0, found))
    panel._soon.timeout.emit()
    assert item.stop.isVisible()
    assert panel.found.title.text() == "Found so far"
    assert not panel.found.settled_first.isVisible()
    item.stop.click()
    assert client.asked == [("stop", 5)]
    client.job_changed.emit(JobInfo(5, "Finding directions", 1.0, "", "done"))
    assert panel.search.start.isVisible()
    assert panel.found.title.text() == "Found"
