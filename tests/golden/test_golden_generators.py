"""Pictures equal what the authors' own code computes from the same weights."""

from pathlib import Path

import numpy as np
import pytest
import torch

from latentstudio.core.paths import resources_dir
from latentstudio.core.progress import run
from latentstudio.generators.registry import open_generator

HERE = Path(__file__).parent / "generators"
TABLE = {"portraits": resources_dir() / "generators" / "portraits.safetensors"}


@pytest.fixture(scope="module", params=sorted(TABLE))
def case(request):
    generator = run(open_generator(TABLE[request.param]))
    golden = dict(np.load(HERE / f"{request.param}.npz"))
    return generator, golden


def agree(image, expected):
    expected = torch.from_numpy(expected)
    tolerance = 1e-4 * max(1.0, float(expected.std()))
    assert image.shape == expected.shape
    assert float((image - expected).abs().max()) < tolerance


def test_image(case):
    generator, golden = case
    codes = generator.broadcast(generator.map(torch.from_numpy(golden["z"])))
    agree(generator.synthesize(codes), golden["img"])


def test_truncated_image(case):
    generator, golden = case
    w = generator.map(torch.from_numpy(golden["z"]), truncation=0.5)
    agree(generator.synthesize(generator.broadcast(w)), golden["img_psi05"])
