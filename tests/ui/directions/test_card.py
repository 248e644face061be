"""The card of a direction, and running it again."""

from dataclasses import replace

import numpy as np

from latentstudio.document.direction import ChannelGroups, Provenance
from latentstudio.evaluate.messages import Changes
from latentstudio.session.methods import forms
from latentstudio.ui.directions.card import card_lines, change_words
from tests.ui import fakes

MEASURED = {"loss": -0.25, "strength": 1.5}
HOW = Provenance(
    "dp-lase",
    {"count": 20, "straighten": True},
    seed=3,
    run="dp-lase-run2",
    number=2,
    steps=5000,
    seconds=12.5,
    program="0.1.0",
)


def learned():
    return replace(fakes.direction("sefa-1"), provenance=HOW, measured=MEASURED)


def test_the_card_tells_how_a_direction_was_found():
    lines = dict(card_lines(learned()))
    assert lines["Method"] == "DP-LaSE, number 1"
    assert lines["Seed"] == "3"
    assert lines["Steps"] == "5\u00a0000"
    assert lines["Time"] == "12.5 s"
    assert lines["Made with"] == "LatentStudio 0.1.0"
    assert lines["Loss"] == "−0.25"
    assert (lines["Directions"], lines["Straighten"]) == ("20", "yes")
    assert "run" not in lines
    groups = ChannelGroups(learned().vector, np.zeros(4, int), "b16.conv0", frozenset({0, 2}))
    split = replace(learned(), payload=groups, provenance=replace(HOW, of="sefa-1"))
    lines = dict(card_lines(split))
    assert (lines["Inner layer"], lines["Splits"], lines["Groups off"]) == (
        "b16.conv0",
        "sefa-1",
        "1, 3",
    )


def test_run_again_hands_over_the_direction(found, client):
    opened = fakes.summary()
    client.model_opened.emit(replace(opened, methods=forms(opened.info, "cpu")))
    known = fakes.direction_set()
    one = replace(learned(), id="dp-lase-run1-0")
    client.directions_ready.emit(replace(known, directions=(*known.directions, one)))
    asked = []
    found.panel.again_asked.connect(asked.append)
    card = found.panel.open_card("dp-lase-run1-0")
    card.again.click()
    assert [d.id for d in asked] == ["dp-lase-run1-0"]
    assert not card.isVisible()


def test_a_method_that_is_not_known_here_cannot_be_run_again(found):
    card = found.panel.open_card("sefa-1")
    assert not card.again.isEnabled()
    card.close_button.click()
    assert found.panel.open_card("nobody") is None


def test_the_card_tells_what_a_direction_changes_once_that_is_read(found, client):
    card = found.panel.open_card("sefa-1")
    assert ("changes", "sefa-1") in client.asked
    assert not card.changes.isVisible()
    client.changes_ready.emit(Changes("sefa-2", (("hat", 0.5),)))
    client.changes_ready.emit(Changes("sefa-1"))  # no predictor knows this model
    assert not card.changes.isVisible()
    read = (("glasses", 0.412), ("beard", -0.22), ("smile", 0.1))
    client.changes_ready.emit(Changes("sefa-1", read))
    assert card.changes.isVisible()
    words = "Changes most: glasses (+0.41), then beard (−0.22), smile (+0.10)"
    assert card.changes.text() == words
    assert change_words(Changes("x", read[:1])) == "Changes most: glasses (+0.41)"
    card.close_button.click()  # an open dialog would take the mouse of the next test
