"""Generators that every contract test runs over."""

from pathlib import Path

from latentstudio.core.paths import resources_dir
from latentstudio.core.progress import run
from latentstudio.session import models

GOLDEN = Path(__file__).parents[1] / "golden" / "generators"
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
}


def open_model(name):
    return run(models.open_model(str(MODELS[name]), "cpu"))
