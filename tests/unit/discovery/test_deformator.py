"""The guessing game: its loss by formula, its networks, planted directions, exact resume."""

import numpy as np
import pytest
import torch
import torch.nn.functional as F

from latentstudio.core.errors import OptionError
from latentstudio.core.progress import run
from latentstudio.discovery import reconstructors, voynov_babenko, warpedganspace
from latentstudio.discovery.latents import survey
from latentstudio.discovery.start import options_for
from latentstudio.discovery.state import RunState
from latentstudio.discovery.voynov_babenko import VoynovOptions
from latentstudio.discovery.warpedganspace import WarpedOptions
from tests.toys.planted import DIM, PIXELS, PlantedGenerator

K = len(PIXELS)
METHODS = {
    "voynov": (voynov_babenko, VoynovOptions(count=4, steps=6, batch=6, rate=0.01)),
    "warped": (warpedganspace, WarpedOptions(count=4, dipoles=3, steps=6, batch=6, rate=0.01)),
}


def game(name, toy, **options):
    """The task of a method."""
    module, defaults = METHODS[name]
    latents = run(survey(toy, "auto", "all"))
    return module.build(latents, type(defaults)(**{"count": 4, **options}), seed=0)


@pytest.mark.parametrize("name", METHODS)
def test_the_loss_is_the_formula(name):
    toy = PlantedGenerator()
    task = game(name, toy, batch=6, reuse=1, which_weight=0.7, size_weight=0.3)
    task.eval()  # so that batch norm gives the same answer twice
    found = task.losses(3, 6)
    which, size = task.draw(3, 6)
    z, _ = task.latents.start(0, 3, 6)
    moved = task.deformator(z, which, size)
    pictures = toy.synthesize(z[:, None]), toy.synthesize(moved[:, None])
    scores, guess = task.reconstructor(*pictures, torch.arange(6))
    chosen = F.log_softmax(scores, 1)[torch.arange(6), which]
    expected = -0.7 * chosen.mean() + 0.3 * (guess - size).abs().mean()
    torch.testing.assert_close(found["loss"], expected)
    torch.testing.assert_close(found["accuracy"], (scores.argmax(1) == which).float().mean())


@pytest.mark.parametrize("name", METHODS)
def test_both_the_deformator_and_the_judge_learn(name):
    task = game(name, PlantedGenerator())
    task.losses(0, 7)["loss"].backward()  # odd, so that signs of errors can't cancel
    learning = [p for group in task.groups() for p in group["params"]]
    assert len(learning) == len([p for p in task.parameters() if p.requires_grad])
    assert all(p.grad is not None and p.grad.abs().max() > 0 for p in learning)


def test_an_unshifted_picture_serves_several_walks():
    toy = PlantedGenerator()
    task = game("voynov", toy, reuse=3)
    toy.calls.clear()
    which, size = task.draw(0, 8)
    before, after, place = task.pictures(0, which, size)
    assert toy.calls == [("synthesize", 3), ("synthesize", 8)]
    assert place.tolist() == [0, 1, 2, 0, 1, 2, 0, 1]
    assert (before[0] != before[1]).any()
    assert after.requires_grad
    assert not before.requires_grad
    before, still, place = task.pictures(0, which, 0 * size)
    torch.testing.assert_close(before[place], still)


@pytest.mark.parametrize(("mapped", "form"), [(False, "orthonormal"), (True, "unit")])
def test_voynov_recovers_the_planted_subspace(mapped, form):
    toy = PlantedGenerator(mapped, quiet=True)
    options = VoynovOptions(
        count=K, steps=350, rate=0.1, judge_rate=3e-4, most=2.0, least=0.2, form=form
    )
    found = run(voynov_babenko.discover(toy, options))
    rows = np.stack([direction.vector for direction in found.directions])
    np.testing.assert_allclose(np.linalg.norm(rows, axis=1), 1, atol=1e-5)
    if form == "orthonormal":
        np.testing.assert_allclose(rows @ rows.T, np.eye(K), atol=1e-5)
    basis = np.linalg.qr(rows.T)[0]
    angles = np.linalg.svd(basis.T @ toy.axes[:K].numpy().T, compute_uv=False)
    assert angles.min() >= 0.95
    assert min(direction.measured["recognised"] for direction in found.directions) > 0.6


def test_orthonormal_columns_are_those_of_gram_schmidt():
    """With one sign, whatever the linear algebra library gives: else a step could turn them."""
    latents = run(survey(PlantedGenerator(), "auto", "all"))
    model = voynov_babenko.Columns(VoynovOptions(count=5, form="orthonormal"), latents, seed=0)
    matrix, columns = model.matrix.detach(), model.columns().detach()
    torch.testing.assert_close(columns.T @ columns, torch.eye(5))
    by_hand = []
    for column in matrix.T:
        left = column - sum((one @ column * one for one in by_hand), torch.zeros(len(column)))
        by_hand.append(left / left.norm())
    torch.testing.assert_close(columns.T, torch.stack(by_hand))


def test_linear_columns_keep_the_lengths_they_learn():
    toy = PlantedGenerator()
    task = game("voynov", toy, form="linear")
    torch.testing.assert_close(task.deformator.columns().norm(dim=0), torch.ones(4))
    with torch.no_grad():
        task.deformator.matrix *= torch.tensor([0.5, 1.0, 2.0, 3.0])
    found = {d.id: d for d in task.found({}, 1).directions}
    units = [found[f"voynov-babenko-{k}"].unit for k in range(4)]
    np.testing.assert_allclose(units, [0.5, 1.0, 2.0, 3.0], rtol=1e-5)
    z, _ = task.latents.start(0, 0, 4)
    moved = task.deformator(z, torch.arange(4), torch.full((4,), 2.0)) - z
    for k, row in enumerate(moved):
        walked = 2.0 * units[k] * found[f"voynov-babenko-{k}"].vector
        np.testing.assert_allclose(row.detach(), walked, atol=1e-5)


def lately(judge, steps):
    """Loss and accuracy of the last steps of a game whose directions stay as they are."""
    options = VoynovOptions(
        count=K, steps=steps, batch=16, rate=1e-8, judge_rate=0.003, reconstructor=judge
    )
    job = voynov_babenko.discover(PlantedGenerator(quiet=True), options)
    losses = [s.preview.losses for s in job if s.preview]
    return [np.mean([loss[name] for loss in losses[-10:]]) for name in ("loss", "accuracy")]


def test_a_published_judge_learns_to_recognise():
    first, _ = lately("lenet", 10)
    last, accuracy = lately("lenet", 60)
    assert last < 0.8 * first
    assert accuracy > 0.5


def test_the_judge_of_differences_learns_sooner():
    """Of the same walks; what they look like side by side takes the published one longer."""
    assert lately("difference", 60)[1] > max(0.95, lately("lenet", 60)[1] + 0.1)


@pytest.mark.parametrize("name", METHODS)
def test_a_resumed_run_is_the_uninterrupted_one(name, tmp_path):
    module, options = METHODS[name]
    steps = [s.preview for s in module.discover(PlantedGenerator(), options) if s.preview]
    job = module.discover(PlantedGenerator(), options)
    for step in job:
        if step.preview and step.preview.step == 3:
            step.preview.snapshot().save(tmp_path / "run")
            job.close()
    state = RunState.load(tmp_path / "run")
    rest = [
        s.preview for s in module.discover(PlantedGenerator(), options, state=state) if s.preview
    ]
    assert [p.losses for p in rest] == [p.losses for p in steps[3:]]


@pytest.mark.parametrize("side", [8, 28, 32, 64, 100])
@pytest.mark.parametrize("kind", ["difference", "lenet", "resnet18"])
def test_judges_read_any_size(kind, side):
    judge = reconstructors.Reconstructor(kind, channels=1, count=5)
    pictures = torch.randn(3, 1, side, side)
    scores, size = judge(pictures, pictures, torch.arange(3))
    assert scores.shape == (3, 5)
    assert size.shape == (3,)


def test_resnet18_is_the_published_one():
    """11,176,512 weights for three channels without the classifier (torchvision's count)."""
    assert sum(p.numel() for p in reconstructors.ResNet18(3).parameters()) == 11_176_512


def test_small_pictures_are_padded_all_round():
    padded = reconstructors.fit(torch.ones(1, 1, 28, 27), 32)
    assert padded.shape == (1, 1, 32, 32)
    assert padded.sum() == 28 * 27
    assert padded[0, 0, 2:30, 2:29].min() == 1


@pytest.mark.parametrize(
    ("name", "side", "kind"),
    [
        ("auto", 32, "lenet"),
        ("auto", 64, "resnet18"),
        ("lenet", 64, "lenet"),
        ("resnet18", 8, "resnet18"),
        ("difference", 64, "difference"),
    ],
)
def test_auto_takes_lenet_for_small_pictures(name, side, kind):
    info = PlantedGenerator().info
    object.__setattr__(info, "resolution", side)
    assert reconstructors.choose(name, info) == kind


def test_voynov_sizes_keep_to_their_limits():
    task = game("voynov", PlantedGenerator())
    sizes = torch.cat([task.draw(step, 500)[1] for step in range(10)])
    assert 5.9 < sizes.abs().max() <= 6
    assert sizes.abs().min() == 0.5
    assert (sizes == 0.5).sum() > 100  # short walks are lengthened, not thrown away
    assert abs((sizes > 0).float().mean() - 0.5) < 0.03


def test_warped_sizes_are_even_in_sign():
    task = game("warped", PlantedGenerator())
    sizes = torch.cat([task.draw(step, 500)[1] for step in range(10)])
    assert 0.25 <= sizes.abs().min() < 0.252
    assert 0.448 < sizes.abs().max() <= 0.45
    assert abs((sizes > 0).float().mean() - 0.5) < 0.03


def test_lengths_in_w_are_in_mean_deviations():
    toy = PlantedGenerator(mapped=True)
    scale = run(survey(toy, "auto", "all")).scale
    for name in METHODS:
        task = game(name, toy)
        w, _ = task.latents.start(0, 0, 6)
        size = torch.full((6,), 0.4)
        moved = task.deformator(w, torch.arange(6) % 4, size)
        lengths = (moved - w).norm(dim=1)
        torch.testing.assert_close(lengths, 0.4 * scale * torch.ones(6), rtol=1e-4, atol=0)


def test_initialising_a_judge_leaves_the_global_generator_alone():
    torch.manual_seed(5)
    expected = torch.rand(3)
    torch.manual_seed(5)
    first = game("voynov", PlantedGenerator())
    assert torch.equal(torch.rand(3), expected)
    second = game("voynov", PlantedGenerator())
    for a, b in zip(first.parameters(), second.parameters(), strict=True):
        assert torch.equal(a, b)


@pytest.mark.parametrize(
    ("module", "options", "word"),
    [
        (voynov_babenko, VoynovOptions(count=17, form="orthonormal"), "at most 16"),
        (voynov_babenko, VoynovOptions(least=7.0), "least can't be more"),
        (voynov_babenko, VoynovOptions(reconstructor="vgg"), "reconstructor"),
        (warpedganspace, WarpedOptions(least=0.5), "least can't be more"),
        (warpedganspace, WarpedOptions(space="w"), "no mapping network"),
        (warpedganspace, WarpedOptions(count=1), "count"),
    ],
)
def test_wrong_options_get_a_sentence(module, options, word):
    with pytest.raises(OptionError, match=word):
        run(module.discover(PlantedGenerator(), options))


def test_more_directions_than_dimensions_are_at_any_angle():
    toy = PlantedGenerator()
    options = options_for("voynov-babenko", toy.info, [f"count={DIM + 4}", "steps=1", "batch=4"])
    assert options.form == "unit"
    assert len(run(voynov_babenko.discover(toy, options))) == DIM + 4
    assert options_for("voynov-babenko", toy.info, [f"count={DIM}"]).form == "orthonormal"
    assert options_for("voynov-babenko", toy.info, []).form == "unit"  # 20 by default, of 16
