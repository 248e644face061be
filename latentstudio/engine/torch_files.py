"""The two containers of `torch.save`: a stream of pickles, and a zip of one pickle and data."""

import errno
import zipfile
import zlib
from typing import Any, BinaryIO

import torch

from latentstudio.core.errors import CheckpointError
from latentstudio.core.progress import Job, Step, run
from latentstudio.engine.memory import available_memory, check_memory
from latentstudio.engine.pickle_machine import BROKEN, Machine, damaged
from latentstudio.engine.pickle_names import Names, no_persistent, storage_type
from latentstudio.engine.pickle_source import Source, cut_off
from latentstudio.engine.records import Blob, Storage

MAGIC = 0x1950A86A20F9469CFC6C
PROTOCOL = 1001
CHUNK = 16 * 2**20
MAX_ENTRIES = 200_000
MAX_INFLATION = 4


def from_bytes(raw: Any) -> Storage:
    """A storage that was saved by itself inside another pickle."""
    if isinstance(raw, Storage):
        return raw
    if isinstance(raw, Blob) and raw.made is not None:
        return _storage(raw.made)
    data = raw.data if isinstance(raw, Blob) else raw.encode("latin1") if _is_text(raw) else raw
    made = run(read_stream(Source.of(data)))
    if isinstance(raw, Blob):
        raw.made, raw.data = made, bytearray()
    return _storage(made)


def read_pickle(source: Source) -> Job[tuple[Any, bool]]:
    """A plain pickle, or a stream of `torch.save`; says which: (value, is it torch's)."""
    first = yield from Machine(source, Names(no_persistent, from_bytes)).run()
    if type(first) is not int or first != MAGIC:
        return first, False
    source_value = yield from read_stream(source, magic_read=True)
    return source_value, True


def read_stream(source: Source, magic_read: bool = False) -> Job[Any]:
    """The older container: magic number, protocol, system, value, keys, then the memory."""
    storages = _StreamStorages(source)
    # A stream inside a stream is no file that torch writes, so it isn't followed.
    names = Names(storages.persistent, _refuse)
    if not magic_read and run(Machine(source, names).run()) != MAGIC:
        raise damaged()
    if run(Machine(source, names).run()) != PROTOCOL:
        raise damaged()
    run(Machine(source, names).run())
    value = yield from Machine(source, names).run()
    keys = run(Machine(source, names).run())
    yield from storages.fill(keys)
    return value


class _StreamStorages:
    """Memory announced by the pickle and read after it."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._known: dict[str, Storage] = {}
        self._bytes = 0

    def persistent(self, key: Any) -> Any:
        kind, *fields = key
        if kind == "module":
            return fields[0]
        dtype, name, _, count, *_ = fields
        if not isinstance(name, str) or type(count) is not int:
            raise ValueError("not a storage")
        if name not in self._known:
            itemsize = storage_type(dtype).itemsize
            self._bytes += count * itemsize
            if count < 0 or self._bytes > self._source.size:
                raise cut_off()
            self._known[name] = Storage(torch.empty(count, dtype=storage_type(dtype)))
        return self._known[name]

    def fill(self, keys: Any) -> Job[None]:
        if not isinstance(keys, list) or sorted(keys, key=str) != sorted(self._known):
            raise damaged()
        for key in keys:
            flat = self._known[key].flat
            if self._source.number(8) != flat.numel():
                raise damaged()
            target = flat.view(torch.uint8).numpy().data
            for start in range(0, len(target), CHUNK):
                self._source.take_into(target[start : start + CHUNK])
                yield Step(self._source.position / self._source.size, "Reading the file")


def read_zip(file: BinaryIO) -> Job[Any]:
    """The newer container: `*/data.pkl`, and one entry of memory for each storage."""
    total = file.seek(0, 2)
    file.seek(0)
    try:
        with zipfile.ZipFile(file) as archive:
            prefix = _check_archive(archive, total)
            value = yield from _read_archive(archive, prefix)
            return value
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError) as error:
        raise cut_off() from error
    except OSError as error:
        if error.errno != errno.EINVAL:  # a seek to before the file's beginning
            raise
        raise damaged() from error
    except (*BROKEN, RuntimeError) as error:  # RuntimeError: an entry claims to be encrypted
        raise damaged() from error


def _check_archive(archive: zipfile.ZipFile, total: int) -> str:
    """Sizes first; returns the folder that holds `data.pkl`."""
    entries = archive.infolist()
    size = sum(entry.file_size for entry in entries)
    if len(entries) > MAX_ENTRIES or size > MAX_INFLATION * total + 2**20:
        raise CheckpointError("This file unpacks to far more than a model. It was not opened.")
    check_memory(int(1.2 * size), available_memory())
    names = [entry.filename for entry in entries]
    found = [name for name in names if name == "data.pkl" or name.endswith("/data.pkl")]
    if len(found) != 1 or len(set(names)) != len(names):
        raise CheckpointError("This archive holds no model. Unpack it and choose the model file.")
    return found[0].removesuffix("data.pkl")


def _read_archive(archive: zipfile.ZipFile, prefix: str) -> Job[Any]:
    storages = _ZipStorages(archive, prefix)
    source = Source.of(archive.read(f"{prefix}data.pkl"))
    value = yield from _quietly(Machine(source, Names(storages.persistent, _refuse)).run())
    yield from storages.fill()
    return value


def _quietly(job: Job[Any]) -> Job[Any]:
    """Steps without progress: the pickle of a zip is a small part of it."""
    while True:
        try:
            next(job)
        except StopIteration as stop:
            return stop.value
        yield Step(0.0, "Reading the file")


class _ZipStorages:
    """Memory in entries of its own."""

    def __init__(self, archive: zipfile.ZipFile, prefix: str) -> None:
        self._archive, self._prefix = archive, prefix
        self._known: dict[str, Storage] = {}

    def persistent(self, key: Any) -> Storage:
        kind, dtype, name, _, count, *_ = key
        if kind != "storage" or not isinstance(name, str) or type(count) is not int:
            raise ValueError("not a storage")
        if name not in self._known:
            size = self._archive.getinfo(f"{self._prefix}data/{name}").file_size
            itemsize = storage_type(dtype).itemsize
            if count * itemsize != size:
                raise ValueError("a storage of another size")
            self._known[name] = Storage(torch.empty(count, dtype=storage_type(dtype)))
        return self._known[name]

    def fill(self) -> Job[None]:
        total = max(1, sum(storage.flat.nbytes for storage in self._known.values()))
        done = 0
        for name, storage in self._known.items():
            target = storage.flat.view(torch.uint8).numpy().data
            with self._archive.open(f"{self._prefix}data/{name}") as entry:
                for start in range(0, len(target), CHUNK):
                    part = target[start : start + CHUNK]
                    if _read_fully(entry, part) != len(part):
                        raise cut_off()
                    done += len(part)
                    yield Step(done / total, "Reading the file")


def _read_fully(entry: Any, target: memoryview) -> int:
    """A zip entry gives less than asked for; go on until it gives nothing."""
    done = 0
    while done < len(target):
        count = entry.readinto(target[done:])
        if not count:
            break
        done += count
    return done


def _refuse(*_: Any) -> Any:
    raise ValueError("a stream inside a stream")


def _is_text(raw: Any) -> bool:
    return isinstance(raw, str)


def _storage(value: Any) -> Storage:
    if not isinstance(value, Storage):
        raise ValueError("not a storage")
    return value
