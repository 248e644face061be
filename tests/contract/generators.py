"""Generators that every contract test runs over."""

import tempfile
from pathlib import Path

import torch

from latentstudio.core.paths import resources_dir
from latentstudio.core.progress import run
from latentstudio.session import models
from tests.toys.networks import ClassRows, FastGAN, Mimicry, Residual, settled, stack

GOLDEN = Path(__file__).parents[1] / "golden" / "generators"
FIELD = GOLDEN.parent / "field"
MODELS = {
    "portraits": resources_dir() / "generators" / "portraits.safetensors",
    "stylegan2": GOLDEN / "stylegan2-ada-64.pkl",
    "stylegan2-conditional": GOLDEN / "stylegan2-ada-conditional-32.pkl",
    "stylegan3-r": GOLDEN / "stylegan3-r-64.pkl",
    "biggan": GOLDEN / "biggan-64-G_ema.pth",
    "biggan-deep": GOLDEN / "biggan-deep-64",
    "proggan": GOLDEN / "proggan-64.pth",
    "stylegan1": GOLDEN / "hammer-stylegan-64.pth",
    "sngan": GOLDEN / "sngan-32-gray.pt",
    "onnx": GOLDEN / "onnx-conditional-8.onnx",
    "stylegan-xl": FIELD / "stylegan-xl-32.pkl",
    "stylegan2-rectangular": FIELD / "stylegan2-64x32.pt",
    "stylegan2-wavelet": FIELD / "swagan-64.pt",
    "proggan-zoo": FIELD / "gan-zoo-pgan-32.pt",
    "lucidrains": FIELD / "lucidrains-16.pt",
    "lucidrains-with-alpha": FIELD / "lucidrains-rgba-16.pt",
    "stylegan3-with-alpha": FIELD / "stylegan3-rgba-64.pkl",
    "stylegan3-rectangular": FIELD / "stylegan3-64x32.pkl",
    "projected-gan": FIELD / "projected-gan-128.pkl",
    "biggan-class-rows": ClassRows,
    "residual": Residual,
    "mimicry": Mimicry,
    "fastgan": FastGAN,
    "stack-with-alpha": lambda: stack(4, more=1),
}
"""Files, and modules whose state dictionary is saved first."""


def open_model(name):
    model = MODELS[name]
    if isinstance(model, Path):
        return run(models.open_model(str(model), "cpu"))
    torch.manual_seed(1)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "made.pt"
        torch.save(settled(model(), 8).state_dict(), path)
        return run(models.open_model(str(path), "cpu"))
