"""A latent from elsewhere in the window: edited, kept, undone, saved, and drawn by commands."""

from dataclasses import replace

import numpy as np
import torch
from PIL import Image

from latentstudio.cli.main import main as cli
from latentstudio.core import paths
from latentstudio.core.spaces import Space
from latentstudio.document import commands
from latentstudio.document.assets import used_by
from latentstudio.document.start import Latent
from latentstudio.document.state import MaskUse
from latentstudio.engine.images import to_pixels
from latentstudio.ui.window import latents_offer
from tests.e2e.hands import close, wait


def adopt(studio, rows):
    """Start from codes of the built-in model, as a use case would."""
    digest = studio.window.client.assets.put(rows)
    studio.history.do(commands.set_start(Latent(digest, Space.W), "open latent"))
    return studio.settle()


def test_a_latent_edits_undoes_recalls_and_survives_a_start(opened, warm_home, portraits, tmp_path):
    studio = opened()
    studio.ready()
    before = studio.settle()
    two = (portraits.map(portraits.sample_z([5])) + portraits.map(portraits.sample_z([9]))) / 2
    code = two[0].numpy()
    bred = adopt(studio, code)
    assert not np.array_equal(bred, before)
    edited = studio.drag("sefa-1", 1.2)
    mask = np.zeros((32, 32), np.uint8)
    mask[16:] = 255
    use = MaskUse(studio.window.client.assets.put(mask), 0.02)
    (edit,) = studio.picture.edits
    masked_edit = (replace(edit, mask=use),)
    mask_it = commands.change_picture("mask", lambda one: replace(one, edits=masked_edit))
    studio.history.do(mask_it)
    masked = studio.settle()
    assert np.array_equal(masked[:24], bred[:24])
    assert np.array_equal(masked[40:], edited[40:])
    studio.key("Ctrl+D")
    studio.key("R")
    assert not np.array_equal(studio.settle(), masked)
    document = studio.history.document
    studio.history.do(commands.show_picture("recall", document.snapshots[-1].picture))
    assert np.array_equal(studio.settle(), masked)
    assert np.array_equal(studio.undo(2), masked)
    [saved] = studio.export(tmp_path / "mine.png")
    assert np.array_equal(np.asarray(Image.open(saved)), masked)
    left = studio.history.document
    close(studio)
    kept = {path.stem for path in (paths.data_dir() / "assets").iterdir()}
    assert kept == used_by(left)
    again = opened()
    assert again.history.document == left
    again.ready()
    assert np.array_equal(again.settle(), masked)
    assert np.array_equal(again.undo(0), masked)
    np.save(tmp_path / "latents.npy", code[None])
    render = ["render", "portraits", "--latents", tmp_path / "latents.npy", "--space", "w",
              "--output", tmp_path / "out"]  # fmt: skip
    assert cli([str(word) for word in render]) == 0
    [png] = (tmp_path / "out").glob("*.png")
    assert np.array_equal(np.asarray(Image.open(png)), bred)


def test_a_file_of_latents_that_is_dropped_opens_as_pictures(
    studio, portraits, tmp_path, monkeypatch
):
    codes = portraits.map(portraits.sample_z([5, 9])).numpy()
    whole = portraits.broadcast(portraits.map(portraits.sample_z([5, 9])))
    np.savez(tmp_path / "projected_w.npz", w=whole.numpy())
    asked = []
    monkeypatch.setattr(latents_offer, "ask", lambda *words: asked.append(words) or True)
    before = studio.history.document
    studio.window.parts.dropped.open([str(tmp_path / "projected_w.npz")])
    wait(lambda: studio.history.document != before, "the pictures")
    assert len(asked) == 1
    expected = to_pixels(portraits.synthesize(portraits.broadcast(torch.from_numpy(codes))))
    assert np.abs(studio.settle().astype(int) - expected[0]).max() <= 1
    [shot] = studio.history.document.snapshots
    assert shot.name == "projected_w 2"
    studio.history.do(commands.show_picture("recall", shot.picture))
    assert np.abs(studio.settle().astype(int) - expected[1]).max() <= 1
    studio.undo(2)
    assert studio.history.document == before
    np.savez(tmp_path / "wrong_latents.npz", w=np.ones((2, 3, 8), np.float32))
    studio.window.parts.dropped.open([str(tmp_path / "wrong_latents.npz")])
    wait(lambda: any(kind == "error" for kind, _ in studio.notices), "the sentence")
    assert "takes (N, 10, 128)" in studio.notices[-1][1]
    assert studio.history.document == before
