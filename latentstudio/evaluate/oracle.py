"""The ceiling of a comparison: directions made from the answers of a predictor.

For attribute y the pattern a = cov(code, y) of the model's own samples: where the code goes on
average when the attribute does (Haufe et al., NeuroImage 2014). The weights of a linear predictor,
b = (covariance)^-1 a, would be noisier and change more beside the attribute.
"""

from dataclasses import dataclass, replace

import torch
from torch import Tensor

from latentstudio.core.progress import Job, Step
from latentstudio.discovery.picture_ica import patterns
from latentstudio.discovery.result import linear_set
from latentstudio.discovery.sampling import draw
from latentstudio.document.direction import DirectionSet
from latentstudio.engine.generator import Generator
from latentstudio.evaluate.predictor import Predictor, as_colour

METHOD = ("oracle", "Oracle")
SAMPLES = 4000
_AT_ONCE = 16
_LEAST = 1e-6
"""An attribute that varies less has no direction."""


@dataclass(frozen=True, slots=True)
class OracleOptions:
    """What a preset keeps of how directions were made."""

    samples: int = SAMPLES


@torch.no_grad()
def readings(
    generator: Generator, predictor: Predictor, samples: int, seed: int
) -> Job[tuple[Tensor, Tensor]]:
    """Codes (N, dim) of draws and their attributes (N, A), both float64 on the CPU."""
    codes, values = [], []
    for index, first in enumerate(range(0, samples, _AT_ONCE)):
        z, classes = draw(generator, seed, index, min(_AT_ONCE, samples - first))
        code = generator.map(z, classes)
        images = generator.synthesize(generator.broadcast(code), classes)
        codes.append(code.double().cpu())
        values.append(predictor.read(as_colour(images.float().cpu())).double())
        yield Step((first + len(z)) / samples, f"Reading {first + len(z):,} of {samples:,}")
    return torch.cat(codes), torch.cat(values)


def oracle(
    generator: Generator, predictor: Predictor, samples: int = SAMPLES, seed: int = 0
) -> Job[DirectionSet]:
    """A direction for each attribute that varies, named after it."""
    codes, values = yield from readings(generator, predictor, samples, seed)
    return from_readings(generator, predictor, codes, values, seed)


def from_readings(
    generator: Generator, predictor: Predictor, codes: Tensor, values: Tensor, seed: int = 0
) -> DirectionSet:
    """The directions of codes (N, dim) whose attributes (N, A) are known."""
    apart, differ = codes - codes.mean(0), values - values.mean(0)
    varies = [i for i, spread in enumerate(differ.std(0).tolist()) if spread > _LEAST]
    vectors = torch.nn.functional.normalize(patterns(apart, differ[:, varies]), dim=1)
    units = ((apart @ vectors.T).square().mean(0)).sqrt()
    found = linear_set(
        generator.info, METHOD, OracleOptions(len(codes)), seed, vectors, units=units.tolist()
    )
    names = [predictor.attributes[i].name for i in varies]
    return replace(
        found,
        directions=tuple(
            replace(one, name=name) for one, name in zip(found.directions, names, strict=True)
        ),
    )
