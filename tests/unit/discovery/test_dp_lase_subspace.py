"""Channel groups: the authors' numbers, planted groups found, edits that keep to them."""

import dataclasses
from pathlib import Path

import numpy as np
import pytest
import torch

from latentstudio.core.errors import OptionError
from latentstudio.core.progress import run
from latentstudio.core.spaces import Space
from latentstudio.discovery import channel_groups
from latentstudio.discovery import dp_lase_subspace as subspace
from latentstudio.discovery.dp_lase_subspace import SubspaceOptions
from latentstudio.document.direction import CurvedPath, Direction, Linear, Provenance
from latentstudio.engine.channels import ChannelMix, chosen_channels, synthesize_channels
from tests.toys.planted import DIM, PlantedGenerator

GOLDEN = Path(__file__).parents[2] / "golden" / "methods"


@pytest.fixture
def golden():
    with np.load(GOLDEN / "dp-lase-subspace.npz") as arrays:
        return dict(arrays)


@pytest.fixture
def toy():
    """192 channels in three groups, each moved by one axis of its own."""
    made = PlantedGenerator()
    groups = torch.arange(192).view(3, 64) % 3
    loads = 1 + torch.rand(3, 64, generator=torch.Generator().manual_seed(0))
    made.weight = loads[..., None] * made.axes[groups]
    made.planted = groups.flatten().numpy()
    return made


@pytest.fixture
def direction(toy):
    vector = torch.nn.functional.normalize(toy.axes[0] + toy.axes[1], dim=0)
    return Direction(
        "sefa-0", "Age", Space.Z, Linear(vector.numpy()), provenance=Provenance("sefa")
    )


def same_groups(a, b):
    """Whether two labellings are one up to names."""
    pairs = set(zip(a.tolist(), b.tolist(), strict=True))
    return len(pairs) == len(set(a.tolist())) == len(set(b.tolist()))


def test_threshold_and_affinity_are_the_authors(golden):
    kept = channel_groups.threshold(np.abs(golden["self_expression"]), float(golden["keep"]))
    np.testing.assert_allclose(kept, golden["thresholded"], atol=1e-12)
    sizes = int(golden["clusters"]), int(golden["subspace_dim"]), float(golden["power"])
    links = channel_groups.affinity(golden["thresholded"], *sizes)
    np.testing.assert_allclose(links, golden["affinity"], atol=1e-9)


def test_groups_are_the_authors(golden):
    labels = channel_groups.group_channels(golden["self_expression"], int(golden["clusters"]))
    assert same_groups(labels, golden["labels"])
    assert same_groups(labels, golden["true_labels"])


def test_the_largest_entries_are_kept_until_they_exceed_the_share():
    rows = np.array([[0.0, 1.0, 4.0, 2.0, 3.0], [0.0, 5.0, 1.0, 5.0, 0.0], [5, 2, 3, 0, 0]])
    # Half of 10: 4 is not more, 4 + 3 is. Half of 11: 5 is not, 5 + 5 is. 5 doesn't exceed 5.
    expected = np.array([[0.0, 0.0, 4.0, 0.0, 3.0], [0.0, 5.0, 0.0, 5.0, 0.0], [5, 0, 3, 0, 0]])
    np.testing.assert_array_equal(channel_groups.threshold(rows, 0.5), expected)


OPTIONS = SubspaceOptions(groups=3, steps=60, layer="early", rate=0.01, dimension=1, on="all")


def test_planted_groups_are_found(toy, direction):
    found = run(subspace.discover(toy, OPTIONS, direction=direction))
    (grouped,) = found.directions
    assert same_groups(grouped.payload.labels, toy.planted)
    np.testing.assert_array_equal(grouped.vector, direction.vector)
    assert (grouped.id, grouped.name, grouped.kind) == ("sefa-0-groups", "Age", "channels")
    assert grouped.provenance.options["layer"] == "early"


def test_what_brings_another_thing_is_off_at_first(toy, direction):
    """The direction moves two axes, each through channels of its own; a third group is idle."""
    options = dataclasses.replace(OPTIONS, on="purest")
    (grouped,) = run(subspace.discover(toy, options, direction=direction)).directions
    payload = grouped.payload
    on = toy.planted[~np.isin(payload.labels, [*payload.off])]
    assert {int(axis) for axis in on if axis < 2} in ({0}, {1})
    assert np.array_equal(grouped.vector, direction.vector)


def test_losses_are_the_formulas(toy, direction):
    latents = run(subspace.survey(toy, "auto", "all"))
    task = subspace.SelfExpression(latents, OPTIONS, 0, direction, "early")
    with torch.no_grad():
        task.s.copy_(0.2 * torch.randn(192, 192, generator=torch.Generator().manual_seed(0)))
    found = task.losses(0, OPTIONS.batch)
    codes, _ = task._walked(0, OPTIONS.batch)
    s = task.s.detach().clone().fill_diagonal_(0)
    f = toy.features(codes, "early")  # (N, C)
    explained = torch.stack([s @ row for row in f])
    picture = toy._colour(f.view(-1, 3, 64)) - toy._colour(explained.view(-1, 3, 64))
    small = s.square().mean()
    expected = (explained - f).square().mean() + picture.square().mean() + 0.5 * small
    torch.testing.assert_close(found["loss"], expected)
    assert 0.5 * small > 1e-4 * expected  # each term can be seen
    assert picture.square().mean() > 1e-4 * expected


def test_learning_explains_the_features(toy, direction):
    job = subspace.discover(toy, OPTIONS, direction=direction)
    losses = [step.preview.losses for step in job if step.preview]
    assert losses[-1]["features"] < 0.05 * losses[0]["features"]
    assert losses[-1]["picture"] < 0.2 * losses[0]["picture"]


def test_an_edit_changes_its_groups_only(toy, direction):
    labels = torch.from_numpy(toy.planted)
    codes = torch.randn(2, 1, DIM, generator=torch.Generator().manual_seed(1))
    moved = codes + 3 * torch.from_numpy(direction.vector)
    before = toy.synthesize(codes)
    only = chosen_channels(labels, frozenset({1, 2}))
    change = synthesize_channels(toy, codes, [ChannelMix("early", moved, only)]) - before
    inside = labels.view(1, 3, 8, 8) == 0
    assert change.abs()[inside.expand(2, -1, -1, -1)].min() > 1e-3
    assert change[~inside.expand(2, -1, -1, -1)].abs().max() == 0


def test_amount_zero_and_all_groups_are_the_plain_pictures(toy):
    labels = torch.from_numpy(toy.planted)
    codes = torch.randn(2, 1, DIM, generator=torch.Generator().manual_seed(1))
    moved = codes + 1
    some, all_ = (chosen_channels(labels, off) for off in (frozenset({0}), frozenset()))
    still = synthesize_channels(toy, codes, [ChannelMix("early", codes, some)])
    assert torch.equal(still, toy.synthesize(codes))
    whole = synthesize_channels(toy, codes, [ChannelMix("early", moved, all_)])
    assert torch.equal(whole, toy.synthesize(moved))


def test_feature_maps_are_grouped_too(direction):
    toy = PlantedGenerator()
    options = SubspaceOptions(groups=2, steps=2, layer="late", on="all")
    found = run(subspace.discover(toy, options, direction=direction))
    assert found.directions[0].payload.labels.shape == (3,)


def test_a_resumed_run_is_the_uninterrupted_one(toy, direction):
    options = dataclasses.replace(OPTIONS, steps=6)
    states, losses = [], []
    for step in subspace.discover(toy, options, direction=direction):
        if step.preview:
            losses.append(step.preview.losses)
            states.append(step.preview.snapshot())
    rest = subspace.discover(toy, options, state=states[2], direction=direction)
    assert [step.preview.losses for step in rest if step.preview] == losses[3:]
    other = dataclasses.replace(direction, payload=Linear(-direction.vector))
    with pytest.raises(OptionError, match="another direction"):
        run(subspace.discover(toy, options, state=states[2], direction=other))


@pytest.mark.parametrize(
    ("options", "word"),
    [
        ({"layer": "middle"}, "early, late"),
        ({"layer": "late", "groups": 3}, "less than 3"),
        ({"keep": 0.0}, "keep"),
    ],
)
def test_wrong_options_get_a_sentence(toy, direction, options, word):
    with pytest.raises(OptionError, match=word):
        run(subspace.discover(toy, SubspaceOptions(**options), direction=direction))


def test_a_straight_direction_is_needed(toy, direction):
    with pytest.raises(OptionError, match="Choose the direction"):
        run(subspace.discover(toy, OPTIONS))
    curved = dataclasses.replace(direction, payload=CurvedPath(direction.vector))
    with pytest.raises(OptionError, match="straight directions only"):
        run(subspace.discover(toy, OPTIONS, direction=curved))
