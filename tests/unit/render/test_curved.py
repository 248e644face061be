"""RBF paths in the pipeline: the authors' walk, the shell, adding up, coming home."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from latentstudio.core.errors import OptionError
from latentstudio.core.progress import run
from latentstudio.core.spaces import Ability, GeneratorInfo, Prior, Space, SpaceInfo
from latentstudio.density.walks import walk_codes
from latentstudio.document.direction import Direction, DirectionSet, Linear, ModelKey
from latentstudio.document.start import Seed
from latentstudio.document.state import Edit, Picture
from latentstudio.engine.paths import RbfPath
from latentstudio.engine.walks import retract
from latentstudio.exchange.presets import read_preset, write_preset
from latentstudio.exchange.warpedganspace_files import import_folder
from latentstudio.render.bands import band, excess
from latentstudio.render.frames import frame
from latentstudio.render.pipeline import Move, Pipeline
from latentstudio.render.renderer import Renderer
from tests.toys import curved
from tests.toys.planted import DIM, PlantedGenerator

GOLDEN = Path(__file__).parents[2] / "golden" / "methods"
FOLDERS = sorted(folder.name for folder in GOLDEN.glob("warpedganspace-*"))


class Still(PlantedGenerator):
    """Latents of another size; no pictures are made."""

    def __init__(self, dim):
        spaces = {Space.Z: SpaceInfo(dim, 1, Prior.NORMAL)}
        self._info = GeneratorInfo(
            "still", "toy", 8, 3, 0, 0, "still", spaces, (), frozenset({Ability.GRADIENT})
        )

    def map(self, z, classes=None, truncation=1.0):
        return z


@pytest.fixture(scope="module")
def in_w(portraits):
    """Two paths in the built-in model's W."""
    return [curved.in_w(portraits, f"path-{seed}", seed) for seed in (1, 2)]


@pytest.fixture(scope="module")
def pipeline(portraits, portraits_density):
    return Pipeline(portraits, portraits_density)


@pytest.fixture
def renderer(portraits, portraits_density, in_w):
    made = Renderer(portraits)
    made.densities = {None: portraits_density}
    made.directions = {d.id: d for d in in_w}
    return made


@pytest.mark.parametrize("name", FOLDERS)
def test_sliders_walk_as_the_authors_do(name):
    with np.load(GOLDEN / name / "golden.npz") as file:
        z, walk, which = file["z"], file["walk"], file["path_index"]
    toy = Still(z.shape[1])
    found = import_folder(GOLDEN / name, toy.info)
    model = Pipeline(toy)
    for row, path in enumerate(which.tolist()):
        start = model.from_array(np.repeat(z[row : row + 1], len(walk), 0), Space.Z)
        amounts = [0.2 * k for k in range(len(walk))]
        moved = model.apply(start, [Move(found.directions[path], amounts)])
        np.testing.assert_allclose(moved.codes[:, 0], walk[:, row], atol=1e-5)


def test_there_and_back_is_the_identical_latent(renderer, portraits, portraits_density, in_w):
    start = renderer.latents(Picture(Seed(4))).codes
    at = Picture(Seed(4), edits=(Edit("path-1", 2.37),))
    far = renderer.latents(at).codes
    renderer.latents(Picture(Seed(4), edits=(Edit("path-1", -3.1),)))
    renderer.moved.clear()
    assert torch.equal(
        renderer.latents(Picture(Seed(4), edits=(Edit("path-1", 0.0),))).codes, start
    )
    assert torch.equal(renderer.latents(at).codes, far)
    assert not torch.equal(far, start)
    pipeline = Pipeline(portraits, portraits_density)  # walks anew, among others
    both = pipeline.from_seeds([4]).take([0, 0])
    for walk in ("straight", "preserve"):
        home = pipeline.apply(both, [Move(d, [1.0, 0.0]) for d in in_w], walk)
        assert torch.equal(home.codes[1], both.codes[1])
    again = pipeline.apply(both, [Move(in_w[0], [0.5, 2.37])])
    assert torch.equal(again.codes[1:], far)


def test_the_amount_is_arc_length_times_unit(pipeline, in_w):
    amounts = np.linspace(0, 8, 400)
    start = pipeline.from_seeds([3]).take([0] * len(amounts))
    codes = pipeline.apply(start, [Move(in_w[0], amounts.tolist())]).codes[:, 0]
    lengths = (codes[1:] - codes[:-1]).norm(dim=1)
    assert lengths.sum().item() == pytest.approx(8 * in_w[0].unit, rel=1e-3)
    chord = (codes[-1] - codes[0]).norm().item()
    assert chord < 0.995 * 8 * in_w[0].unit  # it does bend


def test_each_path_starts_at_the_start_and_displacements_add(pipeline, in_w):
    start = pipeline.from_seeds([5])
    straight = Direction("s", "S", Space.W, Linear(np.eye(128, dtype=np.float32)[3]))
    moves = [Move(in_w[0], 2.0), Move(in_w[1], -1.5), Move(straight, 1.2)]
    alone = [pipeline.apply(start, [move]).codes - start.codes for move in moves]
    for order in (moves, moves[::-1]):
        both = pipeline.apply(start, order).codes
        torch.testing.assert_close(both, start.codes + sum(alone), atol=1e-5, rtol=0)


def test_on_the_shell_the_meter_stands_still(pipeline, portraits_density, in_w):
    start = pipeline.from_seeds([5, 6])
    before = portraits_density.coordinates(start.codes)
    for walk in ("preserve", "geodesic"):
        moves = [Move(in_w[0], [3.0, -2.2]), Move(in_w[1], 1.0)]
        for some in (moves[:1], moves):
            after = portraits_density.coordinates(pipeline.apply(start, some, walk).codes)
            torch.testing.assert_close(after, before, rtol=1e-5, atol=0)
    free = portraits_density.coordinates(pipeline.apply(start, moves).codes)
    assert (free - before).abs().max() > 0.1


def test_on_the_shell_every_step_of_a_path_is(pipeline, portraits_density, in_w):
    start = pipeline.from_seeds([5])
    path, step = RbfPath.from_arrays(in_w[0].payload.arrays), 0.2 * in_w[0].unit
    here = start.codes[:, :1]
    for _ in range(10):
        here = walk_codes(here, step * path.tangent(here), "preserve", portraits_density)
    found = pipeline.apply(start, [Move(in_w[0], 2.0)], "preserve").codes
    torch.testing.assert_close(found[:, :1], here, atol=1e-4, rtol=0)
    free = pipeline.apply(start, [Move(in_w[0], 2.0)]).codes
    once = walk_codes(start.codes, free - start.codes, "preserve", portraits_density)
    assert (found - once).norm() > 1e-3


def test_in_z_paths_bend_before_the_mapping(pipeline, portraits):
    path = curved.path("z", space=Space.Z, seed=3)
    start = pipeline.from_seeds([7])
    moved = pipeline.apply(start, [Move(path, 3.0)])
    want = portraits.broadcast(portraits.map(moved.z))
    torch.testing.assert_close(moved.codes, want)
    kept = pipeline.apply(start, [Move(path, 3.0)], "preserve").z
    torch.testing.assert_close(kept.norm(), start.z.norm())
    rbf, here = RbfPath.from_arrays(path.payload.arrays), start.z[0]
    for _ in range(15):
        here = retract(start.z[0], here + 0.2 * rbf.tangent(here))
    torch.testing.assert_close(kept[0], here, atol=1e-4, rtol=0)


def test_layers_and_codes_that_differ_by_layer(pipeline, in_w):
    start = pipeline.from_seeds([5])
    moved = pipeline.apply(start, [Move(in_w[0], 2.0, (2, 4))]).codes
    changed = (moved != start.codes).any(-1)[0].tolist()
    assert [i for i, c in enumerate(changed) if c] == [2, 3, 4]
    whole = pipeline.apply(start, [Move(in_w[0], 2.0)])
    assert torch.equal(moved[:, 2:5], whole.codes[:, 2:5])
    mixed = pipeline.from_array(moved.numpy(), Space.WPLUS)
    again = pipeline.apply(mixed, [Move(in_w[0], [-1.0])]).codes
    own = pipeline.from_array(moved[:, 3].numpy(), Space.W)
    alone = pipeline.apply(own, [Move(in_w[0], -1.0)]).codes
    torch.testing.assert_close(again[:, 3], alone[:, 3])
    torch.testing.assert_close(
        again[:, 0], pipeline.apply(start, [Move(in_w[0], -1.0)]).codes[:, 0]
    )


def test_a_preset_walks_the_same_path(pipeline, portraits, in_w, tmp_path):
    write_preset(DirectionSet(ModelKey.of(portraits.info), tuple(in_w)), tmp_path / "p.lpreset")
    read = read_preset(tmp_path / "p.lpreset").directions
    assert [d.kind for d in read] == ["rbf", "rbf"]
    start = pipeline.from_seeds([1, 2])
    for ours, theirs in zip(in_w, read, strict=True):
        one, other = (pipeline.apply(start, [Move(d, 1.7)]).codes for d in (ours, theirs))
        assert torch.equal(one, other)


def test_a_band_ends_where_the_meter_changes_along_the_path(renderer, portraits_density):
    long = {id: replace(d, low=-16.0, high=16.0) for id, d in renderer.directions.items()}
    renderer.directions = long
    for picture in (Picture(Seed(4)), Picture(Seed(4), edits=(Edit("path-2", -0.5),))):
        found = band(renderer, picture, "path-1")
        low, high = found.shell
        assert -16 < low < 0 < high < 16  # so both ends are changes of the meter
        for end in (low, high):
            edits = (*picture.without("path-1").edits, Edit("path-1", end))
            assert abs(excess(renderer, Picture(Seed(4), edits=edits), portraits_density)) < 0.2


def test_moving_a_slider_walks_no_path_twice(renderer):
    for amount in (4.0, 1.0, 2.0, -0.5):
        renderer.latents(Picture(Seed(4), edits=(Edit("path-1", amount),)))
    assert renderer.pipeline(Picture(Seed(4))).displacements.lines.made == 1
    run(frame(renderer, Picture(Seed(4), edits=(Edit("path-1", 1.0),), walk="preserve")))
    assert renderer.pipeline(Picture(Seed(4))).displacements.lines.made == 2


def test_a_path_of_another_model_and_one_without_end_get_a_sentence(pipeline, in_w):
    start = pipeline.from_seeds([0])
    other = curved.path("other", DIM)
    with pytest.raises(OptionError, match="another model"):
        pipeline.apply(start, [Move(other, 1.0)])
    swapped = replace(in_w[0], payload=replace(other.payload, vector=in_w[0].vector))
    with pytest.raises(OptionError, match="another model"):
        pipeline.apply(start, [Move(swapped, 1.0)])
    with pytest.raises(OptionError, match="smaller amount"):
        pipeline.apply(start, [Move(replace(in_w[0], unit=1e9), 1.0)])
