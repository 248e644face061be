"""Files as people have them: wrappers, forks and habits; pictures equal the authors' own.

Where the whole collection is beside the project, all of it is asked.
"""

from pathlib import Path

import numpy as np
import pytest
import torch

from latentstudio.core.progress import run
from latentstudio.session.models import open_model

HERE = Path(__file__).parent / "field"
ALL = Path(__file__).parents[3] / "shared" / "golden" / "field"
KINDS = (".pt", ".pth", ".pkl", ".ckpt")


def with_pictures(folder, pattern):
    found = sorted(path for path in folder.glob(pattern) if path.suffix in KINDS)
    return [path for path in found if path.with_suffix(".npz").exists()]


FILES = [*with_pictures(HERE, "*"), *with_pictures(ALL, "*/*")]


@pytest.fixture(scope="module", params=FILES, ids=lambda path: path.stem)
def case(request):
    arrays = np.load(request.param.with_suffix(".npz"))
    golden = {name: torch.from_numpy(np.asarray(arrays[name])) for name in arrays}
    return run(open_model(str(request.param), "cpu")), golden


def picture(generator, golden, truncation=1.0):
    c = golden.get("c")
    classes = None if c is None or not c.numel() else c if c.ndim == 1 else c.argmax(dim=1)
    code = generator.map(golden["z"], classes, truncation)
    image = generator.synthesize(generator.broadcast(code), classes)
    every = int(golden.get("every", 1))
    return image[..., ::every, ::every]


def agree(image, expected):
    assert image.shape == expected.shape
    assert float((image - expected).abs().max()) < 1e-4 * max(1.0, float(expected.std()))


def test_pictures(case):
    generator, golden = case
    agree(picture(generator, golden), golden["img"])
    assert not generator.info.warnings


def test_truncated_pictures(case):
    generator, golden = case
    if "img_psi05" in golden:
        agree(picture(generator, golden, 0.5), golden["img_psi05"])


def test_codes(case):
    generator, golden = case
    if "w" in golden:
        c = golden.get("c")
        classes = c.argmax(dim=1) if c is not None and c.numel() else None
        w = golden["w"] if golden["w"].ndim == 2 else golden["w"][:, 0]
        agree(generator.map(golden["z"], classes), w)


def test_sizes_are_those_of_the_pictures(case):
    generator, golden = case
    every = int(golden.get("every", 1))
    channels, height, width = generator.info.image_shape
    assert (channels, height // every, width // every) == tuple(golden["img"].shape[1:])
    assert generator.info.resolution == max(height, width)
