"""Generators that every contract test runs over."""

from pathlib import Path

from latentstudio.core.paths import resources_dir
from latentstudio.core.progress import run
from latentstudio.generators.registry import open_generator

GOLDEN = Path(__file__).parents[1] / "golden" / "generators"
SHIPPED = {"portraits": resources_dir() / "generators" / "portraits.safetensors"}
SMALL = ("stylegan2-ada-64.pkl", "stylegan2-ada-conditional-32.pkl", "stylegan3-r-64.pkl")
MODELS = SHIPPED | {name.split(".")[0]: GOLDEN / name for name in SMALL}


def open_model(name):
    return run(open_generator(MODELS[name]))
