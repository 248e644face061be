"""A small network that reads the portraits' attributes off pictures.

    python attributes.py train --train TRAIN --held HELD --out predictor.safetensors
    python attributes.py compare --held HELD --predictor predictor.safetensors --generator FILE

TRAIN and HELD name a pair of files, ``<name>.jsonl`` and ``<name>.rgb``. ``train`` prints the
held-out accuracy of each attribute; ``compare`` prints the distribution of each attribute in
generated pictures beside that of the held-out pictures, both as read by the network.

The network and its file are those of the plugin ``plugins/portraits_attributes``, which reads them
in the studio.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import sys
from pathlib import Path
from typing import Any

os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")

import numpy as np
import torch
from evaluate import generated, load
from factors import Design, read_lines
from safetensors.torch import save_file
from torch import Tensor
from torch.nn import functional as F

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "plugins")]
from portraits_attributes.network import Network, read_network  # noqa: E402

GROUPS = {
    "glasses": ("accessories", ["prescription02", "round", "sunglasses", "wayfarers"]),
    "dark glasses": ("accessories", ["sunglasses"]),
    "beard": ("facialHair", ["beardMedium", "beardLight", "beardMajestic"]),
    "moustache": ("facialHair", ["moustacheFancy"]),
    "hat": ("top", ["hat", "winterHat02", "winterHat1", "turban"]),
    "long hair": ("top", ["bob", "straight01", "longButNotTooLong", "curvy"]),
    "bald": ("top", ["none"]),
    "smile": ("mouth", ["smile", "twinkle", "tongue"]),
    "open mouth": ("mouth", ["smile", "screamOpen", "tongue"]),
    "closed eyes": ("eyes", ["closed", "happy"]),
    "surprised": ("eyes", ["surprised"]),
    "angry": ("eyebrows", ["angry"]),
}


class Labelled:
    """Pictures and what they show."""

    def __init__(self, name: Path, design: Design, limit: int = 0):
        scores = read_lines(name.with_suffix(".jsonl"))
        flat = np.memmap(name.with_suffix(".rgb"), dtype=np.uint8, mode="r")
        self.size = math.isqrt(flat.size // len(scores) // 3)
        scores = scores[: limit or None]
        frames = flat.reshape(-1, self.size, self.size, 3)[: len(scores)]
        self.pictures = torch.from_numpy(np.array(frames)).permute(0, 3, 1, 2)
        found = design.read(scores)
        self.choices = {k: torch.from_numpy(v) for k, v in found.choices.items()}
        self.colours = torch.from_numpy(np.concatenate(list(found.colours.values()), 1)).float()

    def batch(self, index: Tensor) -> tuple[Tensor, dict[str, Tensor], Tensor]:
        choices = {k: v[index] for k, v in self.choices.items()}
        return self.pictures[index].float() / 127.5 - 1, choices, self.colours[index]


def disturb(x: Tensor) -> Tensor:
    """Shift by a pixel, add noise, blur some: generated pictures aren't as clean as drawings."""
    dx, dy = (int(v) for v in torch.randint(-1, 2, (2,)))
    x = torch.roll(x, (dy, dx), (2, 3))
    soft = F.avg_pool2d(F.pad(x, (1, 1, 1, 1), mode="replicate"), 3, stride=1)
    x = x.lerp(soft, torch.rand(len(x), 1, 1, 1) * 0.7)
    return x + torch.randn_like(x) * torch.rand(len(x), 1, 1, 1) * 0.08


def train(args: argparse.Namespace) -> None:
    """Train, measure on held-out pictures, save."""
    torch.manual_seed(0)
    design = Design()
    data, held = Labelled(args.train, design), Labelled(args.held, design, 10000)
    sizes = {name: len(options) for name, options in design.options.items()}
    net = Network(data.size, sizes, len(design.spec["colours"]))
    steps = args.passes * len(data.pictures) // args.batch
    optimiser = torch.optim.AdamW(net.parameters(), lr=2e-3, weight_decay=0.02)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, 2e-3, total_steps=steps)
    for step in range(steps):
        x, choices, colours = data.batch(torch.randint(len(data.pictures), (args.batch,)))
        scores, hues = net.split(net(disturb(x)))
        loss = 10 * F.mse_loss(hues, colours)
        for name, target in choices.items():
            loss = loss + F.cross_entropy(scores[name], target)
        optimiser.zero_grad(set_to_none=True)
        loss.backward()
        optimiser.step()
        schedule.step()
        if step % 500 == 0:
            print(json.dumps({"step": step, "of": steps, "loss": float(loss.detach())}), flush=True)
    report = measure(net, held, design)
    print(json.dumps(report, indent=1))
    about = {
        "size": str(data.size),
        "attributes": json.dumps(design.options),
        "colours": json.dumps(list(design.spec["colours"])),
        "groups": json.dumps(GROUPS),
        "held_out": json.dumps(report),
    }
    save_file(net.state_dict(), args.out, about)


@torch.no_grad()
def measure(net: Network, held: Labelled, design: Design) -> dict[str, Any]:
    """Share of right choices, balanced over options too, and the colours' mean error."""
    everything = torch.arange(len(held.pictures)).split(500)
    found = torch.cat([net(held.batch(i)[0]) for i in everything])
    scores, hues = net.split(found)
    report: dict[str, Any] = {}
    for name, target in held.choices.items():
        right = scores[name].argmax(1) == target
        each = [float(right[target == k].float().mean()) for k in range(net.sizes[name])]
        report[name] = {"right": float(right.float().mean()), "balanced": float(np.mean(each))}
    error = (hues - held.colours).abs().reshape(-1, net.colours, 3).mean((0, 2))
    for name, value in zip(design.spec["colours"], error, strict=True):
        report[name] = {"mean_absolute_error": float(value)}
    return report


@torch.no_grad()
def compare(args: argparse.Namespace) -> None:
    """Print the distribution of each attribute in held-out and in generated pictures."""
    net, about = read_network(args.predictor)
    held = Labelled(args.held, Design(), args.count)
    made = generated(load(args.generator), args.count, args.truncation)
    sides = {
        "drawn": [held.pictures[i : i + 500] for i in range(0, len(held.pictures), 500)],
        "generated": list(made),
    }
    shares: dict[str, dict[str, Tensor]] = {}
    sure: dict[str, dict[str, float]] = {}
    for side, batches in sides.items():
        scores, _ = net.split(torch.cat([net(b.float() / 127.5 - 1) for b in batches]))
        chance = {name: s.softmax(1) for name, s in scores.items()}
        shares[side] = {
            name: F.one_hot(p.argmax(1), p.shape[1]).float().mean(0) for name, p in chance.items()
        }
        sure[side] = {name: float(p.amax(1).mean()) for name, p in chance.items()}
    print("| attribute | option | drawn | generated |\n|---|---|---|---|")
    for name, options in about.attributes.items():
        for k, option in enumerate(options):
            a, b = (float(shares[side][name][k]) * 100 for side in sides)
            print(f"| {name} | {option} | {a:.1f} % | {b:.1f} % |")
        a, b = (sure[side][name] for side in sides)
        print(f"| {name} | mean certainty | {a:.3f} | {b:.3f} |")


def main() -> None:
    """Train or compare."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    actions = parser.add_subparsers(required=True)
    first = actions.add_parser("train")
    first.add_argument("--train", type=Path, required=True)
    first.add_argument("--out", type=Path, required=True)
    first.add_argument("--passes", type=int, default=8)
    first.add_argument("--batch", type=int, default=128)
    first.set_defaults(run=train)
    second = actions.add_parser("compare")
    second.add_argument("--predictor", type=Path, required=True)
    second.add_argument("--generator", type=Path, required=True)
    second.add_argument("--count", type=int, default=10000)
    second.add_argument("--truncation", type=float, default=1.0)
    second.set_defaults(run=compare)
    for action in (first, second):
        action.add_argument("--held", type=Path, required=True)
    args = parser.parse_args()
    args.run(args)


if __name__ == "__main__":
    main()
