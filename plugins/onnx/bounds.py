"""How many messages a file may hold, counted before the library makes an object of each.

An empty message is two bytes in a file and about a hundred and sixty in memory, and protobuf
has no bound of its own. Source: https://protobuf.dev/programming-guides/encoding.
"""

from typing import TYPE_CHECKING

from latentstudio.plugin_host.api import CheckpointError

if TYPE_CHECKING:
    from google.protobuf.descriptor import Descriptor

MOST = 500_000
"""Of fields in a file; what is packed counts once, so honest files stay far below."""
_FIXED = {1: 8, 5: 4}
"""Bytes of the numbers that have a fixed size, by their type on the wire."""


def broken() -> CheckpointError:
    """What is said about bytes that are no model."""
    return CheckpointError("This ONNX file is broken. Download or copy it again.")


def check_count(data: bytes, kind: "Descriptor") -> None:
    """Count the fields of a message and of all messages in it.

    Args:
        data: The message.
        kind: What it is.

    Raises:
        CheckpointError: There are too many, or it is cut off.
    """
    waiting, left = [(memoryview(data), kind)], MOST
    while waiting:
        message, kind = waiting.pop()
        place = 0
        while place < len(message):
            key, place = _varint(message, place)
            start, place = _value(message, place, key & 7)
            known = kind.fields_by_number.get(key >> 3)
            if known is not None and known.message_type is not None:
                waiting.append((message[start:place], known.message_type))
            left -= 1
            if left < 0 or place > len(message):
                raise broken()


def _value(message: memoryview, place: int, wire: int) -> tuple[int, int]:
    """Where a field's value begins and ends."""
    if wire == 0:
        return place, _varint(message, place)[1]
    if wire == 2:
        length, place = _varint(message, place)
        return place, place + length
    if wire not in _FIXED:
        raise broken()
    return place, place + _FIXED[wire]


def _varint(message: memoryview, place: int) -> tuple[int, int]:
    if place < len(message) and message[place] < 0x80:  # nearly always
        return message[place], place + 1
    number = 0
    for shift, byte in enumerate(message[place : place + 10]):
        number |= (byte & 0x7F) << (7 * shift)
        if byte < 0x80:
            return number, place + shift + 1
    raise broken()
