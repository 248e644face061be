"""Training loops as their publications have them, to measure ours against.

Every picture is made in full with a graph behind it, masks are filled in sample by sample,
nothing is reused. Transcriptions of the published loops of Tzelepis et al. 2021 (WarpedGANSpace),
Voynov and Babenko 2020, and Li et al. 2021 (DP-LaSE).
"""

from collections.abc import Callable
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from latentstudio.discovery.latents import LatentSpace
from latentstudio.discovery.training import Run, Task, Trainer
from latentstudio.engine.generator import HasTaps

COUNT, DIPOLES = 20, 16
WARPED_BATCH, LASE_BATCH = 32, 16
"""What both methods take by default."""
Once = Callable[[int], None]


def ours(task: Task, method: str, options: Any, latents: LatentSpace) -> Once:
    """One step of the product's own trainer."""
    info = latents.generator.info
    trainer = Trainer(
        task, Run(method, info, options, 0, 10**6, options.batch, latents.generator.device), None
    )
    trainer._shown = float("inf")  # provisional directions are not what is timed

    def once(step: int) -> None:
        trainer.advance()

    return once


class PlainBlock(nn.Module):
    """A residual block of torch's own layers."""

    def __init__(self, inputs: int, outputs: int, stride: int) -> None:
        super().__init__()
        self.body = nn.Sequential(
            nn.Conv2d(inputs, outputs, 3, stride, 1, bias=False),
            nn.BatchNorm2d(outputs),
            nn.ReLU(inplace=True),
            nn.Conv2d(outputs, outputs, 3, 1, 1, bias=False),
            nn.BatchNorm2d(outputs),
        )
        self.shortcut = nn.Sequential()
        if stride > 1:
            project = nn.Conv2d(inputs, outputs, 1, stride, bias=False)
            self.shortcut = nn.Sequential(project, nn.BatchNorm2d(outputs))

    def forward(self, x: Tensor) -> Tensor:
        """(N, inputs, H, W) -> (N, outputs, H/stride, W/stride), rounded up."""
        return F.relu(self.body(x) + self.shortcut(x))


class PlainJudge(nn.Module):
    """ResNet-18 of torch's own layers on the pair of pictures side by side in channels."""

    def __init__(self, channels: int, count: int) -> None:
        super().__init__()
        stem = nn.Conv2d(2 * channels, 64, 7, 2, 3, bias=False)
        layers = [stem, nn.BatchNorm2d(64), nn.ReLU(inplace=True), nn.MaxPool2d(3, 2, 1)]
        for inputs, width in ((64, 64), (64, 128), (128, 256), (256, 512)):
            layers += [
                PlainBlock(inputs, width, 1 + (inputs != width)),
                PlainBlock(width, width, 1),
            ]
        self.body = nn.Sequential(*layers)
        self.which, self.how_far = nn.Linear(512, count), nn.Linear(512, 1)

    def forward(self, before: Tensor, after: Tensor) -> tuple[Tensor, Tensor]:
        """Two pictures (N, C, H, W) -> scores of the directions (N, count), and the amount (N,)."""
        seen = self.body(torch.cat([before, after], dim=1)).mean((2, 3))
        return self.which(seen), self.how_far(seen)[:, 0]


def plain_warped(latents: LatentSpace) -> Once:
    """Two pictures with graphs, a mask filled in a loop, all support sets multiplied by it."""
    dim = latents.dim
    support = torch.randn(COUNT, 2 * DIPOLES * dim, requires_grad=True)
    alphas = torch.tensor([1.0, -1.0]).repeat(COUNT, DIPOLES)
    log_gamma = torch.full((COUNT, 1), 1 / dim).log().requires_grad_()

    def sizes() -> Tensor:
        return (torch.rand(WARPED_BATCH) * 0.2 + 0.25) * torch.randn(WARPED_BATCH).sign()

    def moved(start: Tensor, which: Tensor, size: Tensor) -> Tensor:
        mask = _mask(which, torch.ones(WARPED_BATCH))
        rows = (mask @ support).view(WARPED_BATCH, 2 * DIPOLES, dim)
        weights, gammas = mask @ alphas, (mask @ log_gamma).exp()
        away = start[:, None] - rows
        bump = weights * gammas * torch.exp(-gammas * away.square().sum(2))
        gradient = -2 * (bump[..., None] * away).sum(1)
        steps: Tensor = size[:, None] * gradient / gradient.norm(dim=1, keepdim=True)
        return start + steps

    return _learned(latents, [support, log_gamma], sizes, moved)


def plain_voynov(latents: LatentSpace) -> Once:
    """The same game with straight directions: unit columns, shifts of 0.5 to 6."""
    matrix = torch.randn(latents.dim, COUNT, requires_grad=True)

    def sizes() -> Tensor:
        size = (torch.rand(WARPED_BATCH) * 2 - 1) * 6
        return torch.where(size.abs() < 0.5, 0.5 * size.sign(), size)

    def moved(start: Tensor, which: Tensor, size: Tensor) -> Tensor:
        shift = _mask(which, size) @ (matrix / matrix.norm(dim=0, keepdim=True)).T
        return start + latents.displacement(shift)

    return _learned(latents, [matrix], sizes, moved)


def _mask(which: Tensor, values: Tensor) -> Tensor:
    """(batch, COUNT), filled in a loop as the published code does."""
    mask = torch.zeros(len(which), COUNT)
    for row, index in enumerate(which):
        mask[row][index] += values[row]
    return mask


def _learned(
    latents: LatentSpace,
    parameters: list[Tensor],
    sizes: Callable[[], Tensor],
    moved: Callable[[Tensor, Tensor, Tensor], Tensor],
) -> Once:
    """The published loop: which way a latent was moved and how far, recognised and learned.

    Args:
        latents: Of the model.
        parameters: What moves latents.
        sizes: How far, (batch,).
        moved: Latents (batch, dim) moved along directions (batch,) so far (batch,).
    """
    generator = latents.generator
    judge = PlainJudge(generator.info.channels, COUNT)
    first = torch.optim.Adam(parameters, lr=1e-4)
    second = torch.optim.Adam(judge.parameters(), lr=1e-4)

    def once(step: int) -> None:
        first.zero_grad()
        second.zero_grad()
        start, _ = latents.start(0, step, WARPED_BATCH)
        which, size = torch.randint(0, COUNT, [WARPED_BATCH]), sizes()
        before = generator.synthesize(generator.broadcast(start))
        after = generator.synthesize(generator.broadcast(moved(start, which, size)))
        scores, guess = judge(before, after)
        loss = F.cross_entropy(scores, which) + 0.25 * (guess - size).abs().mean()
        loss.backward()
        first.step()
        second.step()
        _ = (scores.argmax(1) == which).float().mean().item(), loss.item()

    return once


def plain_dp_lase(latents: LatentSpace, tap: str) -> Once:
    """Three full passes, of which the features at one layer are kept."""
    generator = latents.generator
    d0 = torch.randn(COUNT, latents.dim, requires_grad=True)
    optimiser = torch.optim.Adam([d0], lr=1e-4)

    def features(latent: Tensor) -> Tensor:
        kept: list[Tensor] = []

        def keep(found: Tensor) -> Tensor:
            kept.append(found)
            return found

        assert isinstance(generator, HasTaps)
        generator.synthesize_with(generator.broadcast(latent), {tap: keep})
        return kept[0]

    def once(step: int) -> None:
        optimiser.zero_grad()
        start, _ = latents.start(0, step, LASE_BATCH)
        directions = d0 / d0.norm(dim=1, keepdim=True)
        i, j = torch.randint(0, COUNT, [2, LASE_BATCH])
        t = (torch.rand(LASE_BATCH) * 2 - 1) * 6
        still = features(start)
        deltas = []
        for index in (i, j):
            mask = torch.zeros(LASE_BATCH, COUNT)
            for row, chosen in enumerate(index):
                mask[row][chosen] += 1.0
            shift = latents.displacement(t[:, None] * (mask @ directions))
            deltas.append(features(latents.on_shell(start, shift)) - still)
        change = deltas[0].square().mean() + deltas[1].square().mean()
        cosine = F.cosine_similarity(deltas[0].flatten(2), deltas[1].flatten(2), dim=2)
        loss = -change + 0.1 * cosine.square().mean()
        loss.backward()  # type: ignore[no-untyped-call]
        optimiser.step()
        with torch.no_grad():
            for k in range(COUNT):
                for above in range(k):
                    d0[k] -= (d0[k] @ d0[above]) / (d0[above] @ d0[above]) * d0[above]

    return once
