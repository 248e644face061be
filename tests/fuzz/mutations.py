"""Seeded damage to files: what disks, downloads and enemies do to them."""

import functools
import io
import random
import zipfile

EDGES = (b"\x00", b"\xff", b"\x7f", b"\x80", b"\xff\xff\xff\xff", b"\xff\xff\xff\x7f", b"\x00" * 8)


def mutate(data: bytes, rng: random.Random) -> bytes:
    """One to eight changes; most of them where the structure is and not the weights."""
    damaged = bytearray(data)
    spots = structure(data)
    for _ in range(rng.choice((1, 1, 1, 2, 4, 8))):
        place = rng.choice(spots) if rng.random() < 0.8 else rng.randrange(len(damaged))
        place = min(place, len(damaged) - 1)
        rng.choice(CHANGES)(damaged, place, rng)
        if not damaged:
            break
    return bytes(damaged)


@functools.lru_cache(maxsize=4)
def structure(data: bytes) -> list[int]:
    """Positions in runs of text and small values: there are names, sizes and opcodes."""
    spots = list(range(min(len(data), 4096)))
    step = 1 if len(data) < 100_000 else 7
    for i in range(0, len(data) - 8, step):
        window = data[i : i + 8]
        if sum(byte < 32 or 95 <= byte < 123 for byte in window) == 8:
            spots.append(i)
    return spots


def rezip(data: bytes, rng: random.Random) -> bytes:
    """Damage the pickle inside a zip container, whose checksums would catch any other."""
    archive = zipfile.ZipFile(io.BytesIO(data))
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as out:
        for entry in archive.infolist():
            content = archive.read(entry)
            if entry.filename.endswith("data.pkl"):
                content = mutate(content, rng)
            elif rng.random() < 0.002:
                content = content[: len(content) // 2]
            if rng.random() > 0.001:
                out.writestr(entry.filename, content)
    return target.getvalue()


def _flip(data: bytearray, place: int, rng: random.Random) -> None:
    data[place] ^= 1 << rng.randrange(8)


def _replace(data: bytearray, place: int, rng: random.Random) -> None:
    data[place] = rng.randrange(256)


def _edge(data: bytearray, place: int, rng: random.Random) -> None:
    value = rng.choice(EDGES)
    data[place : place + len(value)] = value


def _insert(data: bytearray, place: int, rng: random.Random) -> None:
    data[place:place] = rng.randbytes(rng.choice((1, 2, 16)))


def _remove(data: bytearray, place: int, rng: random.Random) -> None:
    del data[place : place + rng.choice((1, 2, 16, 1000))]


def _repeat(data: bytearray, place: int, rng: random.Random) -> None:
    size = rng.choice((1, 4, 64, 1000))
    data[place:place] = data[place : place + size]


def _cut(data: bytearray, place: int, rng: random.Random) -> None:
    if rng.random() < 0.1:
        del data[place:]


CHANGES = (_flip, _flip, _replace, _replace, _edge, _edge, _insert, _remove, _repeat, _cut)
