"""Losses of a run as a log that TensorBoard shows, written without TensorBoard.

The format is two small public ones: records as TensorFlow writes them (length, checksum, data,
checksum; tensorflow/core/lib/io/record_writer.h), each an `Event` message in the wire format of
Protocol Buffers (tensorflow/core/util/event.proto). Numbers of fields are named where they are
used.
"""

import contextlib
import struct
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TypeVar

from latentstudio.core.files import write_error
from latentstudio.core.progress import Job, Step, changed
from latentstudio.document.findings import Findings

T = TypeVar("T")


def logged(job: Job[T], folder: Path, report: Callable[[str], None]) -> Job[T]:
    """Run a learning job and log what it says of every step.

    Args:
        job: Steps with `Findings` as preview are logged.
        folder: Gets one more file; made if it isn't there.
        report: Told once where the log can't go on; the run does.
    """
    log: Log | None = None
    failed = False

    def keep(step: Step) -> Step:
        nonlocal log, failed
        found = step.preview
        if failed or not isinstance(found, Findings):
            return step
        try:
            log = log or Log(folder, found.step)
            log.add(found.step, found.losses)
        except OSError as error:
            failed = True
            report(f"The log stops here. {write_error(folder, error)}")
        return step

    try:
        return (yield from changed(job, keep))
    finally:
        if log is not None:
            log.close()


class Log:
    """One file of events.

    Args:
        folder: Where it goes.
        first: Its first step; what older files of the folder say of it and of later ones is
            void, so that a run that goes on from its last save draws one line.

    Raises:
        OSError: The folder can't be made or written to.
    """

    def __init__(self, folder: Path, first: int) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        name = f"events.out.tfevents.{time.time_ns() // 1000}.latentstudio"
        self._file = (folder / name).open("wb")
        self._write(_text(3, "brain.Event:2"))  # file_version
        # session_log: status START
        self._write(_varint(2, first) + _bytes(7, _varint(1, 1)))

    def add(self, step: int, values: Mapping[str, float]) -> None:
        """Log numbers by name."""
        summary = b"".join(
            _bytes(1, _text(1, name) + _float(2, value)) for name, value in values.items()
        )
        self._write(_varint(2, step) + _bytes(5, summary))

    def close(self) -> None:
        """Finish the file."""
        with contextlib.suppress(OSError):
            self._file.close()

    def _write(self, event: bytes) -> None:
        data = struct.pack("<Bd", 1 << 3 | 1, time.time()) + event  # wall_time, a double
        length = struct.pack("<Q", len(data))
        self._file.write(length + _checksum(length) + data + _checksum(data))
        self._file.flush()


def _varint(field: int, value: int) -> bytes:
    return _number(field << 3) + _number(value)


def _float(field: int, value: float) -> bytes:
    return _number(field << 3 | 5) + struct.pack("<f", value)


def _bytes(field: int, data: bytes) -> bytes:
    return _number(field << 3 | 2) + _number(len(data)) + data


def _text(field: int, text: str) -> bytes:
    return _bytes(field, text.encode())


def _number(value: int) -> bytes:
    """Seven bits at a time, the lowest first; the eighth says that more follow."""
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)


def _table() -> tuple[int, ...]:
    """CRC-32C (Castagnoli) of each byte."""
    table = []
    for value in range(256):
        for _ in range(8):
            value = value >> 1 ^ (0x82F63B78 if value & 1 else 0)
        table.append(value)
    return tuple(table)


_TABLE = _table()


def _checksum(data: bytes) -> bytes:
    """CRC-32C, turned and shifted as records want it."""
    crc = 0xFFFFFFFF
    for byte in data:
        crc = crc >> 8 ^ _TABLE[(crc ^ byte) & 0xFF]
    crc ^= 0xFFFFFFFF
    return struct.pack("<I", ((crc >> 15 | crc << 17) + 0xA282EAD8) & 0xFFFFFFFF)
