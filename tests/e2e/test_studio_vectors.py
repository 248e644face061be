"""Files of vectors dropped on the window: sliders of the open model, or a word why not."""

import numpy as np
import torch
from PySide6.QtCore import QMimeData, QPoint, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QApplication

from latentstudio.exchange.presets import read_previews
from latentstudio.session.preset_messages import Draft
from tests.e2e.hands import wait

ROW = np.random.RandomState(5).randn(128).astype(np.float32)


def drop(studio, path):
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path))])
    rest = (Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton)
    for kind in (QDragEnterEvent, QDropEvent):
        event = kind(QPoint(5, 5), *rest, Qt.KeyboardModifier.NoModifier)
        QApplication.sendEvent(studio.window.windowHandle(), event)


def test_an_answer_counts_and_cancel_leaves_nothing(studio, tmp_path):
    start = studio.settle()
    np.save(tmp_path / "odd.npy", ROW)
    drop(studio, tmp_path / "odd.npy")
    card = studio.window.parts.import_card
    wait(lambda: studio.frame.picture.edit("trial") is not None, "what the guess does")
    assert card.question.asked == {"space", "layers", "unit"}
    tried = studio.frame.pixels
    card.first.setValue(5)
    wait(lambda: not np.array_equal(studio.frame.pixels, tried), "later layers only")
    card.hide()
    assert np.array_equal(studio.settle(), start)
    assert studio.board.direction("from-odd-vector-0") is None
    drop(studio, tmp_path / "odd.npy")
    wait(lambda: studio.frame.picture.edit("trial") is not None, "what the guess does")
    card.first.setValue(5)
    card.unit.committed.emit(0.25)
    studio.press(card.take)
    wait(lambda: studio.board.direction("from-odd-vector-0") is not None, "the direction")
    found = studio.board.direction("from-odd-vector-0")
    assert (found.space, found.layers, found.unit) == ("w", (4, 9), 0.25)


def answered(studio, path):
    """Drop a file that leaves something open, look at the guess, and take it."""
    drop(studio, path)
    card = studio.window.parts.import_card
    wait(lambda: card.question is not None and card.question.path == str(path), "the question")
    wait(lambda: studio.frame.picture.edit("trial") is not None, "what the guess does")
    tried = studio.frame.pixels
    studio.press(card.take)
    return tried


def test_vectors_become_sliders_and_models_stay_models(studio, portraits, tmp_path):
    start = studio.settle()
    np.save(tmp_path / "smile.npy", ROW)
    tried = answered(studio, tmp_path / "smile.npy")
    assert not np.array_equal(tried, start)
    assert np.array_equal(studio.settle(), start)
    one = "from-smile-vector-0"
    wait(lambda: studio.board.direction(one) is not None, "the direction of the array")
    found = studio.board.direction(one)
    np.testing.assert_allclose(found.vector, ROW / np.linalg.norm(ROW), atol=1e-6)
    assert (found.name, found.space, found.group) == ("smile", "w", "smile")
    assert not np.array_equal(studio.drag(one, 2.0), start)
    torch.save({"eigvec": torch.eye(128)}, tmp_path / "factor.pt")
    answered(studio, tmp_path / "factor.pt")
    wait(lambda: studio.board.direction("from-factor-vector-127") is not None, "SeFa's columns")
    kept, saved = tmp_path / "kept.lpreset", []
    studio.client.presets.saved.connect(lambda path, _: saved.append(path))
    draft = Draft("kept", tuple(edit.direction for edit in studio.picture.edits))
    studio.client.presets.save(studio.history.document, draft, str(kept))
    wait(lambda: saved, "the preset")
    assert list(read_previews(kept)) == [one]
    np.save(tmp_path / "short.npy", ROW[:5])
    drop(studio, tmp_path / "short.npy")
    words = f"numbers; this model has {portraits.info.code_dim} in W. Open the model they were"
    wait(lambda: studio.notices[-1][0] == "error", "a word")
    assert words in studio.notices[-1][1]
    opened = []
    studio.client.models.model_failed.connect(lambda ref, sentence: opened.append(sentence))
    torch.save({"weight": torch.ones(3, 3, 3, 3)}, tmp_path / "network.pt")
    drop(studio, tmp_path / "network.pt")
    wait(lambda: opened, "the model that is none")
