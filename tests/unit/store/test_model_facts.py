"""What is remembered of a model, and names of classes."""

from dataclasses import replace

import numpy as np
from PIL import Image

from latentstudio.core import paths
from latentstudio.session.catalogue import class_names
from latentstudio.store.model_facts import facts_of, keep_facts, thumb_path
from latentstudio.ui.library.local_models import models_here
from tests.ui.fakes import card_facts, summary


def test_a_card_holds_the_facts_and_the_four_pictures(tmp_path):
    path = tmp_path / "model.pt"
    path.write_bytes(b"weights")
    assert facts_of(path) is None
    shown = summary(class_names=("cat", "dog"))
    keep_facts(path, *card_facts(shown))
    card = facts_of(path)
    assert (card.title, card.resolution, card.classes) == ("StyleGAN2", 64, 2)
    assert card.size == (64, 64)
    with Image.open(thumb_path(path)) as image:
        found = np.asarray(image.convert("RGB"))
    assert found.shape == (128, 128, 3)
    assert np.array_equal(found[:64, 64:], shown.thumbs[1])
    assert np.array_equal(found[64:, :64], shown.thumbs[2])


def test_a_card_knows_height_and_width(tmp_path):
    path = tmp_path / "wide.pt"
    path.write_bytes(b"weights")
    info, *rest = card_facts(summary())
    keep_facts(path, replace(info, sides=(32, 64)), *rest)
    assert facts_of(path).size == (32, 64)
    [wide] = [one for one in models_here([str(path)]) if one.ref == str(path)]
    assert "StyleGAN2 · 64\u00a0×\u00a032" in wide.facts


def test_a_changed_file_and_a_broken_card_are_not_believed(tmp_path):
    path = tmp_path / "model.pt"
    path.write_bytes(b"weights")
    keep_facts(path, *card_facts(summary()))
    path.write_bytes(b"other weights")
    assert facts_of(path) is None
    keep_facts(path, *card_facts(summary()))
    assert facts_of(path) is not None
    for card in (paths.cache_dir() / "cards").glob("*.json"):
        card.write_bytes(b"\xff{")
    assert facts_of(path) is None


def test_a_cache_that_cannot_be_written_is_no_reason_to_stop(tmp_path, monkeypatch):
    path = tmp_path / "model.pt"
    path.write_bytes(b"weights")
    blocked = tmp_path / "file"
    blocked.write_bytes(b"")
    monkeypatch.setattr(paths, "cache_dir", lambda: blocked)
    keep_facts(path, *card_facts(summary()))
    assert facts_of(path) is None


def test_classes_have_names_where_they_are_known():
    thousand = class_names("anything", 1000)
    assert len(thousand) == 1000
    # Where the usual order puts them (ILSVRC 2012).
    assert (thousand[0], thousand[281], thousand[817]) == ("tench", "tabby cat", "sports car")
    assert thousand[980] == "volcano"
    eyes = class_names("omniart-eye-generator", 8)
    assert eyes[1] == "blue"
    assert class_names("omniart-eye-generator", 9) == ()
    assert class_names("anything", 10) == ()
