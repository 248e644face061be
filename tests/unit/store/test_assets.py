"""Masks and latents on the disk: whole or not at all, checked when read, swept when unused."""

import os
import time

import numpy as np
import pytest
import safetensors.numpy

from latentstudio.document.assets import MissingAssetError
from latentstudio.store.assets import YOUNG_SECONDS, DiskAssets

MASK = np.linspace(0, 1, 12, dtype=np.float32).reshape(3, 4)


def test_what_was_saved_is_there_after_a_start(tmp_path):
    first = DiskAssets(tmp_path)
    digests = [first.put(MASK), first.put((MASK * 255).astype(np.uint8))]
    assert list(tmp_path.iterdir()) == []  # not before a document that names it is kept
    first.save(digests)
    later = DiskAssets(tmp_path)
    np.testing.assert_array_equal(later.get(digests[0]), MASK)
    assert later.get(digests[1]).dtype == np.uint8
    stamps = [path.stat().st_mtime_ns for path in tmp_path.iterdir()]
    later.save(digests)
    assert [path.stat().st_mtime_ns for path in tmp_path.iterdir()] == stamps


@pytest.mark.parametrize("content", [b"", b"\xff" * 40, "other", "nan", "huge"])
def test_a_file_that_is_not_what_its_name_says_is_moved_aside(tmp_path, content):
    assets = DiskAssets(tmp_path)
    digest = assets.put(MASK)
    assets.save([digest])
    path = tmp_path / f"{digest}.safetensors"
    if content == "huge":
        with path.open("ab") as file:
            file.truncate(2**31)
    elif isinstance(content, str):
        wrong = MASK + (1 if content == "other" else np.nan)
        path.write_bytes(safetensors.numpy.save({"array": wrong}))
    else:
        path.write_bytes(content)
    with pytest.raises(MissingAssetError):
        DiskAssets(tmp_path).get(digest)
    assert not path.exists()
    assert path.with_name(f"{path.name}.broken-1").exists()


@pytest.mark.parametrize("name", ["../../etc/passwd", "", "A" * 64, "a" * 63])
def test_what_is_no_digest_leads_nowhere(tmp_path, name):
    with pytest.raises(MissingAssetError):
        DiskAssets(tmp_path).get(name)


def test_a_name_that_leads_elsewhere_reads_nothing_there(tmp_path):
    (tmp_path / "assets").mkdir()
    outside = tmp_path / "mine.safetensors"
    outside.write_bytes(safetensors.numpy.save({"array": MASK}))
    with pytest.raises(MissingAssetError):
        DiskAssets(tmp_path / "assets").get("../mine")
    assert outside.is_file()


def test_what_nothing_uses_is_swept_once_it_is_old(tmp_path):
    assets = DiskAssets(tmp_path)
    used, old, young = (assets.put(MASK * share) for share in (1.0, 0.5, 0.25))
    assets.save([used, old, young])
    then = time.time() - YOUNG_SECONDS - 10
    for digest in (used, old):
        os.utime(tmp_path / f"{digest}.safetensors", (then, then))
    assert assets.sweep({used}) == 1
    assert {path.stem for path in tmp_path.iterdir()} == {used, young}
