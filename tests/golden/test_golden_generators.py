"""Pictures equal what the authors' own code computes from the same weights."""

from pathlib import Path

import numpy as np
import pytest
import torch

from latentstudio.core.paths import resources_dir
from latentstudio.core.progress import run
from latentstudio.core.spaces import Space
from latentstudio.session.models import open_model

HERE = Path(__file__).parent / "generators"
TABLE = {
    "portraits": resources_dir() / "generators" / "portraits.safetensors",
    "portraits-128": resources_dir() / "generators" / "portraits-128.safetensors",
    "stylegan2-ada-64": HERE / "stylegan2-ada-64.pkl",
    "stylegan2-ada-conditional-32": HERE / "stylegan2-ada-conditional-32.pkl",
    "stylegan2-from-stylegan3-repo-64": HERE / "stylegan2-from-stylegan3-repo-64.pkl",
    "stylegan3-t-64": HERE / "stylegan3-t-64.pkl",
    "stylegan3-r-64": HERE / "stylegan3-r-64.pkl",
    "stylegan2-tf-32": HERE / "stylegan2-tf-32.pkl",
    "rosinality-stylegan2-64": HERE / "rosinality-stylegan2-64.pt",
    "hammer-stylegan2-64": HERE / "hammer-stylegan2-64.pth",
    "biggan-64": HERE / "biggan-64-G_ema.pth",
    "biggan-deep-64": HERE / "biggan-deep-64",
    "proggan-64": HERE / "proggan-64.pth",
    "hammer-pggan-64": HERE / "hammer-pggan-64.pth",
    "hammer-stylegan-64": HERE / "hammer-stylegan-64.pth",
    "sngan-32-gray": HERE / "sngan-32-gray.pt",
    "sngan-64": HERE / "sngan-64.pt",
    "onnx-dcgan-32": HERE / "onnx-dcgan-32.onnx",
    "onnx-conditional-8": HERE / "onnx-conditional-8.onnx",
}


@pytest.fixture(scope="module", params=sorted(TABLE))
def case(request):
    generator = run(open_model(str(TABLE[request.param]), "cpu"))
    arrays = np.load(HERE / f"{request.param}.npz")
    golden = {name: torch.from_numpy(np.asarray(arrays[name])) for name in arrays}
    if "truncation" in golden:  # z is scaled already; this picks the statistics
        generator = generator.at_truncation(float(golden["truncation"]))
    return generator, golden


def classes_of(golden):
    c = golden.get("c")
    return c.argmax(dim=1) if c is not None and c.shape[1] else None


def agree(image, expected):
    tolerance = 1e-4 * max(1.0, float(expected.std()))
    assert image.shape == expected.shape
    assert float((image - expected).abs().max()) < tolerance


def picture(generator, golden, truncation=1.0):
    classes = classes_of(golden)
    code = generator.map(golden["z"], classes, truncation)
    return code, generator.synthesize(generator.broadcast(code), classes)


def test_image(case):
    generator, golden = case
    agree(picture(generator, golden)[1], golden["img"])


def test_code(case):
    generator, golden = case
    if "w" in golden:
        w = golden["w"] if golden["w"].ndim == 2 else golden["w"][:, 0]
        agree(picture(generator, golden)[0], w)
        wplus = generator.broadcast(w)
        assert wplus.shape[1] == generator.info.spaces[Space.WPLUS].layers
        if golden["w"].ndim == 3:
            assert torch.equal(wplus, golden["w"])


def test_truncation(case):
    generator, golden = case
    if "img_psi05" in golden:
        code, image = picture(generator, golden, truncation=0.5)
        agree(image, golden["img_psi05"])
        if "w_psi05" in golden:
            agree(code, golden["w_psi05"][:, 0])


def test_mean_code(case):
    generator, golden = case
    if "latent_avg" in golden:
        agree(generator.mean_code(), golden["latent_avg"][None])
