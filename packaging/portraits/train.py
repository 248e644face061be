"""Train the built-in generator; every run resumes from its folder's checkpoint.

    python train.py DATA.jsonl DATA.rgb OUT --seconds 600

Three stages, each as long as its option says:

1. mapping: the mapping network alone learns which attributes a code names (see ``factors.py``), so
   that ``w`` states them, while its covariance is kept well conditioned; cheap, no pictures. It
   stays as it is in the other stages.
2. paired: the generator draws the portrait that each code names (absolute error against the
   rendered picture, the face weighing more).
3. adversarial: a discriminator judges portraits of fresh codes, of mixed styles and of codes in
   between, for which no rendering exists; the paired error stays on half of the batch.

``--mapping-steps 0 --paired-pictures 0 --pairing 0`` gives plain StyleGAN2 training.
"""

from __future__ import annotations

import argparse
import copy
import json
import math
import os
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")

import numpy as np
import torch
from export import read_state
from factors import Design, read_lines
from network import D_CHANNELS, Dense, Discriminator, Generator, ToRGB, channels_for
from PIL import Image
from torch import Tensor
from torch.nn import functional as F

FACE = (0.28, 0.30, 0.72, 0.82)  # left, top, right, bottom of eyes to mouth, in picture widths
FACE_WEIGHT = 4.0
MAPPING_LR = 1.0  # the mapping's weights are 100 times their effect


class Data:
    """Pictures, their codes, and the attributes of fresh codes."""

    def __init__(
        self, lines: Path, frames: Path, device: torch.device, favoured: Sequence[str] = ()
    ):
        scores = read_lines(lines)
        flat = np.memmap(frames, dtype=np.uint8, mode="r")
        self.size = math.isqrt(flat.size // len(scores) // 3)
        pictures = flat.reshape(len(scores), self.size, self.size, 3)
        self.pictures = torch.from_numpy(np.array(pictures)).permute(0, 3, 1, 2)
        self.design = Design()
        self.basis = torch.from_numpy(self.design.basis).float()
        self.scores = torch.from_numpy(scores).float()
        self.device = device
        self.often = torch.from_numpy(self.design.often(scores, favoured)).float()

    def batch(self, n: int) -> tuple[Tensor, Tensor]:
        """Random codes (fresh in what no attribute reads) and their pictures in -1..1."""
        index = torch.multinomial(self.often, n, replacement=True)
        rest = torch.randn(n, self.design.z_dim - self.design.n_scores)
        z = torch.cat([self.scores[index], rest], 1) @ self.basis.t()
        picture = self.pictures[index].to(self.device).float() / 127.5 - 1
        return z.to(self.device), picture

    def signs(self, z: Tensor) -> Tensor:
        """What the codes name, as numbers of mean 0 and deviation 1: options present, colours."""
        found = self.design.read(self.design.scores(z.numpy().astype(np.float64)))
        parts = [np.eye(len(self.design.options[k]))[v] for k, v in found.choices.items()]
        values = torch.from_numpy(np.concatenate([*parts, *found.colours.values()], 1)).float()
        return (values - values.mean(0)) / values.std(0)


class Places:
    """What the mapping is taught: where to place attributes, and how much to spread the rest."""

    def __init__(self, design: Design, device: torch.device):
        self.design = design
        self.known = design.n_scores
        z = np.random.RandomState(3).randn(20000, design.z_dim)
        places = design.places(z)
        values, vectors = np.linalg.eigh(np.cov(places, rowvar=False))
        whiten = (vectors / np.sqrt(values)) @ vectors.T
        self.turn = torch.from_numpy(design.turn).float().to(device)
        self.whiten = torch.from_numpy(whiten).float().to(device)
        self.spread = torch.from_numpy(places.std(0)[: self.known]).float().to(device)

    def loss(self, before: Tensor, z: Tensor) -> tuple[Tensor, Tensor]:
        """Error of the attributes' places, and divergence of the covariance from the wanted one."""
        wanted = self.design.places(z.numpy().astype(np.float64))[:, : self.known]
        wanted = torch.from_numpy(wanted).float().to(before.device)
        found = before @ self.turn.t()
        error = ((found[:, : self.known] - wanted).square() / self.spread).mean()
        flat = (found - found.mean(0)) @ self.whiten
        covariance = flat.t() @ flat / len(flat)
        divergence = (covariance.diagonal() - 1).sum() - torch.logdet(covariance)
        return error, divergence / len(covariance)


class Training:
    """Networks, optimisers and counters; one method a kind of step."""

    def __init__(self, args: argparse.Namespace, data: Data):
        self.args, self.data, self.device = args, data, data.device
        torch.manual_seed(args.seed)
        layout = torch.channels_last
        g = Generator(channels=channels_for(data.size), mapping_layers=args.mapping_layers)
        if args.mapping_steps:
            self.point_mapping(g)
        self.g = g.to(self.device, memory_format=layout)
        self.ema = copy.deepcopy(self.g).requires_grad_(False)
        d = Discriminator(channels_for(data.size, D_CHANNELS))
        self.d = d.to(self.device, memory_format=layout)
        drawn = list(self.g.synthesis.parameters())
        if not args.mapping_steps:
            drawn += self.g.mapping.parameters()
        self.g_optimiser = torch.optim.Adam(drawn, lr=args.lr, betas=(0.0, 0.99))
        lazy = args.r1_every / (args.r1_every + 1)
        self.d_optimiser = torch.optim.Adam(
            self.d.parameters(), lr=args.d_lr * lazy, betas=(0.0, 0.99**lazy)
        )
        self.map_optimiser = torch.optim.Adam(
            self.g.mapping.parameters(), lr=MAPPING_LR, betas=(0.9, 0.99)
        )
        self.places = Places(data.design, self.device)
        size = data.size
        weight = torch.ones(size, size)
        left, top, right, bottom = (round(v * size) for v in FACE)
        weight[top:bottom, left:right] = FACE_WEIGHT
        self.weight = (weight / weight.mean()).to(self.device)
        self.count = {"mapping": 0, "paired": 0, "adversarial": 0, "d_steps": 0}
        self.dtype = torch.bfloat16 if self.device.type == "cuda" else torch.float32
        self.synthesis, self.judge = self.g.synthesis, self.d
        if self.device.type == "cuda":
            self.synthesis, self.judge = torch.compile(self.synthesis), torch.compile(self.d)

    # -- steps ---------------------------------------------------------------------------------

    def draw(self, ws: Tensor, size: int | None = None) -> Tensor:
        return self.synthesis(ws, self.dtype, size)

    def spread(self, w: Tensor) -> Tensor:
        return w[:, None].expand(-1, self.g.synthesis.num_ws, -1)

    def pixel_error(self, image: Tensor, target: Tensor) -> Tensor:
        """Weighted absolute error, at the size of ``image``."""
        weight, shrink = self.weight, target.shape[-1] // image.shape[-1]
        if shrink > 1:
            target = F.avg_pool2d(target, shrink)
            weight = F.avg_pool2d(weight[None], shrink)[0]
        return ((image - target).abs() * weight).mean()

    def paired_size(self) -> int | None:
        """The size that the paired stage draws now: small pictures first, they are cheap."""
        for size, until in self.args.growth:
            if size < self.data.size and self.count["paired"] < until:
                return size
        return None

    def mapping_step(self) -> dict[str, float]:
        """One step of the first stage."""
        at = min(self.count["mapping"] / max(self.args.mapping_steps, 1), 1)
        lr = MAPPING_LR * (0.02 + 0.98 * 0.5 * (1 + math.cos(math.pi * at)))
        self.map_optimiser.param_groups[0]["lr"] = lr
        z = torch.randn(512, self.g.settings["z_dim"])
        before = self.g.mapping.before_activation(z.to(self.device))
        error, divergence = self.places.loss(before, z)
        self.map_optimiser.zero_grad(set_to_none=True)
        (error + 0.1 * divergence).backward()
        self.map_optimiser.step()
        self.count["mapping"] += 1
        if self.count["mapping"] == self.args.mapping_steps:
            self.settle_mapping()
        return {"place": float(error.detach()), "divergence": float(divergence.detach())}

    @torch.no_grad()
    def point_mapping(self, g: Generator) -> None:
        """Start at orthogonal layers, the first along the directions that the attributes read."""
        design = self.data.design
        size = g.settings["w_dim"]
        for i in range(g.mapping.layers):
            layer = getattr(g.mapping, f"fc{i}")
            turn = torch.linalg.qr(torch.randn(size, size))[0] * (1 if i == 0 else 0.6)
            if i == 0:
                turn = torch.from_numpy(design.basis.T).float()
            layer.weight.copy_(turn / layer.gain)

    @torch.no_grad()
    def settle_mapping(self) -> None:
        """End of the first stage: measure the average of ``w``, point the styles at attributes.

        Each style of the fresh synthesis network follows two attributes (an option's presence, a
        colour's share of red, green or blue), read linearly off ``w``, so that its channels begin
        as parts of portraits rather than as blends of everything.
        """
        z = torch.randn(40000, self.g.settings["z_dim"])
        w = self.g.mapping(z.to(self.device))
        self.g.mapping.w_avg.copy_(w.mean(0))
        signs = self.data.signs(z).to(self.device)
        centred = w - w.mean(0)
        shrink = 1e-3 * torch.eye(w.shape[1], device=self.device)
        covariance = centred.t() @ centred / len(w) + shrink
        reader = torch.linalg.solve(covariance, centred.t() @ signs / len(w)).t()
        for module in self.g.synthesis.modules():
            if hasattr(module, "affine"):
                self.point_affine(module.affine, reader, w)
            if isinstance(module, ToRGB):
                module.weight *= 0.3
        self.ema.load_state_dict(self.g.state_dict())

    @staticmethod
    def point_affine(affine: Dense, reader: Tensor, w: Tensor) -> None:
        """Let each style follow two rows of ``reader``, around 1 with a deviation of 0.7."""
        count, pair = len(affine.bias), 2
        chosen = torch.randint(len(reader), (count, pair)).to(reader.device)
        sign = torch.randn(count, pair, 1).to(reader.device)
        rows = (reader[chosen] * sign).sum(1)
        rows *= 0.7 / (w @ rows.t()).std(0)[:, None]
        affine.weight.copy_(rows / affine.gain)
        affine.bias.copy_(1 - w.mean(0) @ rows.t())

    def track(self, w: Tensor) -> None:
        """Follow the average of ``w`` while the mapping changes."""
        if not self.args.mapping_steps:
            self.g.mapping.w_avg.lerp_(w.detach().mean(0), 0.005)

    def paired_step(self) -> dict[str, float]:
        """One step of the second stage."""
        args = self.args
        at = self.count["paired"] / max(args.paired_pictures, 1)
        lr = args.lr * min(1, max(4 * (1 - at), 0.1), 0.02 + self.count["paired"] / 3000)
        self.g_optimiser.param_groups[0].update(lr=lr, betas=(0.9, 0.99))
        z, target = self.data.batch(args.batch)
        w = self.g.mapping(z)
        error = self.pixel_error(self.draw(self.spread(w), self.paired_size()), target)
        self.g_optimiser.zero_grad(set_to_none=True)
        error.backward()
        self.g_optimiser.step()
        self.track(w)
        self.count["paired"] += args.batch
        self.average()
        return {"error": float(error.detach())}

    def free_ws(self, n: int) -> Tensor:
        """Styles without a rendering: fresh, mixed across layers, or in between."""
        z = torch.randn(2 * n, self.g.settings["z_dim"]).to(self.device)
        w, other = self.g.mapping(z).chunk(2)
        self.track(w)
        layers = self.g.synthesis.num_ws
        share = torch.rand(n, 1, 1).to(self.device)
        kind = torch.rand(n, 1, 1).to(self.device)
        cut = torch.randint(1, layers, (n, 1, 1)).to(self.device)
        late = (torch.arange(layers, device=self.device)[None, :, None] >= cut).float()
        mix = torch.where(kind < self.args.mixing, late, torch.zeros_like(share))
        mix = torch.where(kind > 1 - self.args.between, share, mix)
        return self.spread(w).lerp(self.spread(other), mix)

    def adversarial_step(self) -> dict[str, float]:
        """One step of the third stage: generator, then discriminator on the same pictures."""
        args = self.args
        self.g_optimiser.param_groups[0].update(lr=args.adversarial_lr, betas=(0.0, 0.99))
        half = args.batch // 2 if args.pairing else 0
        z, target = self.data.batch(args.batch)
        ws = self.free_ws(args.batch - half)
        if half:
            ws = torch.cat([self.spread(self.g.mapping(z[:half])), ws])
        fake = self.draw(ws)
        warm = self.count["d_steps"] < args.d_warm_up
        report = {}
        if not warm:
            self.d.requires_grad_(False)
            deceit = F.softplus(-self.judge(fake, self.dtype)).mean()
            loss = deceit * args.adversarial_weight if half else deceit
            if half:
                error = self.pixel_error(fake[:half], target[:half])
                loss = loss + args.pairing * error
                report["error"] = float(error.detach())
            self.g_optimiser.zero_grad(set_to_none=True)
            loss.backward()
            self.g_optimiser.step()
            self.d.requires_grad_(True)
            report["g"] = float(deceit.detach())
        report |= self.judge_step(fake.detach())
        self.count["adversarial"] += args.batch
        self.average()
        return report

    def judge_step(self, fake: Tensor) -> dict[str, float]:
        _, real = self.data.batch(len(fake))
        on_real = self.judge(real, self.dtype)
        on_fake = self.judge(fake, self.dtype)
        loss = F.softplus(on_fake).mean() + F.softplus(-on_real).mean()
        self.d_optimiser.zero_grad(set_to_none=True)
        loss.backward()
        self.d_optimiser.step()
        every = self.args.r1_every
        if self.count["d_steps"] % every == 0:
            some = real[: max(len(real) // 2, 8)].clone().requires_grad_()
            (slope,) = torch.autograd.grad(self.d(some).sum(), some, create_graph=True)
            penalty = slope.square().sum((1, 2, 3)).mean() * (self.args.r1 / 2) * every
            self.d_optimiser.zero_grad(set_to_none=True)
            penalty.backward()
            self.d_optimiser.step()
        self.count["d_steps"] += 1
        return {"real": float(on_real.detach().mean()), "fake": float(on_fake.detach().mean())}

    @torch.no_grad()
    def average(self) -> None:
        shown = self.count["paired"] + self.count["adversarial"]
        half_life = min(self.args.ema_pictures, shown * 0.05)
        share = 0.5 ** (self.args.batch / max(half_life, 1e-8))
        mean, now = list(self.ema.parameters()), list(self.g.parameters())
        torch._foreach_lerp_(mean, now, 1 - share)
        for a, b in zip(self.ema.buffers(), self.g.buffers(), strict=True):
            a.copy_(b)

    def step(self) -> tuple[str, dict[str, float]]:
        """One step of whichever stage is due."""
        if self.count["mapping"] < self.args.mapping_steps:
            return "mapping", self.mapping_step()
        if self.count["paired"] < self.args.paired_pictures:
            return "paired", self.paired_step()
        return "adversarial", self.adversarial_step()

    # -- files ---------------------------------------------------------------------------------

    def save(self, path: Path) -> None:
        """Write everything that an exact continuation needs, atomically."""
        state = {
            "g": self.g.state_dict(),
            "d": self.d.state_dict(),
            "ema": self.ema.state_dict(),
            "g_optimiser": self.g_optimiser.state_dict(),
            "d_optimiser": self.d_optimiser.state_dict(),
            "map_optimiser": self.map_optimiser.state_dict(),
            "count": self.count,
            "rng": torch.get_rng_state(),
            "settings": self.g.settings,
            "d_settings": self.d.settings,
        }
        partial = path.with_suffix(".partial")
        torch.save(state, partial)
        partial.replace(path)

    def load(self, path: Path) -> None:
        """Go on from what ``save`` wrote."""
        self.restore(torch.load(path, map_location=self.device, weights_only=True))

    def restore(self, state: dict[str, Any]) -> None:
        """Go on from a state; the mapping's own optimiser may be missing."""
        for name in ("g", "d", "ema", "g_optimiser", "d_optimiser", "map_optimiser"):
            if name in state:
                getattr(self, name).load_state_dict(state[name])
        self.count.update(state["count"])
        torch.set_rng_state(state["rng"].cpu())

    @torch.no_grad()
    def grid(self, path: Path) -> None:
        """Seeds 0 to 19 at truncation 1, then at 0.7."""
        z = (
            torch.from_numpy(
                np.concatenate(
                    [np.random.RandomState(s).randn(1, self.data.design.z_dim) for s in range(20)]
                )
            )
            .float()
            .to(self.device)
        )
        rows = [self.ema(z, psi=psi) for psi in (1.0, 0.7)]
        x = (torch.cat(rows) * 127.5 + 128).clamp(0, 255).byte().cpu()
        n = self.data.size
        x = x.permute(0, 2, 3, 1).reshape(4, 10, n, n, 3).permute(0, 2, 1, 3, 4)
        partial = path.with_suffix(".partial.png")
        Image.fromarray(x.reshape(4 * n, 10 * n, 3).numpy()).save(partial)
        partial.replace(path)


def arguments() -> argparse.Namespace:
    """The command line's options."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("lines", type=Path)
    parser.add_argument("frames", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--seconds", type=float, default=600)
    parser.add_argument("--state", type=Path, help="go on from this state where no checkpoint is")
    parser.add_argument("--save-every", type=float, default=240, help="seconds")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--batch", type=int, default=16)
    parser.add_argument("--mapping-layers", type=int, default=2)
    parser.add_argument("--lr", type=float, default=8e-3, help="of the paired stage")
    parser.add_argument("--adversarial-lr", type=float, default=1e-3)
    parser.add_argument("--d-lr", type=float, default=2e-3)
    parser.add_argument("--mapping-steps", type=int, default=4000)
    parser.add_argument("--paired-pictures", type=int, default=78000)
    parser.add_argument(
        "--growth",
        type=lambda text: [tuple(map(int, part.split(":"))) for part in text.split(",") if part],
        default="16:40000,32:52000",
        help="SIZE:PICTURES,… of the paired stage: draw at SIZE up to that many pictures",
    )
    parser.add_argument(
        "--favour",
        default=[],
        type=lambda text: text.split(","),
        help="ATTRIBUTE:OPTION,… of portraits that are drawn three times as often",
    )
    parser.add_argument("--pairing", type=float, default=10.0, help="weight of the paired error")
    parser.add_argument("--adversarial-weight", type=float, default=1.0)
    parser.add_argument("--d-warm-up", type=int, default=100, help="steps")
    parser.add_argument("--mixing", type=float, default=0.25, help="share of free styles")
    parser.add_argument("--between", type=float, default=0.25, help="share of free styles")
    parser.add_argument("--r1", type=float, default=0.1)
    parser.add_argument("--r1-every", type=int, default=16)
    parser.add_argument("--ema-pictures", type=float, default=5000, help="half-life")
    return parser.parse_args()


def main() -> None:
    """Train for the given time."""
    args = arguments()
    args.out.mkdir(parents=True, exist_ok=True)
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    (args.out / "train.pid").write_text(str(os.getpid()))
    training = Training(args, Data(args.lines, args.frames, device, args.favour))
    checkpoint = args.out / "checkpoint.pt"
    if checkpoint.exists():
        training.load(checkpoint)
    elif args.state:
        training.restore(read_state(args.state))
    begun = saved = time.monotonic()
    steps = 0
    sums: dict[str, list[float]] = {}
    with (args.out / "log.jsonl").open("a", encoding="utf-8") as log:
        while time.monotonic() - begun < args.seconds:
            stage, report = training.step()
            steps += 1
            for name, value in report.items():
                sums.setdefault(name, []).append(value)
            if steps % (500 if stage == "mapping" else 20) == 0:
                line: dict[str, Any] = {"at": round(time.monotonic() - begun), "stage": stage}
                line |= training.count
                line |= {k: round(sum(v) / len(v), 5) for k, v in sums.items()}
                print(json.dumps(line), file=log, flush=True)
                sums.clear()
            if time.monotonic() - saved > args.save_every:
                training.save(checkpoint)
                training.grid(args.out / "grid.png")
                saved = time.monotonic()
    training.save(checkpoint)
    training.grid(args.out / "grid.png")


if __name__ == "__main__":
    main()
