"""Learning a deformator with a reconstructor: which direction was walked, and how far.

Voynov & Babenko, ICML 2020, "Unsupervised Discovery of Interpretable Directions in the GAN
Latent Space", section 3.1; WarpedGANSpace does it with curved paths. Directions that are easy
to tell apart are learned together with the network that tells them apart. Symbols:

* k: which direction (`which`); epsilon: how far, signed (`size`);
* R: the reconstructor; L_cl: cross entropy of k; L_r: mean absolute error of epsilon;
* loss = lambda_cl L_cl + lambda_r L_r (`which_weight`, `size_weight`).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from latentstudio.core.options import option
from latentstudio.core.progress import Job, part
from latentstudio.discovery import fitting, processes
from latentstudio.discovery.fitting import Fields, Setting
from latentstudio.discovery.latents import LatentSpace, survey
from latentstudio.discovery.reconstructors import DIFFERENCE_SIDE, Reconstructor, choose
from latentstudio.discovery.running_means import RunningMean
from latentstudio.discovery.state import RunState
from latentstudio.discovery.training import Run, train
from latentstudio.document.direction import DirectionSet
from latentstudio.engine.early_pictures import (
    EarlyPictures,
    early_pictures,
    is_large,
    with_head,
)
from latentstudio.engine.generator import Generator
from latentstudio.engine.precision import precisions
from latentstudio.engine.pushforward import SIDE

Sizes = Callable[[np.random.Generator, int], np.ndarray[Any, np.dtype[np.float64]]]
"""Draws that many signed sizes."""

HEAD = "early"
"""What the preview head's tensors are called in a run's state."""


@dataclass(frozen=True, slots=True)
class DeformatorOptions:
    """What both methods let be set; the defaults are the published ones.

    But for the judge, its rate, and walks that share a picture: see `docs/figures/find.md`.
    """

    count: int = option(20, "Directions", "How many to find.", low=2, high=4096)
    steps: int = option(
        10_000, "Steps", "How long to learn. It can be stopped early.", low=1, high=10_000_000
    )
    layers: str = option(
        "all", "Layers", "Layers of a StyleGAN to change: all, one, or a range such as 4-7."
    )
    space: str = option(
        "auto", "Space", "Where directions live; auto is best.", choices=("auto", "z", "w")
    )
    reconstructor: str = option(
        "difference",
        "Judge",
        "The network that tells directions apart. ‘difference’ sees what a walk has changed and "
        "learns soonest; the others see both pictures, as published, where auto takes LeNet for "
        "pictures up to 32 pixels, else ResNet-18.",
        choices=("difference", "auto", "resnet18", "lenet"),
        advanced=True,
    )
    which_weight: float = option(
        1.0,
        "Which one",
        "Weight of telling directions apart (λ of the cross entropy).",
        low=0.0,
        high=1000.0,
        advanced=True,
    )
    size_weight: float = option(
        0.25,
        "How far",
        "Weight of telling how far it went (λ of the absolute error).",
        low=0.0,
        high=1000.0,
        advanced=True,
    )
    looks_at: str = option(
        "auto",
        "Judge looks at",
        "‘early’ shows the judge small pictures, read in the middle of the network: many times "
        "faster. ‘whole’ shows what the network draws. auto takes early above 128 pixels, and for "
        "the judge of differences, which sees 16 pixels a side.",
        choices=("auto", "early", "whole"),
        advanced=True,
    )
    judge_precision: str = option(
        "auto",
        "Judge’s precision",
        "auto lets a large judge compute in half precision where this device is faster in it.",
        choices=("auto", "full", "half"),
        advanced=True,
    )
    rate: float = option(
        1e-4,
        "Learning rate",
        "Of the directions. Larger learns faster and less surely.",
        low=1e-8,
        high=1.0,
        advanced=True,
    )
    judge_rate: float = option(
        3e-4, "Judge’s learning rate", "Of the judge.", low=1e-8, high=1.0, advanced=True
    )
    batch: int = option(
        32, "Walks at a time", "More is steadier and slower.", low=2, high=4096, advanced=True
    )
    reuse: int = option(
        4,
        "Walks from one picture",
        "How many walks start from the same picture. 1 is as published; more is faster.",
        low=1,
        high=64,
        advanced=True,
    )


def fit(fields: Fields, setting: Setting) -> Fields:
    """The spaces that this model has, and fewer steps on a processor."""
    return fitting.steps(fitting.spaces(fields, setting), setting)


class DeformatorTask(nn.Module):
    """Deformator and reconstructor, learned together."""

    def __init__(
        self,
        latents: LatentSpace,
        options: DeformatorOptions,
        seed: int,
        deformator: nn.Module,
        sizes: Sizes,
        describe: Callable[["DeformatorTask", Mapping[str, float], int], DirectionSet],
        early: EarlyPictures | None = None,
    ) -> None:
        super().__init__()
        self.latents, self.options, self.seed = latents, options, seed
        self._early = early
        if early is not None and early.head is not None:
            # Buffers, so that a run that goes on sees what it saw.
            self.register_buffer(f"{HEAD}_weight", early.head.weight)
            self.register_buffer(f"{HEAD}_bias", early.head.bias)
        self._sizes, self._describe = sizes, describe
        info, device = latents.generator.info, latents.generator.device
        kind = choose(options.reconstructor, info)
        # torch initialises layers from its global generator: lend it ours and give it back.
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(seed)
            dtype = reconstructor_dtype(options.judge_precision, device)
            self.reconstructor = Reconstructor(kind, info.channels, options.count, dtype).to(device)
        self.deformator = deformator.to(device)
        self.strength = RunningMean(options.count).to(device)
        self.recognised = RunningMean(options.count).to(device)

    @property
    def module(self) -> nn.Module:
        return self

    def groups(self) -> list[dict[str, Any]]:
        deformator = [p for p in self.deformator.parameters() if p.requires_grad]
        return [
            {"params": deformator, "lr": self.options.rate},
            {"params": list(self.reconstructor.parameters()), "lr": self.options.judge_rate},
        ]

    def losses(self, step: int, batch: int) -> dict[str, Tensor]:
        """lambda_cl L_cl + lambda_r L_r, and the share of directions recognised.

        Scalars () by name: ``loss``, ``which``, ``size`` and ``accuracy``, the last from 0 to 1.
        """
        total, ours = processes.share(batch)
        which, size = (drawn[ours] for drawn in self.draw(step, total))
        before, after, place = self.pictures(step, which, size)
        scores, guess = self.reconstructor(before, after, place)
        cross_entropy = F.cross_entropy(scores, which)
        error = F.l1_loss(guess, size)
        right = (scores.argmax(1) == which).float()
        change = (after.detach() - before[place]).flatten(1).square().mean(1)
        self.strength.add(which, change, size.square())
        self.recognised.add(which, right, torch.ones_like(right))
        options = self.options
        loss = options.which_weight * cross_entropy + options.size_weight * error
        return {"loss": loss, "which": cross_entropy, "size": error, "accuracy": right.mean()}

    def constrain(self) -> None:
        """Nothing to put right: the deformators keep their form by themselves."""

    def found(self, losses: Mapping[str, float], step: int) -> DirectionSet:
        return self._describe(self, losses, step)

    def draw(self, step: int, batch: int) -> tuple[Tensor, Tensor]:
        """Which direction (batch,) and how far (batch,)."""
        rng = np.random.default_rng([self.seed, step, 1])
        device = self.latents.mean.device
        which = torch.from_numpy(rng.integers(self.options.count, size=batch)).to(device)
        return which, torch.from_numpy(self._sizes(rng, batch)).float().to(device)

    def pictures(self, step: int, which: Tensor, size: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Before (n, C, H, W), after (N, C, H, W), and which of the first each came from (N,).

        The unshifted pictures are made once, without a graph, and serve `reuse` walks each; a
        gradient flows through the others only.
        """
        latents = self.latents
        total, ours = processes.share(len(which))
        starts = -(-total // self.options.reuse)
        rows = torch.arange(total, device=size.device)[ours] % starts
        needed, place = torch.unique(rows, return_inverse=True)
        start, classes = latents.start(self.seed, step, starts, needed)
        look = self._early or latents.generator.synthesize
        with torch.no_grad():
            before = look(latents.codes(start, start, classes), classes)
        start, classes = start[place], None if classes is None else classes[place]
        moved = self.deformator(start, which, size)
        after = look(latents.codes(moved, start, classes), classes)
        return before, after, place


Build = Callable[[LatentSpace, EarlyPictures | None], DeformatorTask]
"""Makes a game of a space, with what its judge looks at; None for whole pictures."""


def reconstructor_dtype(name: str, device: torch.device) -> torch.dtype:
    """Number type of the reconstructor; half is bfloat16, whose range needs no loss scaling."""
    fast = "bfloat16" in precisions(device)
    half = name == "half" or (name == "auto" and fast)
    return torch.bfloat16 if half else torch.float32


@torch.no_grad()
def learn(
    generator: Generator,
    method: str,
    options: DeformatorOptions,
    seed: int,
    state: RunState | None,
    build: Build,
) -> Job[DirectionSet]:
    """Survey the space, build the game and train it; goes on from `state` where one is given."""
    latents = yield from part(survey(generator, options.space, options.layers), 0.0, 0.01)
    early = yield from part(judged_pictures(latents, options, state), 0.01, 0.02)
    run = Run(method, generator.info, options, seed, options.steps, options.batch, generator.device)
    found = yield from part(train(build(latents, early), run, state), 0.02, 1.0)
    return found


def judged_pictures(
    latents: LatentSpace, options: DeformatorOptions, state: RunState | None
) -> Job[EarlyPictures | None]:
    """What the judge looks at: small pictures read early, or None for what the network draws.

    A run that goes on has the head in its state; one that was begun before there were such heads
    goes on with whole pictures.
    """
    large, small = is_large(latents.generator.info), options.reconstructor == "difference"
    if options.looks_at == "whole" or (options.looks_at == "auto" and not large and not small):
        return None
    side = DIFFERENCE_SIDE if small else SIDE
    if state is None:
        return (yield from early_pictures(latents.generator, side, latents.layers))
    if "looks_at" not in state.options:
        return None
    weight, bias = (state.tensors.get(f"module.{HEAD}_{part}") for part in ("weight", "bias"))
    return with_head(latents.generator, latents.layers, weight, bias, side)
