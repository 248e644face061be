"""Directions that only have a number are shown by their effect; an artist's name stands."""

from latentstudio.document import commands
from latentstudio.evaluate.messages import EffectName, EffectNames
from tests.ui import fakes

DARKER = EffectName((), "Top", ("darker",))
MODEL = fakes.summary().info.fingerprint


def tell(client, effects, model=MODEL):
    client.names_ready.emit(EffectNames(effects, model))


def test_names_are_asked_for_those_that_only_have_a_number(qtbot, found, client):
    qtbot.waitUntil(lambda: bool(client.named))
    wanted = [*(f"sefa-{k}" for k in range(6)), *(f"ganspace-{k}" for k in range(4))]
    assert set(client.named[-1]) == set(wanted)


def test_a_name_by_effect_appears_and_is_found(found, client):
    board, rows = found.board, found.panel.view.rows
    assert board.name("sefa-2") == "Direction 2 (SeFa)"
    tell(client, {"sefa-2": DARKER, "sefa-4": DARKER})
    assert (board.name("sefa-2"), board.name("sefa-4")) == ("Top: darker", "Top: darker 2")
    assert board.rows.source("sefa-2") == "SeFa 2"  # how it was found stays beside it
    found.panel.search.setText("top dark")
    assert [row.id for row in rows.rows if hasattr(row, "id")] == ["sefa-2", "sefa-4"]
    found.panel.search.setText("SeFa 2")
    assert "sefa-2" in [row.id for row in rows.rows if hasattr(row, "id")]


def test_an_artists_name_is_never_replaced(found, history, client):
    history.do(commands.rename_direction("sefa-2", "Hat"))
    tell(client, {"sefa-2": DARKER})
    assert found.board.name("sefa-2") == "Hat"
    found.board.commands.rename("sefa-2", "Top: darker")  # the name it would have: no own one
    assert history.document.names == ()
    assert found.board.name("sefa-2") == "Top: darker"


def test_the_words_say_no_more_than_is_known(found, client):
    effects = {
        "sefa-0": EffectName((("smile", -1), ("beard", 1)), "Centre", ()),
        "sefa-1": EffectName((("glasses", 1),), "All over", ("darker",)),
        "sefa-2": EffectName((), "Top left", ()),
        "sefa-3": EffectName((), "All over", ()),
        "sefa-4": EffectName(),
        "sefa-5": EffectName((), "", ("wider", "thinner")),
    }
    tell(client, effects)
    assert [found.board.name(f"sefa-{k}") for k in range(6)] == [
        "Less smile, more beard",
        "Glasses",
        "Direction 2 (SeFa): top left",
        "Direction 3 (SeFa)",
        "Direction 4 (SeFa)",
        "Wider, thinner",
    ]


def test_another_model_has_none_of_them(found, client):
    tell(client, {"sefa-2": DARKER})
    client.model_opened.emit(fakes.summary())
    client.directions_ready.emit(fakes.direction_set(sefa=6, ganspace=4))
    assert found.board.name("sefa-2") == "Direction 2 (SeFa)"


def test_names_of_another_model_are_not_taken_for_directions_of_the_same_ids(found, client):
    tell(client, {"sefa-2": DARKER}, model="another")
    assert found.board.name("sefa-2") == "Direction 2 (SeFa)"
