"""A picture's derivative by its code: each way of making it gives the same, family by family."""

from pathlib import Path

import pytest
import torch

from latentstudio.core.progress import run
from latentstudio.core.spaces import Ability
from latentstudio.engine import pushing
from latentstudio.engine.pushing import HasTangents, Reading, pusher
from latentstudio.generators.builtin import find_model
from tests.golden.test_golden_generators import opened

FOLDER = Path(__file__).parent / "generators"
DIFFERENTIABLE = (
    "portraits",
    "biggan-64-G_ema.pth",
    "biggan-deep-64",
    "hammer-pggan-64.pth",
    "hammer-stylegan-64.pth",
    "proggan-64.pth",
    "sngan-64.pt",
    "stylegan2-ada-64.pkl",
    "stylegan2-ada-conditional-32.pkl",
    "stylegan2-tf-32.pkl",
    "stylegan3-r-64.pkl",
)
