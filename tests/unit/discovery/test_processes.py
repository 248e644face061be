"""Two processes make the step of one that has both their batches."""

import subprocess
import sys
from pathlib import Path

import pytest
import safetensors.torch
import torch
from torch import nn

from latentstudio.discovery import processes
from latentstudio.discovery.reconstructor_layers import BatchNorm2d, Conv2d
from tests.toys import shared_steps

TOLERANCE = {"dp-lase": 1e-6, "subspace": 1e-6, "resnet18": 1e-9, "voynov": 3e-5, "warped": 3e-5}
"""Largest difference over the largest number: single precision, the second one double."""


def torchrun(*argv):
    """Start two processes as `torchrun --nproc_per_node=2 -m` does."""
    launch = [sys.executable, "-m", "torch.distributed.run", "--nproc_per_node=2", "-m"]
    here = Path(__file__).parents[3]
    return subprocess.run([*launch, *map(str, argv)], cwd=here, capture_output=True, check=False)


@pytest.fixture(scope="module")
def both(tmp_path_factory):
    """The steps of two processes with a batch of 4, and of one with a batch of 8."""
    path = tmp_path_factory.mktemp("steps") / "two.safetensors"
    done = torchrun("tests.toys.shared_steps", path, 4)
    assert done.returncode == 0, done.stderr.decode()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("latentstudio.discovery.latents.SAMPLES", shared_steps.SURVEY)
        one = shared_steps.everything(8)
    return safetensors.torch.load_file(path), one


@pytest.mark.parametrize("task", shared_steps.NAMES)
def test_two_processes_make_the_step_of_one(both, task):
    two, one = ({n: t for n, t in side.items() if n.startswith(f"{task}:")} for side in both)
    assert two.keys() == one.keys()
    assert any(": grad " in name for name in one)
    most = TOLERANCE[task.split(",")[0]]
    for name, expected in one.items():
        scale = expected.double().abs().max().clamp_min(1e-12)
        worst = (two[name].double() - expected.double()).abs().max() / scale
        assert worst <= most, (name, worst.item())


def test_alone_a_process_is_a_group_of_one():
    x = torch.randn(3, requires_grad=True)
    assert (processes.count(), processes.rank()) == (1, 0)
    assert processes.share(5) == (5, slice(0, None, 1))
    assert processes.summed(x) is x
    assert processes.shared(b"a", x.device) == b"a"
    kept = x.detach().clone()
    processes.average([x.detach()])
    assert torch.equal(x, kept)


class Half:
    """Stands in for the other process: it has the same pictures."""

    def __init__(self, monkeypatch):
        monkeypatch.setattr(processes, "count", lambda: 2)
        monkeypatch.setattr(processes, "summed", lambda x: 2 * x)


def test_batch_norm_over_processes_is_batch_norm(monkeypatch):
    x = torch.randn(4, 3, 5, 5, generator=torch.Generator().manual_seed(0)) * 3 + 2
    ours, theirs = BatchNorm2d(3), nn.BatchNorm2d(3)
    expected = theirs(torch.cat([x, x]))[:4]
    Half(monkeypatch)
    torch.testing.assert_close(ours(x), expected)
    for name, buffer in theirs.named_buffers():
        torch.testing.assert_close(ours.get_buffer(name), buffer)
    torch.testing.assert_close(ours.eval()(x), theirs.eval()(x))


@pytest.mark.parametrize(("size", "stride", "side"), [(3, 1, 2), (3, 2, 4), (3, 1, 1), (1, 2, 4)])
def test_a_convolution_of_small_maps_is_a_convolution(size, stride, side):
    conv = Conv2d(6, 5, size, stride, size // 2)
    x = torch.randn(4, 6, side, side, generator=torch.Generator().manual_seed(0))
    results = []
    for function in (conv, lambda x: nn.Conv2d.forward(conv, x)):
        conv.zero_grad()
        given = x.clone().requires_grad_()
        found = function(given)
        found.square().sum().backward()
        results.append((found, given.grad, conv.weight.grad))
    for ours, theirs in zip(*results, strict=True):
        torch.testing.assert_close(ours, theirs)


def test_a_pair_is_convolved_as_if_it_lay_side_by_side():
    conv = Conv2d(6, 5, 5, 2, 2)
    before, after = torch.randn(2, 3, 9, 9), torch.randn(4, 3, 9, 9)
    place = torch.tensor([1, 0, 1, 1])
    expected = conv(torch.cat([before[place], after], dim=1))
    torch.testing.assert_close(conv.on_pair(before, after, place), expected)
