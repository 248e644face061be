"""Does a discriminator's score tell broken pictures? Trains one for the built-in model and asks.

    python -m tests.benchmarks.discriminator_needle FOLDER FRAMES.rgb [--seconds 300] [--skip 3000]

Published generators come without theirs, so one is trained as they are: portraits drawn by the
recipe (8-bit RGB frames of 64 pixels, see packaging/portraits) against the model's own pictures,
non-saturating loss, R1 every 16 steps; convolutions of stride 2, as a DCGAN's. Every tenth of the
time it judges the walks that `walk_pictures` made, so that later stages can be told from early
ones; `broken_pictures` reads what is left in FOLDER.
"""

import argparse
import time
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional as nnf

from latentstudio.engine.generator import Generator
from latentstudio.engine.priors import draw_z
from tests.benchmarks.broken_pictures import read
from tests.benchmarks.walk_pictures import BATCH, Arrays, opened, write

WIDTHS = (32, 64, 128, 256)
HALF, RATE, R1, EVERY, SIDE, WALKS = 16, 2e-4, 1.0, 16, 64, 400


def network() -> nn.Sequential:
    """Pictures (N, 3, 64, 64) to (N, 1); higher is more like a drawn one."""
    layers: list[nn.Module] = []
    before = 3
    for width in WIDTHS:
        layers += [nn.Conv2d(before, width, 4, 2, 1), nn.LeakyReLU(0.2)]
        before = width
    return nn.Sequential(*layers, nn.Flatten(), nn.Linear(before * 16, 1))


def step(d: nn.Module, adam: torch.optim.Adam, real: Tensor, fake: Tensor, number: int) -> float:
    """One step; gives the share that it told right."""
    real.requires_grad_(number % EVERY == 0)
    on_real, on_fake = d(real), d(fake)
    loss = nnf.softplus(on_fake).mean() + nnf.softplus(-on_real).mean()
    if number % EVERY == 0:
        (slope,) = torch.autograd.grad(on_real.sum(), real, create_graph=True)
        loss = loss + EVERY * R1 / 2 * slope.square().sum((1, 2, 3)).mean()
    adam.zero_grad()
    loss.backward()
    adam.step()
    return float(((on_real > 0).float().mean() + (on_fake < 0).float().mean()) / 2)


@torch.no_grad()
def pictures(generator: Generator, codes: Tensor) -> NDArray[np.uint8]:
    """As 8-bit RGB, (N, 3, H, W), so that they are no other than the drawn ones in that."""
    parts = [generator.synthesize(part) for part in codes.split(BATCH)]
    made = (torch.cat(parts).clamp(-1, 1) * 127.5 + 127.5).round()
    return made.to(torch.uint8).numpy()


def _as_input(some: NDArray[np.uint8]) -> Tensor:
    return torch.from_numpy(some).float() / 127.5 - 1


@torch.no_grad()
def _scores(d: nn.Module, some: NDArray[np.uint8]) -> NDArray[np.float32]:
    parts = [d(_as_input(part))[:, 0] for part in np.array_split(some, len(some) // 100 + 1)]
    found: NDArray[np.float32] = torch.cat(parts).numpy()
    return found


def make(folder: Path, frames: Path, seconds: float, skip: int) -> None:
    """Train, and write the scores of each stage."""
    generator = opened("portraits").generator
    real = np.memmap(frames, np.uint8, "r")
    real = real[: len(real) // (SIDE * SIDE * 3) * SIDE * SIDE * 3].reshape(-1, SIDE, SIDE, 3)
    drawn = real[skip:].transpose(0, 3, 1, 2)
    rng = np.random.default_rng(0)
    torch.manual_seed(0)
    fakes = pictures(generator, generator.broadcast(generator.map(draw_z(generator, 3000, rng))))
    walks = read(folder, "walks")
    asked = np.flatnonzero((walks["layers"] < 0.5) & (walks["walk"] < WALKS))
    codes = torch.from_numpy(walks["code"][asked].astype(np.float32))
    judged = pictures(generator, generator.broadcast(codes))
    d = network()
    adam = torch.optim.Adam(d.parameters(), RATE, betas=(0.0, 0.99))
    found: Arrays = {"row": asked.astype(np.float32)}
    told: list[float] = []
    began, number, stage = time.process_time(), 0, 0
    while stage < 10:
        rows = (rng.integers(0, len(some), HALF) for some in (drawn, fakes))
        both = [
            _as_input(np.ascontiguousarray(some[np.sort(row)]))
            for some, row in zip((drawn, fakes), rows, strict=True)
        ]
        told.append(step(d, adam, both[0], both[1], number))
        number += 1
        if time.process_time() - began > seconds * (stage + 1) / 10:
            stage += 1
            found[f"stage {stage}"] = _scores(d, judged)
            own, others = (_scores(d, some[-500:]) for some in (np.array(drawn), fakes))
            print(  # noqa: T201
                f"stage {stage}: {number} steps, told right {np.mean(told[-100:]):.3f}; "
                f"drawn {own.mean():.2f} ± {own.std():.2f}, made {others.mean():.2f} ± "
                f"{others.std():.2f}",
                flush=True,
            )
    write(folder / "discriminator-00000.npz", [found])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("frames", type=Path)
    parser.add_argument("--seconds", type=float, default=300.0, help="of processor time")
    parser.add_argument("--skip", type=int, default=3000, help="frames kept for the manifold")
    args = parser.parse_args()
    torch.set_num_threads(1)
    make(args.folder, args.frames, args.seconds, args.skip)


if __name__ == "__main__":
    main()
