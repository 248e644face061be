"""The log of a run: its checksums by the published value, and a disk that fails."""

import errno
import struct

from latentstudio.core.progress import Step, run
from latentstudio.document.findings import Findings
from latentstudio.export import tensorboard
from latentstudio.export.tensorboard import Log, logged


def unmasked(checksum):
    value = (struct.unpack("<I", checksum)[0] - 0xA282EAD8) & 0xFFFFFFFF
    return (value << 15 | value >> 17) & 0xFFFFFFFF


def test_checksums_are_crc_32c():
    # RFC 3720, B.4, and the check value of the CRC catalogue.
    assert unmasked(tensorboard._checksum(b"123456789")) == 0xE3069283
    assert unmasked(tensorboard._checksum(bytes(32))) == 0x8A9136AA


def test_every_record_has_its_length_and_both_checksums(tmp_path):
    log = Log(tmp_path / "log", 1)
    log.add(300, {"loss": 0.25})
    log.close()
    (path,) = (tmp_path / "log").iterdir()
    assert "tfevents" in path.name
    data, records = path.read_bytes(), 0
    while data:
        (size,) = struct.unpack("<Q", data[:8])
        assert data[8:12] == tensorboard._checksum(data[:8])
        assert data[12 + size : 16 + size] == tensorboard._checksum(data[12 : 12 + size])
        data, records = data[16 + size :], records + 1
    assert records == 3
    assert b"\x10\xac\x02" in path.read_bytes()  # step 300
    assert b"\x0a\x04loss\x15" + struct.pack("<f", 0.25) in path.read_bytes()


def steps(count):
    for step in range(1, count + 1):
        yield Step(step / count, "", Findings(step, count, {"loss": 1.0}, None, lambda: None))
    return "found"


def test_a_log_that_fails_is_told_once_and_the_run_goes_on(tmp_path, monkeypatch):
    add, said = Log.add, []

    def full(self, step, values):
        if step > 2:
            raise OSError(errno.ENOSPC, "full")
        add(self, step, values)

    monkeypatch.setattr(Log, "add", full)
    assert run(logged(steps(5), tmp_path, said.append)) == "found"
    assert len(said) == 1
    assert said[0].startswith("The log stops here. The disk is full")
