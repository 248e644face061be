"""Arrays are kept once by what is in them, and a document says which it needs."""

import numpy as np
import pytest

from latentstudio.core.spaces import Space
from latentstudio.document.assets import (
    MemoryAssets,
    MissingAssetError,
    digest_of_array,
    is_digest,
    used_by,
)
from latentstudio.document.start import Latent
from latentstudio.document.state import Document, Edit, MaskUse, Picture, Snapshot

MASK = np.linspace(0, 1, 12, dtype=np.float32).reshape(3, 4)


def test_the_same_array_is_kept_once_and_nobody_can_write_to_it():
    assets = MemoryAssets()
    mine = MASK.copy()
    digest = assets.put(mine)
    assert assets.put(np.asfortranarray(MASK)) == digest
    assert len(assets.all()) == 1
    mine[:] = 0
    np.testing.assert_array_equal(assets.get(digest), MASK)
    with pytest.raises(ValueError, match="read-only"):
        assets.get(digest)[0, 0] = 1


def test_digests_tell_apart_shape_type_and_content():
    other = MASK.copy()
    other[0, 0] = 1e-7
    them = [MASK, other, MASK.reshape(4, 3), MASK.astype(np.float16), MASK.astype(np.uint8)]
    digests = {digest_of_array(array) for array in them}
    assert len(digests) == len(them)
    assert all(map(is_digest, digests))
    assert digest_of_array(MASK.astype(">f4")) == digest_of_array(MASK)


@pytest.mark.parametrize(
    "array",
    [np.array([np.nan], np.float32), np.empty((0, 4), np.float32), np.array(["a"]), np.arange(3)],
)
def test_what_is_no_mask_and_no_latent_is_refused(array):
    with pytest.raises(ValueError, match="an asset"):
        MemoryAssets().put(array)


def test_what_is_not_there_gets_a_sentence():
    with pytest.raises(MissingAssetError, match="is missing"):
        MemoryAssets().get("a" * 64)


def test_a_document_names_the_masks_and_latents_of_all_its_pictures():
    masked = Edit("a", 1.0, mask=MaskUse("b" * 64))
    shot = Snapshot("S", Picture(Latent("c" * 64, Space.W), edits=(Edit("a", 1.0),)))
    doc = Document(picture=Picture(edits=(masked,)), snapshots=(shot,))
    assert used_by(doc) == {"b" * 64, "c" * 64}
    assert hash(doc.picture) == hash(Picture(edits=(masked,)))
