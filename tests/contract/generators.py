"""Generators that every contract test runs over."""

from pathlib import Path

from latentstudio.core.paths import resources_dir
from latentstudio.core.progress import run
from latentstudio.generators.registry import open_generator

GOLDEN = Path(__file__).parents[1] / "golden" / "generators"
MODELS = {
    "portraits": resources_dir() / "generators" / "portraits.safetensors",
    "stylegan2": GOLDEN / "stylegan2-ada-64.pkl",
    "stylegan2-conditional": GOLDEN / "stylegan2-ada-conditional-32.pkl",
    "stylegan3-r": GOLDEN / "stylegan3-r-64.pkl",
    "biggan": GOLDEN / "biggan-64-G_ema.pth",
    "biggan-deep": GOLDEN / "biggan-deep-64",
}


def open_model(name):
    return run(open_generator(MODELS[name]))
