"""Bytes of a pickle, never more than are there."""

import io
import os
from typing import BinaryIO

from latentstudio.core.errors import CheckpointError

MAX_LINE = 2**20


def cut_off() -> CheckpointError:
    """The file ends before what it declares."""
    return CheckpointError("This file ends in the middle. Download or copy it again.")


class Source:
    """A file with a known end."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self.position = file.tell()
        self.size = file.seek(0, os.SEEK_END)
        file.seek(self.position)

    @classmethod
    def of(cls, data: bytes | bytearray) -> "Source":
        """A source over bytes in memory."""
        return cls(io.BytesIO(data))

    @property
    def left(self) -> int:
        return self.size - self.position

    def take(self, count: int) -> bytes:
        """The next bytes.

        Raises:
            CheckpointError: Fewer are left.
        """
        if count > self.left:
            raise cut_off()
        data = self._file.read(count)
        self.position += count
        return data

    def take_array(self, count: int) -> bytearray:
        """The next bytes in memory of their own that may be written to."""
        if count > self.left:
            raise cut_off()
        data = bytearray(count)
        self.take_into(memoryview(data))
        return data

    def take_into(self, target: memoryview) -> None:
        """Fill `target` with the next bytes."""
        if len(target) > self.left or self._file.readinto(target) != len(target):  # type: ignore[attr-defined]
            raise cut_off()
        self.position += len(target)

    def number(self, count: int, signed: bool = False) -> int:
        """The next bytes as a little-endian whole number."""
        return int.from_bytes(self.take(count), "little", signed=signed)

    def line(self) -> bytes:
        """Up to the next end of line, which is left out."""
        line = self._file.readline(MAX_LINE)
        self.position += len(line)
        if not line.endswith(b"\n"):
            raise cut_off()
        return line[:-1]
