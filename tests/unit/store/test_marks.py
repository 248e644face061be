"""Names, pins and rejections come back with their model."""

import numpy as np

from latentstudio.core import paths
from latentstudio.document.state import Document
from latentstudio.store.last_work import keep_last
from latentstudio.store.marks import keep_marks, with_marks

ONE, OTHER = "a" * 64, "b" * 64
MARKED = Document("one", ONE, names=(("sefa-1", "Smile"),), pinned=frozenset({"sefa-1"}),
                  rejected=frozenset({"sefa-2", "sefa-3"}))  # fmt: skip


def test_marks_belong_to_their_model():
    keep_marks(MARKED)
    keep_marks(Document("other", OTHER, rejected=frozenset({"pca-9"})))
    assert with_marks(Document("one", ONE)) == MARKED
    assert with_marks(Document("other", OTHER)).rejected == {"pca-9"}
    assert with_marks(Document("third", "c" * 64)) == Document("third", "c" * 64)


def test_what_is_kept_already_is_not_written_again():
    keep_marks(MARKED)
    (path,) = paths.data_dir().rglob("marks/*")
    before = path.stat().st_mtime_ns, path.stat().st_ino
    keep_marks(MARKED)
    assert (path.stat().st_mtime_ns, path.stat().st_ino) == before


def test_taking_all_back_is_remembered_too():
    keep_marks(MARKED)
    keep_marks(Document("one", ONE))
    assert with_marks(Document("one", ONE)).rejected == frozenset()


def test_what_is_kept_last_is_kept_for_the_model():
    keep_last(MARKED, np.zeros((4, 4, 3), np.uint8))
    assert with_marks(Document("one", ONE)) == MARKED


def test_a_document_without_a_model_and_a_damaged_file_are_no_reason_to_stop():
    keep_marks(Document("unknown", ""))
    assert not list(paths.data_dir().rglob("marks/*"))
    keep_marks(MARKED)
    (path,) = paths.data_dir().rglob("marks/*")
    path.write_bytes(b"\xff{")
    assert with_marks(Document("one", ONE)) == Document("one", ONE)
    keep_marks(MARKED)
    assert with_marks(Document("one", ONE)) == MARKED
