"""Reads the logs that TensorBoard shows."""

import struct

from tensorboardX.proto.event_pb2 import Event


def events(folder):
    """The events of the only or the newest log of a folder."""
    data = sorted(folder.iterdir())[-1].read_bytes()
    found = []
    while data:
        (size,) = struct.unpack("<Q", data[:8])  # then its checksum; another follows the event
        found.append(Event.FromString(data[12 : 12 + size]))
        data = data[16 + size :]
    return found
