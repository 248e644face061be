"""A bent local slider goes to another home as a preset: with its mask, its points, its pixels."""

from dataclasses import replace

import numpy as np
import pytest

from latentstudio.core.progress import run
from latentstudio.core.spaces import Space
from latentstudio.document import commands
from latentstudio.document.direction import Direction, DirectionSet, ModelKey
from latentstudio.document.history import History
from latentstudio.document.looks import with_look
from latentstudio.document.payloads import Local
from latentstudio.document.region_commands import set_local_amount
from latentstudio.document.start import Seed
from latentstudio.document.state import Document, MaskUse, Picture
from latentstudio.session.preset_messages import Draft
from latentstudio.session.studio import Studio
from latentstudio.store.preset_inside import look_inside

AMOUNTS = np.array([-4, -2, 0, 2, 4], np.float32)


def studio_in(home, patch):
    patch.setenv("LATENTSTUDIO_HOME", str(home))
    made = Studio(device="cpu")
    run(made.open("portraits"))
    return made


@pytest.fixture
def bent(tmp_path, monkeypatch):
    """A studio that knows a path within a painted mouth, and a document that uses it."""
    studio = studio_in(tmp_path / "first", monkeypatch)
    numbers = np.random.default_rng(3).normal(size=(2, 128)).astype(np.float32)
    ahead, aside = numbers / np.linalg.norm(numbers, axis=1, keepdims=True)
    points = AMOUNTS[:, None] * ahead + AMOUNTS[:, None] ** 2 / 4 * aside
    mask = np.zeros((64, 64), np.float32)
    mask[38:50, 16:48] = 1
    digest = studio.assets.put(mask)
    path = Direction("local-1", "Open mouth", Space.W, Local(ahead, digest, points, AMOUNTS))
    model = studio._opened()
    key = ModelKey.of(model.generator.info)
    studio.directions.add(model, DirectionSet(key, (path,), masks={digest: mask}))
    plain = model.found.directions[0]
    history = History(Document("portraits", key.fingerprint))
    history.do(commands.set_seed(591))
    history.do(commands.set_amount(plain.id, 1.0))
    history.do(set_local_amount(path.id, 3.0, MaskUse(digest, 0.02)))
    return studio, history.document


def test_the_same_pixels_in_a_second_home(bent, tmp_path, monkeypatch):
    studio, doc = bent
    wanted = run(studio.pictures.copied(doc.picture))
    draft = Draft("Mouth", ("local-1",), look=True)
    path = run(studio.directions.save(doc, draft, tmp_path))
    other = studio_in(tmp_path / "second", monkeypatch)
    brought = run(other.directions.import_file(path, ask=True))
    picture = with_look(Picture(Seed(591)), brought.look(""))
    assert np.array_equal(run(other.pictures.copied(picture)), wanted)
    straight = replace(doc.picture, edits=doc.picture.edits[:1])
    assert not np.array_equal(run(studio.pictures.copied(straight)), wanted)
    inside = run(look_inside(path))
    assert inside.points == {"local-1": 5}
    (mask,) = inside.masks.values()
    assert (mask[40, 30], mask[10, 30], mask.shape) == (255, 0, (64, 64))


def test_mute_and_solo_count_for_edits_within_masks(bent):
    studio, doc = bent
    drawn = lambda picture: run(studio.pictures.copied(picture))  # noqa: E731
    plain, local = doc.picture.edits
    without = drawn(replace(doc.picture, edits=(plain,)))
    muted = replace(doc.picture, edits=(plain, replace(local, on=False)))
    assert np.array_equal(drawn(muted), without)
    alone = drawn(replace(doc.picture, edits=(local,)))
    assert np.array_equal(drawn(replace(doc.picture, solo=local.direction)), alone)
    outside = np.ones((64, 64), bool)
    outside[32:56, 10:54] = False
    original = drawn(doc.picture.original())
    assert np.array_equal(alone[outside], original[outside])
    assert not np.array_equal(alone, original)
