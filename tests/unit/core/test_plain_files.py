"""Only plain files are read: a named pipe in their place is refused, never waited for."""

import os
import threading
from pathlib import Path

import pytest

from latentstudio.core import arrays, files, npy_files, settings
from latentstudio.core.errors import LatentStudioError
from latentstudio.core.progress import run
from latentstudio.discovery import state
from latentstudio.engine import checkpoint, folder, unread
from latentstudio.evaluate import records, values
from latentstudio.exchange import vector_files, warpedganspace_files
from latentstudio.exchange.presets import archive, plain_files
from latentstudio.inversion import pictures
from latentstudio.plugin_host import consent, manifest
from latentstudio.region import mask_files

pytestmark = pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes here")


def _sets(path):
    warpedganspace_files._read_sets(path)


def _args(path):
    warpedganspace_files._read_args(path)


def _zip(path):
    with archive.open_zip(path):
        pass


READERS = {
    "latents": arrays.load_latents,
    "npy": npy_files.read_npy,
    "npz": npy_files.read_npz,
    "is npz": npy_files.is_npz,
    "a run's state": state.RunState.load,
    "directions": lambda path: run(vector_files.read_vectors(path)),
    "warped sets": _sets,
    "warped arguments": _args,
    "model": lambda path: run(checkpoint.read_checkpoint(path)),
    "model's config": lambda path: folder.config_beside(path.with_name("model.pt")),
    "unread": lambda path: unread.Unread(path, b"", 0).read(),
    "record": lambda path: records.read_record(path, dict, "record"),
    "attributes": values.read_values,
    "preset": _zip,
    "plain manifest": plain_files._said,
    "plain tensors": lambda path: plain_files._tensors(path, None),
    "photo": pictures.read_photo,
    "mask": mask_files._read,
    "digest of a plugin": lambda path: consent.content_of(path.parent),
}


@pytest.mark.parametrize("reader", READERS)
def test_a_pipe_is_not_waited_for(reader, tmp_path):
    name = {"model's config": "config.json"}.get(reader, "pipe.npz")
    os.mkfifo(tmp_path / name)
    assert _ends(lambda: READERS[reader](tmp_path / name))


def test_settings_and_choices_in_a_pipe_are_not_waited_for():
    for path, read in ((settings.settings_path(), settings.load),
                       (consent.choices_path(), consent.load)):  # fmt: skip
        path.parent.mkdir(parents=True, exist_ok=True)
        os.mkfifo(path)
        assert _ends(read)


def test_a_pipe_for_a_manifest_is_a_plugin_with_a_problem(tmp_path):
    (tmp_path / "own" / "mine").mkdir(parents=True)
    os.mkfifo(tmp_path / "own" / "mine" / manifest.NAME)
    found = []
    assert _ends(lambda: found.extend(manifest.find_plugins(tmp_path / "none", tmp_path / "own")))
    assert "it isn't a plain file" in found[0].problem


def test_plain_files_are_read_and_folders_are_folders(tmp_path):
    (tmp_path / "plain").write_bytes(b"12")
    assert files.read_file(tmp_path / "plain") == b"12"
    with pytest.raises(IsADirectoryError):
        files.read_file(tmp_path)
    with pytest.raises(FileNotFoundError):
        files.read_file(Path(tmp_path / "none"))


def _ends(read):
    """Whether a reader returns, or raises what a person can read, within two seconds."""
    wrong = []

    def target():
        try:
            read()
        except LatentStudioError:
            pass
        except Exception as error:  # noqa: BLE001 - the test says what it was
            wrong.append(error)

    thread = threading.Thread(target=target, daemon=True)
    thread.start()
    thread.join(2)
    assert not wrong
    return not thread.is_alive()


def test_a_file_moves_over_another_and_nothing_removes_it(tmp_path):
    source, target = tmp_path / "a", tmp_path / "apart" / "b"
    source.write_bytes(b"new")
    files.move_over(source, target)
    assert (source.exists(), target.read_bytes()) == (False, b"new")
    files.move_over(source, target)
    assert not target.exists()


def test_a_file_that_cannot_be_moved_stays(tmp_path):
    source = tmp_path / "a"
    source.write_bytes(b"new")
    (tmp_path / "b").mkdir()
    files.move_over(source, tmp_path / "b")
    assert source.read_bytes() == b"new"
