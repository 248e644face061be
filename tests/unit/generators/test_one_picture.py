"""A single picture for the screen takes a shorter way through a StyleGAN2: the same picture."""

from pathlib import Path

import pytest
import torch

from latentstudio.core.progress import run
from latentstudio.generators.registry import open_generator

GOLDEN = Path(__file__).parents[2] / "golden" / "generators"


@pytest.mark.parametrize("name", ["stylegan2-ada-64.pkl", "rosinality-stylegan2-64.pt"])
@pytest.mark.parametrize("noise", ["const", "none", 5])
def test_it_is_the_same_picture(name, noise, monkeypatch):
    generator = run(open_generator(GOLDEN / name))
    with torch.no_grad():
        codes = generator.broadcast(generator.map(generator.sample_z([1, 2])))
        both = generator.synthesize(codes, noise=noise)
    layers = [m for m in generator.network.modules() if hasattr(m, "_alone")]
    taken = []
    kind = type(layers[0])
    short = kind._alone
    monkeypatch.setattr(kind, "_alone", lambda self, *a: taken.append(self) or short(self, *a))
    with torch.inference_mode():
        alone = generator.synthesize(codes[:1], noise=noise)
        assert len(taken) == len(layers)
        assert torch.allclose(generator.synthesize(codes, noise=noise), both, atol=1e-5)
        assert len(taken) == len(layers)
    assert torch.allclose(alone, both[:1], atol=2e-5 * max(1.0, float(both.std())))


def test_what_is_made_in_place_does_not_reach_a_tap():
    generator = run(open_generator(GOLDEN / "stylegan2-ada-64.pkl"))
    codes = generator.broadcast(generator.map(generator.sample_z([4])))
    kept = {}
    with torch.no_grad():
        first = {tap: generator.features(codes, tap) for tap in generator.info.taps}
        look = {tap: lambda x, tap=tap: kept.setdefault(tap, x) for tap in first}
        generator.synthesize_with(codes, look)
    for tap, features in first.items():
        assert torch.equal(kept[tap], features)
