"""Pools, traversals and files of attributes: written, read back, damaged."""

import json
import struct
import zlib
from dataclasses import replace

import numpy as np
import pytest
import torch
from msgspec import structs
from PIL import Image

from latentstudio.core.errors import FileError, LatentStudioError, OptionError
from latentstudio.core.files import atomic_folder
from latentstudio.core.progress import run
from latentstudio.core.spaces import Space
from latentstudio.document.digest import digest_of
from latentstudio.document.direction import Direction, Linear
from latentstudio.engine.images import to_pixels
from latentstudio.evaluate import traversals
from latentstudio.evaluate.attributes import read_attributes
from latentstudio.evaluate.pool import read_pool
from latentstudio.evaluate.pools import check_fits, latent_pool, seed_pool, write_pool
from latentstudio.evaluate.predictor import Attribute, Predictor
from latentstudio.evaluate.traversals import (
    folder_name,
    read_strip,
    read_traversals,
)
from latentstudio.evaluate.traversing import plan, traverse, traverser
from latentstudio.evaluate.values import Values, read_values, write_values
from tests.toys.planted import DIM, PlantedGenerator

RED = Predictor("red", "Red", (Attribute("red"),), lambda x: x[:, :1].mean((2, 3)))


@pytest.fixture(scope="module")
def model():
    return PlantedGenerator(mapped=True)


@pytest.fixture
def pool(model):
    return seed_pool(model, [3, 1, 4], truncation=0.8)


@pytest.fixture
def directions(model):
    return [Direction(f"d/{i}", f"D {i}", Space.W, Linear(model.axes[i].numpy())) for i in range(3)]


@pytest.fixture
def walked(model, pool, directions, tmp_path):
    wanted = plan(model, pool, directions, steps=5, animation=".webp")
    run(traverse(model, pool, directions, wanted, tmp_path / "walks"))
    return tmp_path / "walks", wanted


def test_a_pool_comes_back(model, pool, tmp_path):
    run(write_pool(model, pool, tmp_path / "pool"))
    found = read_pool(tmp_path / "pool")
    assert found.record == pool.record
    assert np.array_equal(found.latents, pool.latents)
    assert found.record.names == ("seed3", "seed1", "seed4")
    names = sorted(p.name for p in (tmp_path / "pool" / "pictures").iterdir())
    assert names == ["00000-seed3.png", "00001-seed1.png", "00002-seed4.png"]
    codes = model.broadcast(model.map(model.sample_z([4]), truncation=0.8))
    with Image.open(tmp_path / "pool" / "pictures" / names[2]) as picture:
        assert np.array_equal(np.asarray(picture), to_pixels(model.synthesize(codes))[0])
    check_fits(model, found)


def test_the_digest_tells_pools_apart(model, pool):
    same = seed_pool(model, [3, 1, 4], truncation=0.8)
    assert same.record.digest == pool.record.digest
    others = [
        seed_pool(model, [3, 1, 5], truncation=0.8),
        seed_pool(model, [3, 1, 4], truncation=0.7),
        seed_pool(model, [3, 1, 4], truncation=0.8, noise="none"),
    ]
    assert len({one.record.digest for one in [pool, *others]}) == 4


def test_given_latents_make_a_pool(model):
    codes = np.random.RandomState(0).randn(2, 3, DIM).astype(np.float32)
    found = latent_pool(model, codes, Space.WPLUS)
    assert found.record.names == ("latent0", "latent1")
    with pytest.raises(OptionError, match="shape"):
        latent_pool(model, codes[..., :5], Space.WPLUS)


def test_a_second_pool_replaces_the_first_and_nothing_else(model, pool, tmp_path):
    run(write_pool(model, pool, tmp_path / "pool"))
    run(write_pool(model, seed_pool(model, [9]), tmp_path / "pool"))
    assert [p.name for p in (tmp_path / "pool" / "pictures").iterdir()] == ["00000-seed9.png"]
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "work.txt").write_text("mine")
    with pytest.raises(FileError, match="holds other files, so it stays"):
        run(write_pool(model, pool, tmp_path / "mine"))
    assert listed(tmp_path) == ["mine", "pool"]


def test_a_pool_that_is_cut_off_leaves_nothing(model, pool, tmp_path):
    job = write_pool(model, pool, tmp_path / "pool")
    next(job)
    job.close()
    assert list(tmp_path.iterdir()) == []


def test_a_pool_of_another_model_is_refused(model, pool):
    other = PlantedGenerator(mapped=False)
    with pytest.raises(OptionError, match=r"The pool was made with another model \(toy, 8"):
        check_fits(other, pool)


DAMAGES = {
    "no record": lambda folder: (folder / "pool.json").unlink(),
    "no latents": lambda folder: (folder / "latents.npy").unlink(),
    "cut": lambda folder: (folder / "pool.json").write_bytes(b'{"format": 1, "mod'),
    "text": lambda folder: (folder / "latents.npy").write_text("hello"),
    "fewer": lambda folder: np.save(folder / "latents.npy", np.zeros((2, DIM), np.float32)),
    "newer": lambda folder: edit(folder / "pool.json", format=99),
    "classes": lambda folder: edit(folder / "pool.json", classes=[1]),
    "a name that climbs": lambda folder: edit(folder / "pool.json", names=["../x", "b", "c"]),
    "a long name": lambda folder: edit(folder / "pool.json", names=["x" * 5000, "b", "c"]),
    "noise below zero": lambda folder: edit(folder / "pool.json", noise=-1),
    "no such noise": lambda folder: edit(folder / "pool.json", noise="loud"),
}


def listed(folder):
    return sorted(path.name for path in folder.iterdir())


def edit(path, **changes):
    path.write_text(json.dumps(json.loads(path.read_text()) | changes))


@pytest.mark.parametrize("damage", DAMAGES)
def test_damaged_pools_get_a_sentence(damage, model, pool, tmp_path):
    run(write_pool(model, pool, tmp_path / "pool"))
    DAMAGES[damage](tmp_path / "pool")
    with pytest.raises(LatentStudioError) as caught:
        read_pool(tmp_path / "pool")
    assert type(caught.value) in (FileError, OptionError)
    assert str(tmp_path) in caught.value.sentence()


def test_strips_hold_the_walks_pictures(model, pool, directions, walked):
    folder, wanted = walked
    assert read_traversals(folder) == wanted
    assert wanted.directions[1].folder == "001-d-1"
    guide = run(traverser(model, pool, "straight"))
    amounts = wanted.amounts(1)
    assert amounts == [-6.0, -3.0, 0.0, 3.0, 6.0]
    pictures = to_pixels(guide.images(directions[1], 2, amounts))
    assert np.array_equal(read_strip(folder, wanted, 1, 2), pictures)
    start = model.broadcast(model.map(model.sample_z([4]), truncation=0.8))
    assert np.array_equal(pictures[wanted.middle], to_pixels(model.synthesize(start))[0])
    with Image.open((folder / wanted.strip(1, 2)).with_suffix(".webp")) as moving:
        assert moving.n_frames == 8  # there and back
        assert moving.size == (128, 128)


def test_going_on_makes_only_what_is_missing(model, pool, directions, tmp_path):
    wanted = plan(model, pool, directions, steps=3)
    folder = tmp_path / "walks"
    job = traverse(model, pool, directions, wanted, folder)
    while not (folder / wanted.directions[0].folder).is_dir():
        next(job)
    next(job)  # in the middle of the second direction
    job.close()
    assert listed(folder) == ["000-d-0", "traversals.json"]
    with pytest.raises(FileError, match=r"2 of 3 directions in .* are missing"):
        read_traversals(folder)
    kept = (folder / wanted.strip(0, 0)).stat().st_mtime_ns
    assert run(traverse(model, pool, directions, wanted, folder)) == 1
    assert read_traversals(folder) == wanted
    assert (folder / wanted.strip(0, 0)).stat().st_mtime_ns == kept


def test_without_a_single_direction_nothing_stays(model, pool, directions, tmp_path):
    wanted = plan(model, pool, directions, steps=3)
    folder = tmp_path / "walks"
    job = traverse(model, pool, directions, wanted, folder)
    while not (folder / "traversals.json").is_file():
        next(job)
    job.close()
    assert list(tmp_path.iterdir()) == []


def test_what_a_killed_run_left_is_cleared(model, pool, directions, tmp_path):
    wanted = plan(model, pool, directions, steps=3)
    left = tmp_path / "walks" / ".001-d-1.abcd" / "new"
    run(traverse(model, pool, directions, wanted, tmp_path / "walks"))
    left.mkdir(parents=True)
    (left / "half.png").write_text("half")
    run(traverse(model, pool, directions, wanted, tmp_path / "walks"))
    assert listed(tmp_path / "walks") == ["000-d-0", "001-d-1", "002-d-2", "traversals.json"]


def test_other_settings_need_another_folder(model, pool, directions, walked):
    folder, wanted = walked
    turned = [replace(directions[0], payload=Linear(-directions[0].vector)), *directions[1:]]
    others = [
        (pool, directions, {"steps": 7}),
        (pool, directions, {"reach": 2.0}),
        (pool, turned, {}),
        (seed_pool(model, [3, 1, 5]), directions, {}),
    ]
    for some, them, more in others:
        other = plan(model, some, them, **({"steps": 5, "animation": ".webp"} | more))
        with pytest.raises(OptionError, match="made in another way"):
            run(traverse(model, some, them, other, folder))
    assert read_traversals(folder) == wanted


def test_a_folder_of_something_else_stays(model, pool, directions, tmp_path):
    (tmp_path / "work.txt").write_text("mine")
    with pytest.raises(FileError, match="so it stays"):
        run(traverse(model, pool, directions, plan(model, pool, directions), tmp_path))
    assert listed(tmp_path) == ["work.txt"]


@pytest.mark.parametrize(("more", "words"), [
    ({"steps": 4}, "it is odd"), ({"steps": 1}, "it is odd"), ({"steps": 103}, "to 101"),
    ({"reach": 0.0}, "above 0"), ({"reach": -1.0}, "above 0"),
])  # fmt: skip
def test_plans_that_make_no_sense(model, pool, directions, more, words):
    with pytest.raises(OptionError, match=words):
        plan(model, pool, directions, **more)
    with pytest.raises(OptionError, match="holds no directions"):
        plan(model, pool, [])


def test_strips_too_large_to_be_read_again_are_refused_before_they_are_made():
    traversals.check_steps(101, (1024, 1024))
    with pytest.raises(
        OptionError, match="A strip of 65 pictures of 2048 × 2048 pixels is too large"
    ):
        traversals.check_steps(65, (2048, 2048))


def test_a_strip_that_the_library_warns_of_is_read(walked, monkeypatch):
    folder, wanted = walked
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 8 * 8 * 5 - 1)
    assert read_strip(folder, wanted, 0, 0).shape == (5, 8, 8, 3)


def escaped(folder):
    record = json.loads((folder / "traversals.json").read_text())
    record["directions"][0]["folder"] = "000-d-0/../000-d-0"  # there, but no plain name
    edit(folder / "traversals.json", directions=record["directions"])


def bomb(path):
    """A picture of 60,000 x 60,000 pixels, by its header."""
    start = struct.pack(">4sIIBBBBB", b"IHDR", 60_000, 60_000, 8, 2, 0, 0, 0)
    data = path.read_bytes()
    crc = struct.pack(">I", zlib.crc32(start))
    path.write_bytes(data[:12] + start + crc + data[12 + len(start) + 4 :])


STRIPS = {
    "gone": lambda folder: (folder / "000-d-0" / "00000-seed3.png").unlink(),
    "text": lambda folder: (folder / "000-d-0" / "00000-seed3.png").write_text("hello"),
    "another size": lambda folder: Image.new("RGB", (4, 4)).save(
        folder / "000-d-0" / "00000-seed3.png"
    ),
    "escapes": escaped,
    "huge": lambda folder: edit(folder / "traversals.json", side=10**6),
    "even": lambda folder: edit(folder / "traversals.json", steps=4),
    "no starts": lambda folder: edit(folder / "traversals.json", starts=[]),
    "a bomb": lambda folder: bomb(folder / "000-d-0" / "00000-seed3.png"),
    "a start that climbs": lambda folder: edit(
        folder / "traversals.json", starts=["../x", "seed1", "seed4"]
    ),
}


@pytest.mark.parametrize("damage", STRIPS)
def test_damaged_traversals_get_a_sentence(damage, walked):
    folder, _ = walked
    STRIPS[damage](folder)
    with pytest.raises((FileError, OptionError)):
        run(read_attributes(folder, read_traversals(folder), RED))


@pytest.mark.parametrize("ending", [".npz", ".json"])
def test_attributes_come_back(ending, model, walked, tmp_path):
    folder, wanted = walked
    found = run(read_attributes(folder, wanted, RED))
    assert found.values.shape == (3, 3, 5, 1)
    # 8 bits a channel, so a mean is off by half a step at most
    strip = read_strip(folder, wanted, 2, 1)
    assert found.values[2, 1, :, 0] == pytest.approx(strip[..., 0].mean((1, 2)) / 127.5 - 1)
    write_values(found, tmp_path / f"a{ending}")
    back = read_values(tmp_path / f"a{ending}")
    assert back.record == found.record
    assert np.array_equal(back.values, found.values)
    assert back.record.amounts[0] == (-6.0, -3.0, 0.0, 3.0, 6.0)


@pytest.mark.parametrize("ending", [".npz", ".json"])
def test_damaged_attributes_get_a_sentence(ending, walked, tmp_path):
    path = tmp_path / f"a{ending}"
    with pytest.raises(FileError, match="Run attributes first"):
        read_values(path)
    found = run(read_attributes(*walked, RED))
    write_values(found, path)
    whole = path.read_bytes()
    for data in (whole[: len(whole) // 2], b"", b"hello"):
        path.write_bytes(data)
        with pytest.raises(FileError):
            read_values(path)
    write_values(replace(found, values=found.values[:, :, :, [0, 0]]), path)
    with pytest.raises(FileError, match="damaged"):
        read_values(path)
    with pytest.raises(OptionError, match=r"End it in \.npz or \.json"):
        write_values(found, tmp_path / "a.txt")


NONSENSE = {
    "fewer names": {"names": ("D 0", "D 1")},
    "more names": {"names": ("D 0", "D 1", "D 2", "D 3")},
    "fewer amounts": {"amounts": ((-1.0, -0.5, 0.0, 0.5, 1.0),)},
    "no range": {"attributes": (Attribute("red", 1.0, 1.0),)},
}


@pytest.mark.parametrize("change", NONSENSE)
def test_attributes_that_disagree_with_themselves_are_damaged(change, walked, tmp_path):
    found = run(read_attributes(*walked, RED))
    path = tmp_path / "a.json"
    write_values(replace(found, record=structs.replace(found.record, **NONSENSE[change])), path)
    with pytest.raises(FileError, match="damaged"):
        read_values(path)


def test_an_attribute_twice_is_damaged(walked, tmp_path):
    found = run(read_attributes(*walked, RED))
    twice = structs.replace(found.record, attributes=RED.attributes * 2)
    write_values(Values(twice, found.values[:, :, :, [0, 0]]), tmp_path / "a.npz")
    with pytest.raises(FileError, match="damaged"):
        read_values(tmp_path / "a.npz")


def test_a_pickle_among_attributes_is_not_run(tmp_path):
    path = tmp_path / "a.npz"
    evil = np.array([{"a": 1}], dtype=object)
    np.savez(path, values=evil, about=np.zeros(2, np.uint8))
    with pytest.raises(FileError, match="damaged"):
        read_values(path)


def test_folder_names_are_tame():
    vector = torch.eye(1, 4)[0].numpy()
    tame = Direction("Ünsinn/../x", "N", Space.Z, Linear(vector))
    assert folder_name(3, tame) == "003-nsinn----x"
    assert folder_name(12, replace(tame, id="öä")) == "012-direction"
    assert digest_of(tame) == digest_of(replace(tame, name="other", low=-1.0))
    assert digest_of(tame) != digest_of(replace(tame, layers=(0, 1)))


def test_a_folder_appears_when_it_is_complete(tmp_path):
    target = tmp_path / "a" / "b"
    with pytest.raises(FileError), atomic_folder(target) as fresh:
        (fresh / "not there").unlink()
    assert list((tmp_path / "a").iterdir()) == []
    for text in ("one", "two"):
        with atomic_folder(target) as fresh:
            (fresh / text).write_text(text)
    assert listed(target) == ["two"]
    assert listed(tmp_path / "a") == ["b"]
    (tmp_path / "file").write_text("")
    with pytest.raises(FileError, match="can't be written"), atomic_folder(tmp_path / "file" / "x"):
        pass
