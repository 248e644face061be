"""The tour on the built-in model: its page and its pictures."""

import re
from dataclasses import dataclass, replace
from html.parser import HTMLParser

import numpy as np
import pytest
from PIL import Image

from latentstudio.core.options import option
from latentstudio.discovery.ganspace import GanspaceOptions
from latentstudio.discovery.registry import METHODS


@dataclass(frozen=True)
class FewSamples(GanspaceOptions):
    """GANSpace as the tour runs it, from fewer samples: a test should be quick."""

    samples: int = option(2000, "Samples", "How many.", low=100)


@pytest.fixture
def quick(monkeypatch):
    monkeypatch.setitem(METHODS, "ganspace", replace(METHODS["ganspace"], options=FewSamples))


class Seen(HTMLParser):
    """Collects a page's pictures and checks that its tags are closed."""

    VOID = frozenset({"meta", "img", "rect", "line", "circle", "path", "use"})

    def __init__(self, html):
        super().__init__()
        self.pictures, self.open, self.words = [], [], ""
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        if tag == "img":
            self.pictures.append(dict(attrs))
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        if tag not in self.VOID:
            assert self.open.pop() == tag

    def handle_data(self, data):
        self.words += f" {data.strip()}"


@pytest.fixture
def made(quick, latentstudio, tmp_path):
    status, out, err = latentstudio("tour", "--output", tmp_path / "tour")
    assert (status, err) == (0, "")
    assert out.strip() == str(tmp_path / "tour" / "index.html")
    return tmp_path / "tour"


def test_the_tour_shows_the_main_job(made, latentstudio):
    seen = Seen((made / "index.html").read_text(encoding="utf-8"))
    assert seen.open == []
    headings = ("Pictures from seeds", "Where pictures lie", "Directions", "A part of a picture")
    for words in (
        *headings,
        "Truncation",
        "Mouth: ",
        "Protected outside",
        "Glasses",
        "SeFa 1",
        "Straight",
        "Along the shell",
    ):
        assert words in seen.words
    files = {str(p.relative_to(made)) for p in made.rglob("*.png")}
    assert {one["src"] for one in seen.pictures} == files
    assert len(files) >= 2 + 2 * 4 + 2
    for one in seen.pictures:
        assert len(one["alt"]) > 20
        with Image.open(made / one["src"]) as picture:
            assert picture.size == (int(one["width"]), int(one["height"]))
            assert np.ptp(np.asarray(picture)) > 100
    _only_the_mouth_changes(made)
    _a_second_tour_replaces_it(made, latentstudio)


def _only_the_mouth_changes(made):
    with Image.open(made / "pictures" / "region-protected.png") as picture:
        strip = np.asarray(picture.convert("RGB")).astype(int)
    side = strip.shape[0]
    first, middle = strip[:, :side], strip[:, 3 * (strip.shape[1] + 4) // 7 :][:, :side]
    change = np.abs(first - middle).mean(2)
    assert change[round(0.66 * side) : round(0.78 * side), side // 2].mean() > 5
    assert change[: side // 2].max() <= 1


def _a_second_tour_replaces_it(made, latentstudio):
    before = sorted(p for p in made.rglob("*"))
    (made / "index.html").write_text('<meta name="generator" content="LatentStudio 0">')
    assert latentstudio("tour", "--output", made)[0] == 0
    assert sorted(p for p in made.rglob("*")) == before
    assert "A tour of portraits" in (made / "index.html").read_text(encoding="utf-8")


def test_the_states_under_a_walk_are_those_of_its_latents(made, results, tmp_path):
    html = (made / "index.html").read_text(encoding="utf-8")
    seed = int(re.search(r"shown on seed (\d+)", html)[1])
    results("discover", "portraits", "--method", "sefa", "--output", tmp_path / "s.lpreset")
    results("walk", "portraits", "--preset", tmp_path / "s.lpreset", "--direction", "0", "--seeds",
            str(seed), "--steps", "7", "--output", tmp_path / "walk")  # fmt: skip
    found = results("density", "portraits", "--latents", tmp_path / "walk" / "latents.npy",
                    "--space", "w", "--json")["latents"]  # fmt: skip
    figure = html[html.index("sefa-0-straight.png") :]
    captions = figure[: figure.index("</figure>")]
    shown = re.findall(r'class="state (\w+)"', captions)
    assert shown == [one["state"] for one in found]
