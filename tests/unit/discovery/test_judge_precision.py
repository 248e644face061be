"""The judge in half precision: chosen where it is faster, exact where it matters, learns alike."""

import dataclasses

import pytest
import torch
import torch.nn.functional as F

from latentstudio.core.progress import run
from latentstudio.discovery import deformator, voynov_babenko
from latentstudio.discovery.latents import survey
from latentstudio.discovery.reconstructors import Reconstructor
from latentstudio.discovery.voynov_babenko import VoynovOptions
from tests.toys.planted import PlantedGenerator

CPU = torch.device("cpu")


def judge(dtype):
    """The same weights for every type."""
    torch.manual_seed(0)
    return Reconstructor("resnet18", 1, 5, dtype)


def pair():
    """Pictures that differ little, as those of a walk do: (4, 1, 64, 64) and (8, 1, 64, 64)."""
    torch.manual_seed(1)
    before, place = torch.randn(4, 1, 64, 64), torch.arange(8) % 4
    return before, before[place] + 0.1 * torch.randn(8, 1, 64, 64), place


@pytest.mark.parametrize(
    ("wanted", "fast", "dtype"),
    [
        ("auto", ("float32", "bfloat16"), torch.bfloat16),
        ("auto", ("float32", "float16", "bfloat16"), torch.bfloat16),
        ("auto", ("float32", "float16"), torch.float32),
        ("auto", ("float32",), torch.float32),
        ("full", ("float32", "bfloat16"), torch.float32),
        ("half", ("float32",), torch.bfloat16),
    ],
)
def test_auto_is_half_where_the_device_is_fast_in_it(monkeypatch, wanted, fast, dtype):
    monkeypatch.setattr(deformator, "precisions", lambda device: fast)
    assert deformator.reconstructor_dtype(wanted, CPU) == dtype
    latents = run(survey(PlantedGenerator(), "auto", "all"))
    options = VoynovOptions(count=4, reconstructor="resnet18", judge_precision=wanted)
    task, seen = voynov_babenko.build(latents, options, 0), []
    inner = task.reconstructor.body.blocks[0].conv1
    inner.register_forward_hook(lambda module, given, made: seen.append(made.dtype))
    task.losses(0, 4)
    assert seen == [dtype]


def test_stem_and_answers_are_exact():
    network, seen = judge(torch.bfloat16), []
    for module in (network.body.norm, network.body.blocks[-1], network.which, network.how_far):
        module.register_forward_hook(lambda module, given, made: seen.append(made.dtype))
    network(*pair())
    assert seen == [torch.float32, torch.bfloat16, torch.float32, torch.float32]


def test_gradients_agree_with_those_of_full_precision():
    def gradients(dtype):
        network, (before, after, place) = judge(dtype), pair()
        after.requires_grad_()
        scores, size = network(before, after, place)
        (F.cross_entropy(scores, place) + size.abs().mean()).backward()
        assert {p.grad.dtype for p in network.parameters()} == {torch.float32}
        return after.grad.flatten(), torch.cat([p.grad.flatten() for p in network.parameters()])

    for half, full in zip(gradients(torch.bfloat16), gradients(torch.float32), strict=True):
        assert not torch.equal(half, full)
        assert F.cosine_similarity(half, full, dim=0) > 0.9


def test_a_run_from_before_the_option_goes_on():
    options = VoynovOptions(count=4, steps=2, batch=4)
    job = voynov_babenko.discover(PlantedGenerator(), options)
    state = next(step.preview.snapshot() for step in job if step.preview)
    job.close()
    kept = {k: v for k, v in state.options.items() if k != "judge_precision"}
    old = dataclasses.replace(state, options=kept)
    assert run(voynov_babenko.discover(PlantedGenerator(), options, state=old)).directions
