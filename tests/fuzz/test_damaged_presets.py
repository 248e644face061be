"""Damaged presets end in a sound preset or in one sentence; 2,000 of them always.

LATENTSTUDIO_FUZZ=20000 makes more.
"""

import io
import os
import random
import time
import warnings
import zipfile
from dataclasses import replace

import numpy as np
import pytest

from latentstudio.core.errors import PresetError
from latentstudio.exchange.presets import write_preset
from latentstudio.exchange.presets.checking import check_preset
from latentstudio.store.preset_cards import read_card
from tests.fuzz.mutations import mutate
from tests.unit.exchange.presets.test_looks import DIGEST, MASK, PAYLOADS, one_look
from tests.unit.exchange.presets.test_round_trip import png

CASES = max(2000, int(os.environ.get("LATENTSTUDIO_FUZZ", "0")))
NAMES = ("../x", "/x", "C:\\x", "x" * 300, "previews/\x1b.png", "previews/../a.png")
SLOWEST = 5.0
"""Seconds that one damaged file may take, on a busy machine."""


@pytest.fixture
def whole(tmp_path):
    """A preset with a direction of every kind, a look, masks and strips, as bytes."""
    found = one_look(notes="Warm", tags=("face",), author="Ada", licence="CC0")
    more = [
        replace(found.directions[0], id=kind, space=space, payload=payload)
        for kind, (space, payload) in PAYLOADS.items()
    ]
    path = tmp_path / "whole.lpreset"
    every = replace(found, directions=(*found.directions, *more), masks={DIGEST: MASK})
    write_preset(every, path, {"a": png(9, 3), "look-1": png(6, 2)})
    return path.read_bytes()


def damaged_inside(data, rng):
    """The same zip with one entry damaged, its checksums in order: or names and sizes odd."""
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as archive, zipfile.ZipFile(target, "w") as out:
        names = archive.namelist()
        hit = rng.choice(names)
        for name in names:
            content = archive.read(name)
            if name == hit:
                content = mutate(content, rng)
                if rng.random() < 0.05:
                    name = rng.choice(
                        (*names, "../x", "/x", "C:\\x", "x" * 300, "previews/\x1b.png")
                    )
            out.writestr(name, content)
    return target.getvalue()


def test_damaged_presets(whole, tmp_path):
    rng, told = random.Random("presets"), set()
    path = tmp_path / "a.lpreset"
    counts = {"sound": 0, "refused": 0}
    for case in range(CASES):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)  # zipfile: a name occurs twice
            path.write_bytes((damaged_inside if case % 4 else mutate)(whole, rng))
            began = time.monotonic()
            card = read_card(path)
            try:
                found = check_preset(path).found
            except PresetError as error:
                told.add(error.sentence())
                counts["refused"] += 1
            else:
                counts["sound"] += 1
                assert not card.problem
                assert all(np.isfinite(one.vector).all() for one in found.directions)
                assert all(one.low < one.high and one.unit > 0 for one in found.directions)
        assert time.monotonic() - began < SLOWEST
    assert min(counts.values()) > CASES // 20
    assert all(sentence.endswith(".") and sentence.isprintable() for sentence in told)
    assert len(told) > 20
