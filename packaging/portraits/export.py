"""Write a checkpoint as the generator file that the studio opens, with its check data.

    python export.py RUN/checkpoint.pt OUT_FOLDER

OUT_FOLDER gets ``portraits-<size>.safetensors`` (averaged weights, settings in the metadata),
``golden.npz`` (seeds 0 to 3, above 64 pixels 0 and 1, computed in single precision),
``samples.png`` (seeds 0 to 39 at truncation 1, then at 0.7) and, unless it was grown, ``state/``
(all that training needs to go on, moments in bfloat16).
"""

from __future__ import annotations

import argparse
import json
import os
from pathlib import Path
from typing import Any

os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")

import numpy as np
import torch
from network import Generator
from PIL import Image
from safetensors import safe_open
from safetensors.torch import save_file
from torch import Tensor

STAGES = ("paired", "adversarial", "grown")
NETWORKS = ("g", "d", "ema")
OPTIMISERS = ("g_optimiser", "d_optimiser")


def metadata(settings: dict[str, Any], count: dict[str, int]) -> dict[str, str]:
    """What a reader needs to build the network, as text."""
    channels = settings["channels"]
    return {
        "family": "stylegan2",
        "architecture": "skip",
        "z_dim": str(settings["z_dim"]),
        "w_dim": str(settings["w_dim"]),
        "c_dim": "0",
        "img_resolution": str(max(channels)),
        "img_channels": "3",
        "mapping_layers": str(settings["mapping_layers"]),
        "channels": json.dumps({str(k): v for k, v in channels.items()}),
        "activation": "lrelu",
        "resample_filter": "[1,3,3,1]",
        "use_noise": "false",
        "images_seen": str(sum(count.get(stage, 0) for stage in STAGES)),
    }


def read_generator(path: Path) -> Generator:
    """The generator in a file that ``write_generator`` wrote (or in the bootstrap's)."""
    with safe_open(path, "pt") as file:
        about = file.metadata()
        tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
    channels = {int(k): int(v) for k, v in json.loads(about["channels"]).items()}
    generator = Generator(
        int(about["z_dim"]), int(about["w_dim"]), channels, int(about["mapping_layers"])
    )
    generator.load_state_dict(tensors)
    return generator.eval().requires_grad_(False)


def generator_of(checkpoint: dict[str, Any]) -> Generator:
    """The averaged generator of a training checkpoint."""
    s = checkpoint["settings"]
    generator = Generator(s["z_dim"], s["w_dim"], s["channels"], s["mapping_layers"])
    generator.load_state_dict(checkpoint["ema"])
    return generator.eval().requires_grad_(False)


def _save(tensors: dict[str, Tensor], path: Path, about: dict[str, str]) -> None:
    partial = path.with_suffix(".partial")
    save_file({k: v.contiguous() for k, v in tensors.items()}, partial, about)
    partial.chmod(0o644)
    partial.replace(path)


def _grid(pictures: Tensor, columns: int, path: Path) -> None:
    n, size = len(pictures), pictures.shape[-1]
    x = (pictures * 127.5 + 128).clamp(0, 255).byte().permute(0, 2, 3, 1)
    x = x.reshape(n // columns, columns, size, size, 3).permute(0, 2, 1, 3, 4)
    partial = path.with_suffix(".partial.png")
    Image.fromarray(x.reshape(n // columns * size, columns * size, 3).numpy()).save(partial)
    partial.replace(path)


def write_generator(generator: Generator, count: dict[str, int], out: Path) -> None:
    """Weights, check data and samples."""
    size = max(generator.settings["channels"])
    tensors = generator.state_dict()
    _save(tensors, out / f"portraits-{size}.safetensors", metadata(generator.settings, count))
    z_dim = generator.settings["z_dim"]
    z = np.concatenate([np.random.RandomState(seed).randn(1, z_dim) for seed in range(40)])
    codes = torch.from_numpy(z).float()
    full, near = generator(codes), generator(codes, psi=0.7)
    checked = 4 if size <= 64 else 2
    half = generator(codes[:checked], psi=0.5)
    partial = out / "golden.partial.npz"
    np.savez_compressed(
        partial, seeds=np.arange(checked), z=codes[:checked].numpy(), img=full[:checked].numpy(),
        img_psi05=half.numpy(),
    )  # fmt: skip
    partial.replace(out / "golden.npz")
    _grid(torch.cat([full, near]), 10, out / "samples.png")


def write_state(checkpoint: dict[str, Any], out: Path) -> None:
    """All that training needs to go on: networks exactly, optimiser moments in bfloat16."""
    out.mkdir(parents=True, exist_ok=True)
    for name in NETWORKS:
        _save(checkpoint[name], out / f"{name}.safetensors", {})
    for name in OPTIMISERS:
        moments, groups = {}, checkpoint[name]["param_groups"]
        for number, values in checkpoint[name]["state"].items():
            for key, value in values.items():
                kind = torch.float32 if key == "step" else torch.bfloat16
                moments[f"{number}.{key}"] = value.to(kind)
        _save(moments, out / f"{name}.safetensors", {"param_groups": json.dumps(groups)})
    about = {k: checkpoint[k] for k in ("count", "settings", "d_settings")}
    _save({"rng": checkpoint["rng"]}, out / "about.safetensors", {"about": json.dumps(about)})


def read_state(folder: Path) -> dict[str, Any]:
    """The checkpoint that ``write_state`` wrote."""
    checkpoint: dict[str, Any] = {}
    for name in (*NETWORKS, *OPTIMISERS, "about"):
        with safe_open(folder / f"{name}.safetensors", "pt") as file:
            about = file.metadata() or {}
            tensors = {key: file.get_tensor(key) for key in file.keys()}  # noqa: SIM118
        if name == "about":
            checkpoint |= json.loads(about["about"]) | tensors
        elif name in OPTIMISERS:
            state: dict[int, dict[str, Tensor]] = {}
            for key, value in tensors.items():
                number, _, kind = key.partition(".")
                state.setdefault(int(number), {})[kind] = value.float()
            groups = json.loads(about["param_groups"])
            for group in groups:
                group["betas"] = tuple(group["betas"])
            checkpoint[name] = {"state": state, "param_groups": groups}
        else:
            checkpoint[name] = tensors
    for settings in (checkpoint["settings"], checkpoint["d_settings"]):
        settings["channels"] = {int(k): v for k, v in settings["channels"].items()}
    return checkpoint


def main() -> None:
    """Export one checkpoint."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("checkpoint", type=Path)
    parser.add_argument("out", type=Path)
    args = parser.parse_args()
    args.out.mkdir(parents=True, exist_ok=True)
    checkpoint = torch.load(args.checkpoint, map_location="cpu", weights_only=True)
    write_generator(generator_of(checkpoint), checkpoint["count"], args.out)
    if "d" in checkpoint:  # a grown generator has nothing beside its checkpoint
        write_state(checkpoint, args.out / "state")


if __name__ == "__main__":
    main()
