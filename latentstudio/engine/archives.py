"""Models inside zips, tars and compressed files: one is taken out into a temporary file."""

import bz2
import contextlib
import gzip
import lzma
import tarfile
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import IO, BinaryIO, cast

from latentstudio.core.errors import CheckpointError
from latentstudio.core.progress import Job, Step
from latentstudio.engine.foreign import foreign_archive, foreign_program
from latentstudio.engine.likeliest import likeliest
from latentstudio.engine.memory import available_memory, check_memory
from latentstudio.engine.pickle_source import cut_off

ZIP = b"PK\x03\x04"
COMPRESSED = (b"\x1f\x8b", b"BZh", b"\xfd7zXZ")
TAR, TAR_AT = b"ustar", 257
CHUNK = 4 * 2**20
MAX_ENTRIES = 200_000
MAX_INFLATION = 30
ROOM = 64 * 2**20
"""What an archive may unpack to beyond `MAX_INFLATION` times its size."""
BROKEN = (
    zipfile.BadZipFile,
    tarfile.TarError,
    zlib.error,
    lzma.LZMAError,
    gzip.BadGzipFile,
    EOFError,
    NotImplementedError,
    RuntimeError,
    ValueError,
)


def is_archive(file: BinaryIO, head: bytes) -> bool:
    """Whether a file holds others, rather than being a model of torch itself."""
    if head.startswith(COMPRESSED) or head[TAR_AT : TAR_AT + len(TAR)] == TAR:
        return True
    if not head.startswith(ZIP):
        return False
    try:
        file.seek(0)
        with zipfile.ZipFile(file) as archive:
            names = archive.namelist()
        return not any(name == "data.pkl" or name.endswith("/data.pkl") for name in names)
    except (*BROKEN, OSError):
        return False  # the reader of models says what is wrong with it
    finally:
        file.seek(0)


def unpack_model(path: Path, file: BinaryIO, head: bytes) -> Job[tuple[str, BinaryIO]]:
    """Take the likeliest model out of an archive.

    Returns:
        Its name in the archive, and a temporary file to be closed.

    Raises:
        CheckpointError: The archive is broken, unpacks to far too much, or holds no model.
    """
    limit = MAX_INFLATION * path.stat().st_size + ROOM
    try:
        if head.startswith(ZIP):
            return (yield from _from_zip(path, file, limit))
        return (yield from _from_tar(path, file, head, limit))
    except BROKEN as error:
        raise cut_off() from error


def _from_zip(path: Path, file: BinaryIO, limit: int) -> Job[tuple[str, BinaryIO]]:
    with zipfile.ZipFile(file) as archive:
        entries = {entry.filename: entry for entry in archive.infolist()[:MAX_ENTRIES]}
        name = _wanted(path, list(entries))
        size = entries[name].file_size
        with archive.open(name) as source:
            return name, (yield from _copied(source, size, limit))


def _from_tar(path: Path, file: BinaryIO, head: bytes, limit: int) -> Job[tuple[str, BinaryIO]]:
    with _decompressed(file, head, limit) as plain:
        start = plain.read(512)
        if start[TAR_AT : TAR_AT + len(TAR)] != TAR:
            name = path.name.rpartition(".")[0] or path.name
            with _decompressed(file, head, limit) as again:
                return name, (yield from _copied(again, None, limit))
    with _decompressed(file, head, limit) as plain, tarfile.open(fileobj=plain, mode="r|") as tar:
        names = [member.name for member, _ in zip(tar, range(MAX_ENTRIES), strict=False)]
    name = _wanted(path, names)
    with _decompressed(file, head, limit) as plain, tarfile.open(fileobj=plain, mode="r|") as tar:
        for member in tar:
            if member.name == name and member.isfile():
                source = tar.extractfile(member)
                assert source is not None
                return name, (yield from _copied(source, member.size, limit))
    raise cut_off()


def _wanted(path: Path, names: list[str]) -> str:
    name, program = likeliest(names), foreign_program(path, names)
    if name is None or program:
        raise CheckpointError(
            program
            or foreign_archive(path, names)
            or f"{path.name} is an archive that holds no model. Choose the model file itself."
        )
    return name


class _Limited:
    """A stream that refuses to give more than an archive of its size should hold."""

    def __init__(self, source: IO[bytes], limit: int) -> None:
        self._source, self._left = source, limit

    def read(self, count: int = -1) -> bytes:
        data = self._source.read(count if count >= 0 else self._left + 1)
        self._left -= len(data)
        if self._left < 0:
            raise CheckpointError("This file unpacks to far more than a model. It was not opened.")
        return data


@contextlib.contextmanager
def _decompressed(file: BinaryIO, head: bytes, limit: int) -> Iterator[IO[bytes]]:
    """The file from its beginning, without the compression around it."""
    file.seek(0)
    if head.startswith(b"\x1f\x8b"):
        source: IO[bytes] = cast(IO[bytes], gzip.GzipFile(fileobj=file))
    elif head.startswith(b"BZh"):
        source = cast(IO[bytes], bz2.BZ2File(file))
    elif head.startswith(b"\xfd7zXZ"):
        source = cast(IO[bytes], lzma.LZMAFile(file))  # noqa: SIM115 - it closes with the file
    else:
        source = file
    yield cast(IO[bytes], _Limited(source, limit))


def _copied(source: IO[bytes], size: int | None, limit: int) -> Job[BinaryIO]:
    """A temporary file with all that a stream gives."""
    if size is not None and size > limit:
        raise CheckpointError("This file unpacks to far more than a model. It was not opened.")
    check_memory(int(1.2 * (size or 0)), available_memory())
    target = cast(BinaryIO, tempfile.TemporaryFile())  # noqa: SIM115 - the caller closes it
    done = 0
    try:
        while data := source.read(CHUNK):
            target.write(data)
            done += len(data)
            if done > limit:
                raise CheckpointError(
                    "This file unpacks to far more than a model. It was not opened."
                )
            yield Step(0.5 * min(1.0, done / (size or limit)), "Unpacking")
        if size is not None and done != size:
            raise cut_off()
        target.seek(0)
    except BaseException:
        target.close()
        raise
    return target
