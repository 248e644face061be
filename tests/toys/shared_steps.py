"""What several processes compute together, to be compared with one that has their batch.

    python -m tests.toys.shared_steps FILE BATCH

as torch's launcher starts it; process 0 writes losses, gradients and buffers of one step of every
task to FILE.
"""

import sys
from pathlib import Path

import numpy as np
import safetensors.torch
import torch

from latentstudio.core.progress import run
from latentstudio.discovery import (
    dp_lase,
    dp_lase_subspace,
    latents,
    processes,
    voynov_babenko,
    warpedganspace,
)
from latentstudio.discovery.latents import survey
from latentstudio.discovery.reconstructors import Reconstructor
from latentstudio.document.direction import Direction, Linear
from tests.toys.planted import PlantedGenerator

SURVEY = 4096
NAMES = (
    "dp-lase, map",
    "dp-lase, row",
    "dp-lase, styles",
    "subspace",
    "resnet18",
    "voynov, lenet",
    "warped, lenet",
)


def tasks():
    """What is compared, by the names above: functions that make it."""
    toy, mapped = PlantedGenerator(), PlantedGenerator(mapped=True)
    plain, styled = run(survey(toy, "auto", "all")), run(survey(mapped, "auto", "all"))
    lase = {"count": 4}
    game = {"count": 4, "reuse": 2}
    return {
        "dp-lase, map": lambda: dp_lase.DpLase(plain, lase_options("late", **lase), 0),
        "dp-lase, row": lambda: dp_lase.DpLase(plain, lase_options("early", **lase), 0),
        "dp-lase, styles": lambda: dp_lase.DpLase(styled, lase_options("styles", **lase), 0),
        "subspace": lambda: subspace(plain, toy),
        "resnet18": Judge,
        "voynov, lenet": lambda: voynov_babenko.build(
            styled, voynov_babenko.VoynovOptions(reconstructor="lenet", **game), 0
        ),
        "warped, lenet": lambda: warpedganspace.build(
            plain, warpedganspace.WarpedOptions(reconstructor="lenet", dipoles=3, **game), 0
        ),
    }


class Judge:
    """The larger reconstructor by itself, in double precision.

    In its last stage a batch is a handful of numbers per channel, and rounding in single
    precision decides on which side of a ReLU some of them are.
    """

    def __init__(self):
        torch.manual_seed(0)
        self.module = Reconstructor("resnet18", channels=1, count=4).double()

    def losses(self, step, batch):
        rng = torch.Generator().manual_seed(step)
        total, ours = processes.share(batch)
        pictures = torch.randn(2, total, 1, 32, 32, generator=rng, dtype=torch.float64)[:, ours]
        scores, size = self.module(*pictures, torch.arange(batch))
        return {"loss": scores.logsumexp(1).mean() + (size - 1).abs().mean()}


def lase_options(layer, **more):
    return dp_lase.DpLaseOptions(layer=layer, square=0.5, straighten=False, **more)


def subspace(space, toy):
    direction = Direction("d", "D", space.space, Linear(toy.axes[0].numpy().astype(np.float32)))
    options = dp_lase_subspace.SubspaceOptions(groups=3, layer="early")
    return dp_lase_subspace.SelfExpression(space, options, 0, direction, "early")


def step(task, batch):
    """Losses, gradients and buffers of one step, as the trainer makes it."""
    whole = task.losses(5, batch)
    whole["loss"].backward()
    gradients = {n: p.grad for n, p in task.module.named_parameters() if p.grad is not None}
    losses = {n: loss.detach().clone() for n, loss in whole.items()}
    processes.average([*losses.values(), *gradients.values()])
    parts = {"loss": losses, "grad": gradients, "buffer": dict(task.module.named_buffers())}
    return {
        f"{kind} {name}": tensor.detach().clone()
        for kind, part in parts.items()
        for name, tensor in part.items()
        if not name.endswith("shift")
    }


def everything(batch):
    """The step of every task: tensors by task and name."""
    return {
        f"{task}: {name}": tensor
        for task, make in tasks().items()
        for name, tensor in step(make(), batch).items()
    }


def main(path, batch):
    latents.SAMPLES = SURVEY
    with processes.group(torch.device("cpu")):
        found = everything(batch)
        if processes.rank() == 0:
            safetensors.torch.save_file(found, path)


if __name__ == "__main__":
    torch.set_num_threads(1)
    main(Path(sys.argv[1]), int(sys.argv[2]))
