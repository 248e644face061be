"""Preview pictures of presets: what the directions do, not too many, never in the way."""

import io
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from latentstudio.core.errors import ResourceError
from latentstudio.core.progress import run
from latentstudio.core.spaces import Space
from latentstudio.document.direction import Direction, DirectionSet, Linear, ModelKey
from latentstudio.engine.head_fitting import fit_heads
from latentstudio.engine.layer_times import measure_layers
from latentstudio.exchange import previews as module
from latentstudio.exchange.presets import preset_file, read_preset, read_previews
from latentstudio.exchange.previews import previews, write_with_previews
from latentstudio.render.coarse import CoarsePreviews, TimedHead
from latentstudio.render.pipeline import Move, Pipeline
from tests.toys import curved
from tests.toys.planted import DIM, PlantedGenerator


@pytest.fixture
def toy():
    return PlantedGenerator()


def axes(generator, count=3, **more):
    rows = generator.axes[:count].numpy()
    found = [
        Direction(f"d-{k}", f"D {k}", Space.Z, Linear(row), **more) for k, row in enumerate(rows)
    ]
    return DirectionSet(ModelKey.of(generator.info), tuple(found))


def strip(data):
    with Image.open(io.BytesIO(data)) as picture:
        assert picture.format == "PNG"
        return np.asarray(picture)


def test_a_strip_shows_two_thirds_to_either_side_of_the_first_seed(portraits):
    vector = np.random.RandomState(0).randn(portraits.info.code_dim).astype(np.float32)
    one = Direction(
        "d", "D", Space.W, Linear(vector / np.linalg.norm(vector)), 2.0, -6.0, 3.0, (0, 3)
    )
    path = replace(curved.in_w(portraits, "path"), low=-3.0, high=3.0)
    found = DirectionSet(ModelKey.of(portraits.info), (one, path))
    made = run(previews(portraits, found))
    assert list(made) == ["d", "path"]
    pipeline = Pipeline(portraits)
    for direction, amounts in ((one, (-4, 0, 2)), (path, (-2, 0, 2))):
        start = pipeline.from_seeds([0] * 3)
        images = pipeline.images(pipeline.apply(start, [Move(direction, amounts)])).numpy()
        wanted = np.clip(images * 127.5 + 127.5, 0, 255).transpose(0, 2, 3, 1)
        shown = strip(made[direction.id])
        assert shown.shape == (64, 192, 3)
        assert np.abs(shown - np.concatenate(wanted, axis=1)).max() < 2


def test_only_the_first_ones_and_only_for_a_while(toy, monkeypatch):
    many = axes(toy, DIM)
    monkeypatch.setattr(module, "MOST", 5)
    assert list(run(previews(toy, many))) == [f"d-{k}" for k in range(5)]
    assert run(previews(toy, many, patience=-1.0)) == {}


def test_a_direction_that_cannot_be_shown_is_left_out(toy):
    found = axes(toy)
    other = replace(found.directions[0], id="other", payload=Linear(np.ones(5, np.float32)))
    found = replace(found, directions=(other, *found.directions))
    assert list(run(previews(toy, found))) == ["d-0", "d-1", "d-2"]


def test_a_preset_is_whole_before_its_previews(toy, tmp_path, monkeypatch):
    path, said = tmp_path / "a.lpreset", []
    job = write_with_previews(toy, axes(toy), path, said.append)
    next(job)
    next(job)  # the first frame is about to be made
    assert len(read_preset(path)) == 3
    assert read_previews(path) == {}
    job.close()
    assert len(read_preset(path)) == 3
    run(write_with_previews(toy, axes(toy), path, said.append))
    assert set(read_previews(path)) == {"d-0", "d-1", "d-2"}
    assert said == []


def test_without_room_a_preset_stays_without_previews(toy, tmp_path, monkeypatch):
    path, said, whole = tmp_path / "a.lpreset", [], preset_file.write_preset

    def full(found, path, previews=None):
        if previews:
            raise ResourceError("The disk is full.")
        whole(found, path)

    monkeypatch.setattr(module, "write_preset", full)
    run(write_with_previews(toy, axes(toy), path, said.append))
    assert read_previews(path) == {}
    assert said == ["a.lpreset was saved without preview pictures: there is no room for them."]


def test_strips_of_a_slow_model_come_from_its_heads(portraits, monkeypatch):
    found = {one.tap: one for one in measure_layers(portraits).layers}
    (head,) = run(fit_heads(portraits, [found["b32.conv1"]], factor=2, pictures=8))
    coarse = CoarsePreviews([TimedHead(head, 64, 0.1)], 1.0, 8)
    monkeypatch.setattr(module, "SIZE", 48)
    vector = np.eye(portraits.info.code_dim, dtype=np.float32)[0]
    one = Direction("d", "D", Space.W, Linear(vector), 2.0, -6.0, 3.0)
    directions = DirectionSet(ModelKey.of(portraits.info), (one,))
    whole = strip(run(previews(portraits, directions))["d"]).astype(float)
    monkeypatch.setattr(type(portraits), "synthesize", None)  # no whole picture is made
    seen = strip(run(previews(portraits, directions, coarse=coarse))["d"])
    assert seen.shape == whole.shape
    assert np.corrcoef(seen.ravel(), whole.ravel())[0, 1] > 0.9
