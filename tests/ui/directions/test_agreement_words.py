"""What directions have in common, as the list says it."""

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt

from latentstudio.document.direction import Linear
from latentstudio.evaluate.agreement import Agreement
from latentstudio.ui.directions.agreement_words import (
    agreement_tip,
    agreement_words,
    short_agreement_words,
)
from tests.ui import fakes

NAMES = {"sefa-0": "Turn head", "ganspace-3": "PCA 4"}


@pytest.mark.parametrize(
    ("agreement", "long", "short"),
    [
        (None, "", ""),
        (Agreement(("sefa",)), "", ""),
        (Agreement(("a", "b", "c", "d"), ("sefa-0",)), "found by 4 methods", "4 methods"),
        (Agreement(("a", "b"), ("sefa-0",), "sefa-0"), "repeats Turn head", "repeat"),
        (Agreement(("a",), ("sefa-0",)), "same as Turn head", ""),
        (Agreement(("a",), partly="ganspace-3"), "partly like PCA 4", ""),
    ],
)
def test_captions(agreement, long, short):
    assert agreement_words(agreement, NAMES.__getitem__) == long
    assert short_agreement_words(agreement) == short


def test_the_tooltip_names_methods_and_directions():
    agreement = Agreement(("sefa", "ganspace"), ("ganspace-3",))
    words = agreement_tip(agreement, NAMES.__getitem__)
    assert words == "Found by 2 methods: SeFa, GANSpace.\nThe same as PCA 4."
    assert (
        agreement_tip(Agreement(("sefa",), partly="sefa-0"), NAMES.__getitem__)
        == "Partly like Turn head."
    )


def test_a_row_tells_what_it_has_in_common(found, client):
    known = fakes.direction_set(sefa=6, ganspace=4)
    tilted = known.directions[9].vector.copy()  # sefa-5: nobody else's
    tilted[:] = 0
    tilted[[1, 200]] = 0.6, 0.8
    changed = replace(known.directions[9], payload=Linear(tilted))
    client.directions_ready.emit(replace(known, directions=(*known.directions[:9], changed)))
    board, rows = found.board, found.panel.view.rows
    assert board.words.source_words("sefa-1") == "found by 2 methods"
    assert board.words.source_words("sefa-4") == ""
    likely = ("partly like Direction 1 (PCA)", "partly like Direction 1 (SeFa)")
    assert board.words.source_words("sefa-5") in likely
    tip = rows.data(rows.index_of("sefa-1"), Qt.ItemDataRole.ToolTipRole)
    assert tip.splitlines()[-1] == "The same as Direction 1 (PCA)."
    spoken = rows.data(rows.index_of("sefa-1"), Qt.ItemDataRole.AccessibleTextRole)
    assert "found by 2 methods" in spoken
    board.commands.rename("sefa-1", "Grin")
    assert board.words.source_words("sefa-1") == "SeFa 1 · found by 2 methods"


def test_another_model_has_nothing_in_common_with_the_last(found, client):
    assert found.board.agreement
    client.model_opened.emit(fakes.summary(fingerprint="f" * 64))
    assert not found.board.agreement
