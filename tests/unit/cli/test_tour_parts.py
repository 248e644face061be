"""Parts of the tour: which directions it shows, where its files go, what its page says."""

import numpy as np
import pytest

from latentstudio.cli import pages
from latentstudio.cli.tour.context import signed
from latentstudio.cli.tour.directions import choose
from latentstudio.core.errors import FileError, ResourceError
from latentstudio.core.reading import ReferenceCurve
from latentstudio.core.spaces import Space
from latentstudio.document.direction import CurvedPath, Direction, Linear, Provenance
from latentstudio.export.page import Caption, Card, Page, Section, Strip, to_html
from latentstudio.export.plots import TRACK, histogram, track

AXES = np.eye(4, dtype=np.float32)


def direction(name, vector, method="sefa", kind=Linear):
    payload = kind(np.asarray(vector, np.float32))
    return Direction(name, name, Space.W, payload, provenance=Provenance(method))


def test_methods_take_turns_and_repeats_are_left_out():
    tilted = (AXES[0] + 0.5 * AXES[3]) / np.sqrt(1.25)
    found = [
        direction("p1", AXES[0], "pca"),
        direction("p2", AXES[1], "pca"),
        direction("p3", -AXES[1], "pca"),
        direction("s1", tilted),
        direction("s2", AXES[2]),
        direction("path", AXES[3], kind=CurvedPath),
    ]
    assert [one.id for one in choose(found)] == ["p1", "s2", "p2", "path"]
    assert [one.id for one in choose(found, most=2)] == ["p1", "s2"]
    assert choose([]) == []


@pytest.mark.parametrize(("amount", "text"), [(0, "0"), (-0.0, "0"), (1.25, "+1.2"), (-4, "−4.0")])
def test_amounts_are_written_as_in_the_window(amount, text):
    assert signed(amount) == text


def files(folder):
    return sorted(
        str(p.relative_to(folder))
        for p in folder.rglob("*")
        if p.is_file() and "home" not in str(p)
    )


def fill(folder, text, *names):
    with pages.staged(folder) as staging:
        for name in names:
            (staging / name).parent.mkdir(parents=True, exist_ok=True)
            (staging / name).write_text(text)


def test_a_second_tour_replaces_the_first_and_nothing_else(tmp_path):
    folder = tmp_path / "a" / "tour"
    fill(folder, "one", "index.html", "pictures/1.png")
    (folder / "mine.txt").write_text("mine")
    fill(folder, "two", "index.html", "pictures/1.png", "pictures/2.png")
    assert files(folder) == ["index.html", "mine.txt", "pictures/1.png", "pictures/2.png"]
    assert (folder / "index.html").read_text() == "two"
    assert (folder / "pictures/1.png").read_text() == "two"
    assert (folder / "mine.txt").read_text() == "mine"


@pytest.mark.parametrize("error", [KeyboardInterrupt, ValueError])
def test_a_tour_that_stops_leaves_the_old_one(tmp_path, error):
    folder = tmp_path / "tour"
    fill(folder, "one", "index.html")

    def stopped():
        with pages.staged(folder) as staging:
            (staging / "index.html").write_text("half")
            raise error

    with pytest.raises(error):
        stopped()
    assert files(folder) == ["index.html"]
    assert (folder / "index.html").read_text() == "one"


def test_a_first_tour_that_stops_leaves_no_folder(tmp_path):
    def stopped():
        with pages.staged(tmp_path / "tour"):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        stopped()
    assert not (tmp_path / "tour").exists()


def test_a_full_disk_gets_a_sentence(tmp_path):
    def full():
        with pages.staged(tmp_path / "tour"):
            raise OSError(28, "No space left on device")

    with pytest.raises(ResourceError, match="disk is full"):
        full()


def test_somebody_elses_page_is_not_replaced(tmp_path):
    pages.check_ours(tmp_path)
    (tmp_path / "index.html").write_text("<h1>My home page</h1>")
    with pytest.raises(FileError, match="not one of our pages"):
        pages.check_ours(tmp_path)
    (tmp_path / "index.html").write_text(to_html(Page("A", "", [], [])))
    pages.check_ours(tmp_path)


def curve():
    return ReferenceCurve(
        Space.W, "distance", 100, np.linspace(0, 10, 11), np.arange(10.0), (2.0, 8.0), (1.0, 9.0)
    )


def test_a_histogram_puts_bars_and_marks_to_scale():
    plot = histogram(curve(), [(12.0, "far", "off")])
    assert len(plot.bars) == 10
    assert [bar.state for bar in plot.bars] == ["off", "edge", *["on"] * 6, "edge", "off"]
    assert plot.bars[9].height == pytest.approx(122, abs=0.1)
    assert plot.bars[3].height == pytest.approx(122 / 3, abs=0.1)
    unit = plot.bars[1].x - plot.bars[0].x
    assert plot.shell[0] == pytest.approx(plot.bars[2].x, abs=0.1)
    assert plot.shell[1] - plot.shell[0] == pytest.approx(6 * unit, rel=0.01)
    assert plot.marks[0].x - plot.bars[0].x == pytest.approx(12 * unit, rel=0.01)
    assert [tick.label for tick in plot.ticks] == ["0", "2", "4", "6", "8", "10", "12"]


def test_a_track_shows_where_each_state_begins():
    drawn = track(["off", "edge", "on", "on", "edge", "off", "off"], zero=0.4)
    step = TRACK / 6
    assert [(part.state, part.x, part.width) for part in drawn.parts] == [
        ("edge", 0.5 * step, step),
        ("on", 1.5 * step, 2 * step),
        ("edge", 3.5 * step, step),
    ]
    assert drawn.zero == 0.4 * TRACK


def test_a_page_escapes_what_a_models_name_holds():
    strip = Strip("<i>", "p.png", (10, 4), 2, 'a "quote"', (Caption("+1", "off", "<u>"),), 2)
    page = Page(
        "<script>x</script>", "&", [("Model", "<em>")], [Section("S", cards=(Card((strip,)),))]
    )
    html = to_html(page)
    for text in ("<script>x", "<em>", "<i>", "<u>", '"quote"'):
        assert text not in html.replace('class="', "")
    assert "&lt;script&gt;x" in html


def test_a_page_loads_nothing_from_elsewhere():
    html = to_html(Page("A", "B", [], [Section("S", plot=histogram(curve(), []))]))
    assert "http" not in html
    assert "<script" not in html
    assert 'lang="en"' in html
    assert "--canvas: #151515" in html


def test_every_state_has_words_and_a_shape():
    captions = tuple(Caption("0", state) for state in ("on", "edge", "off"))
    strip = Strip("", "p.png", (10, 4), 2, "alt text", captions, 3)
    html = to_html(Page("A", "", [], [Section("S", cards=(Card((strip,)),))]))
    for words, icon in (("On the shell", "circle-check"), ("Near the edge", "circle-alert"),
                        ("Too far", "triangle-alert")):  # fmt: skip
        assert html.count(words) == 2  # the legend and the caption
        assert html.count(f'href="#{icon}"') == 2
    assert 'alt="alt text"' in html
