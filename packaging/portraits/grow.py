"""Train a further block, of twice the size, onto a generator; resumes from its folder's checkpoint.

    python grow.py SMALL.safetensors DATA.jsonl DATA.rgb OUT --seconds 600

DATA.rgb holds the portraits at twice the size of what SMALL draws. The grown generator starts as
SMALL with its pictures enlarged (``network.grown``), and learns to draw the portrait that each code
names, as in the paired stage of ``train.py``: first the new block alone, on features computed
without gradients, then all blocks, the older ones at a smaller rate. The mapping stays as it is, so
directions found in the ``w`` of SMALL mean the same in the grown generator.

The error is the absolute difference of pixels and of their slopes (which keeps edges sharp), eyes
to mouth, the edges of the drawing and the picture's border weighing more.
"""

from __future__ import annotations

import argparse
import copy
import json
import math
import os
import signal
import time
from pathlib import Path
from typing import Any

os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")

import numpy as np
import torch
from export import read_generator
from factors import Design, read_lines
from network import Generator, grown
from PIL import Image
from torch import Tensor
from torch.nn import functional as F

FACE = (0.28, 0.30, 0.72, 0.82)  # left, top, right, bottom of eyes to mouth, in picture widths
WARM_UP = 1000  # pictures over which a rate rises


class Data:
    """Codes and their pictures, which stay on the disk."""

    def __init__(self, lines: Path, frames: Path):
        scores = read_lines(lines)
        flat = np.memmap(frames, dtype=np.uint8, mode="r")
        self.size = math.isqrt(flat.size // len(scores) // 3)
        self.pictures = flat.reshape(len(scores), self.size, self.size, 3)
        self.design = Design()
        self.basis = torch.from_numpy(self.design.basis).float()
        self.scores = torch.from_numpy(scores).float()

    def batch(self, n: int) -> tuple[Tensor, Tensor]:
        """Random codes (fresh in what no attribute reads) and their pictures in -1..1."""
        index = torch.randint(len(self.scores), (n,))
        rest = torch.randn(n, self.design.z_dim - self.design.n_scores)
        z = torch.cat([self.scores[index], rest], 1) @ self.basis.t()
        pictures = torch.from_numpy(self.pictures[index.numpy()])
        return z, pictures.permute(0, 3, 1, 2).float() / 127.5 - 1


def slopes(image: Tensor) -> tuple[Tensor, Tensor]:
    """Differences to the right and to the lower neighbour, both without the last row and column."""
    corner = image[..., :-1, :-1]
    return image[..., :-1, 1:] - corner, image[..., 1:, :-1] - corner


class Error:
    """Weighted absolute error of pixels and of slopes."""

    def __init__(self, size: int, face: float, edge: float, slope: float):
        weight = torch.ones(size, size)
        left, top, right, bottom = (round(v * size) for v in FACE)
        weight[top:bottom, left:right] = face
        weight[[0, 1, -2, -1]] = weight[:, [0, 1, -2, -1]] = face  # enlarging darkens the border
        self.weight, self.edge, self.slope = weight / weight.mean(), edge, slope

    def __call__(self, image: Tensor, target: Tensor) -> Tensor:
        """A single number for pictures (n, 3, size, size) in -1..1."""
        right, down = slopes(target)
        steep = (right.abs() + down.abs()).amax(1, keepdim=True).clamp(max=1)
        near = F.max_pool2d(F.pad(steep, (0, 1, 0, 1)), 3, 1, 1)  # either side of an edge
        weight = self.weight * (1 + self.edge * near)
        own_right, own_down = slopes(image)
        steepness = (own_right - right).abs() + (own_down - down).abs()
        pixels = ((image - target).abs() * weight).mean()
        return pixels + self.slope * (steepness * weight[..., :-1, :-1]).mean()


class Growing:
    """The grown generator, its running average, its optimiser and the count of pictures."""

    def __init__(self, args: argparse.Namespace, data: Data):
        self.args, self.data, self.pictures = args, data, 0
        torch.manual_seed(args.seed)
        small = read_generator(args.small)
        self.g = grown(small, args.channels).to(memory_format=torch.channels_last)
        self.g.requires_grad_(True).mapping.requires_grad_(False)
        self.size = self.g.synthesis.sizes[-1]
        if data.size != self.size:
            raise SystemExit(f"the pictures are {data.size} wide, the grown model's {self.size}")
        self.ema = copy.deepcopy(self.g).requires_grad_(False)
        block = getattr(self.g.synthesis, f"b{self.size}")
        new = {id(p) for p in block.parameters()}
        old = [p for p in self.g.synthesis.parameters() if id(p) not in new]
        groups = [{"params": list(block.parameters())}, {"params": old}]
        self.optimiser = torch.optim.Adam(groups, lr=args.lr, betas=(0.9, 0.99))
        self.error = Error(self.size, args.face, args.edge, args.slope)

    def rates(self) -> tuple[float, float]:
        """Of the new block and of the older ones, which rest at first; both fall at the end."""
        args, seen = self.args, self.pictures
        fall = min(1, max(4 * (1 - seen / args.pictures), 0.1))
        later = seen - args.block_pictures
        old = min(later / WARM_UP, 1) if later > 0 else 0.0
        return args.lr * fall * (0.02 + min(seen / WARM_UP, 0.98)), args.old_lr * fall * old

    def draw(self, z: Tensor, rate: float) -> Tensor:
        """Pictures, with gradients in the older blocks only where they learn at ``rate``."""
        synthesis = self.g.synthesis
        ws = self.g.mapping(z)[:, None].expand(-1, synthesis.num_ws, -1)
        with torch.set_grad_enabled(rate > 0):
            below = synthesis.through(synthesis.sizes[:-1], ws)
        return synthesis.through(synthesis.sizes[-1:], ws, below)[1]

    def step(self) -> dict[str, float]:
        """One batch."""
        rates = self.rates()
        for group, rate in zip(self.optimiser.param_groups, rates, strict=True):
            group["lr"] = rate
        z, target = self.data.batch(self.args.batch)
        image = self.draw(z, rates[1])
        error = self.error(image, target)
        self.optimiser.zero_grad(set_to_none=True)
        error.backward()
        self.optimiser.step()
        self.pictures += self.args.batch
        self.average()
        plain = (image.detach() - target).abs().mean()
        return {"error": float(error.detach()), "plain": float(plain)}

    @torch.no_grad()
    def average(self) -> None:
        """Let the running average follow."""
        half_life = min(self.args.ema_pictures, self.pictures * 0.05)
        share = 0.5 ** (self.args.batch / half_life)
        torch._foreach_lerp_(list(self.ema.parameters()), list(self.g.parameters()), 1 - share)

    def save(self, path: Path) -> None:
        """Write everything that an exact continuation needs, atomically."""
        state: dict[str, Any] = {
            "g": self.g.state_dict(),
            "ema": self.ema.state_dict(),
            "g_optimiser": self.optimiser.state_dict(),
            "count": {"grown": self.pictures},
            "rng": torch.get_rng_state(),
            "settings": self.g.settings,
        }
        partial = path.with_suffix(".partial")
        torch.save(state, partial)
        partial.replace(path)

    def load(self, path: Path) -> None:
        """Go on from what ``save`` wrote."""
        state = torch.load(path, weights_only=True)
        self.g.load_state_dict(state["g"])
        self.ema.load_state_dict(state["ema"])
        self.optimiser.load_state_dict(state["g_optimiser"])
        self.pictures = state["count"]["grown"]
        torch.set_rng_state(state["rng"])


@torch.no_grad()
def sheet(small: Generator, large: Generator, seeds: range, path: Path) -> None:
    """Pairs of portraits, eight a row: drawn small and enlarged, then drawn by the grown one."""
    rows = [np.random.RandomState(s).randn(1, large.settings["z_dim"]) for s in seeds]
    z = torch.from_numpy(np.concatenate(rows)).float()
    size = large.synthesis.sizes[-1]
    own, enlarged = large(z), F.interpolate(small(z), size=size, mode="bicubic")
    pairs = torch.stack([enlarged, own], 1)
    pixels = (pairs * 127.5 + 128).clamp(0, 255).byte().permute(0, 1, 3, 4, 2)
    grid = pixels.reshape(-1, 16, size, size, 3).permute(0, 2, 1, 3, 4)
    partial = path.with_suffix(".partial.png")
    Image.fromarray(grid.reshape(-1, 16 * size, 3).numpy()).save(partial)
    partial.replace(path)


def arguments() -> argparse.Namespace:
    """The command line's options."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("small", type=Path)
    parser.add_argument("lines", type=Path)
    parser.add_argument("frames", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--seconds", type=float, default=600)
    parser.add_argument("--save-every", type=float, default=180, help="seconds")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--channels", type=int, default=16, help="of the new block")
    parser.add_argument("--batch", type=int, default=8)
    parser.add_argument("--lr", type=float, default=4e-3, help="of the new block")
    parser.add_argument("--old-lr", type=float, default=1.5e-3, help="of the older blocks")
    parser.add_argument("--block-pictures", type=int, default=12000, help="new block alone")
    parser.add_argument(
        "--pictures", type=int, default=200000, help="rates fall in the last quarter"
    )
    parser.add_argument("--face", type=float, default=4.0, help="weight of eyes to mouth")
    parser.add_argument("--edge", type=float, default=2.0, help="further weight of edges")
    parser.add_argument("--slope", type=float, default=0.5, help="weight of the slopes' error")
    parser.add_argument("--ema-pictures", type=float, default=4000, help="half-life")
    return parser.parse_args()


def main() -> None:
    """Train for the given time."""
    args = arguments()
    args.out.mkdir(parents=True, exist_ok=True)
    growing = Growing(args, Data(args.lines, args.frames))
    checkpoint = args.out / "checkpoint.pt"
    if checkpoint.exists():
        growing.load(checkpoint)
    begun = saved = time.monotonic()
    ended: list[int] = []
    signal.signal(signal.SIGTERM, lambda number, frame: ended.append(number))
    sums: list[dict[str, float]] = []
    with (args.out / "log.jsonl").open("a", encoding="utf-8") as log:
        while time.monotonic() - begun < args.seconds and not ended:
            sums.append(growing.step())
            if len(sums) == 50:
                means = {k: round(sum(s[k] for s in sums) / 50, 5) for k in sums[0]}
                line = {"at": round(time.monotonic() - begun), "pictures": growing.pictures}
                print(json.dumps(line | means), file=log, flush=True)
                sums.clear()
            if time.monotonic() - saved > args.save_every:
                growing.save(checkpoint)
                saved = time.monotonic()
    growing.save(checkpoint)
    if not ended:
        sheet(read_generator(args.small), growing.ema, range(64), args.out / "sheet.png")


if __name__ == "__main__":
    main()
