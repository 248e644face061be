"""Own pictures: from a photo and a frame to a code, with what is kept of the model in the cache."""

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import torch
from torch import Tensor

from latentstudio.core.options import as_record, check
from latentstudio.core.progress import Job, Step, part
from latentstudio.core.spaces import GeneratorInfo, Space
from latentstudio.density.reference import Density
from latentstudio.engine.device import memory_errors
from latentstudio.engine.generator import Generator
from latentstudio.engine.images import from_pixels, to_pixels
from latentstudio.engine.warmup import warm_up_derivatives
from latentstudio.inversion.chart import Chart
from latentstudio.inversion.crop import Crop, cut
from latentstudio.inversion.features import features
from latentstudio.inversion.found import DialReading, InversionResult, place
from latentstudio.inversion.options import InversionOptions
from latentstudio.inversion.pictures import Photo, Pixels
from latentstudio.inversion.pool import StartPool, draw_pool, from_arrays
from latentstudio.inversion.problem import Problem
from latentstudio.inversion.search import search
from latentstudio.inversion.starts import SearchTools
from latentstudio.inversion.state import SearchState
from latentstudio.store import cache, densities

POOL_FILE = "looks"
"""Name of the cache file of a model's pictures; another name where what is kept changes."""


@dataclass(frozen=True, slots=True)
class InversionRequest:
    """A photo whose code is to be found.

    Attributes:
        photo: The whole photo.
        crop: The square that the model is to draw.
        options: Of the search.
        label: Class, or None: the features choose.
    """

    photo: Photo
    crop: Crop
    options: InversionOptions = field(default_factory=InversionOptions)
    label: int | None = None

    def key(self, info: GeneratorInfo) -> str:
        """Tells searches apart: one that was put aside goes on for the same only."""
        about = [as_record(self.options), as_record(self.crop), self.label, info.fingerprint]
        digest = hashlib.sha256(json.dumps(about, sort_keys=True).encode())
        digest.update(self.photo.pixels.tobytes())
        return digest.hexdigest()


@dataclass(frozen=True, slots=True, eq=False)
class Inverted:
    """A picture that was found.

    Attributes:
        problem: The picture, the model and the class.
        density: Of that class.
        found: Both ends of the dial.
    """

    problem: Problem
    density: Density
    found: InversionResult

    @torch.no_grad()
    def codes(self, honesty: float) -> Tensor:
        """Codes at a place of the dial: (1, layers, dim)."""
        return self.problem.codes(self.found.at(honesty))

    def place(self, honesty: float) -> DialReading:
        """Error and density at a place of the dial."""
        return place(self.problem, self.density, self.found, honesty)

    @torch.no_grad()
    def pixels(self, honesty: float, generator: Generator | None = None) -> Pixels:
        """The picture at a place of the dial, (n, n, 3); of a tuned model where one is given."""
        network = generator or self.problem.generator
        codes, classes = self.codes(honesty), self.problem.classes(1)
        drawn: Pixels = to_pixels(network.synthesize(codes, classes, self.problem.noise))[0]
        return drawn

    def latents(self, honesty: float) -> tuple[Tensor, Space]:
        """Codes as they are given elsewhere, (dim,) or (layers, dim), and their space."""
        codes = self.codes(honesty)[0]
        info = self.problem.generator.info
        if info.code_layers == 1 or honesty == 1:
            return codes[0], info.code_space
        return codes, Space.WPLUS


def target_of(pixels: Pixels, info: GeneratorInfo, device: torch.device) -> Tensor:
    """A cut as the model would draw it: (1, C, n, n) in [-1, 1]."""
    image = from_pixels(pixels[None]).to(device)
    return image if info.channels == 3 else image.mean(1, keepdim=True)


def invert(
    generator: Generator,
    asked: InversionRequest,
    since: SearchState | None = None,
    report: cache.Report = lambda _: None,
    enough: Callable[[], bool] = lambda: False,
) -> Job[Inverted]:
    """Find the code that draws a photo's square.

    Args:
        generator: The open model.
        asked: What is to be found.
        since: A state of the same search.
        report: Told when a damaged cache was moved aside.
        enough: Asked before every step: whether to end with what is found by now.

    Yields:
        Steps; some have a `inversion.search.Progress` as preview.

    Raises:
        OptionError: An option or the frame is out of its range.
        ResourceError: Memory ran out, or the package of the features is missing.
        AbilityError: The model draws no square pictures in colour or grey.
    """
    check(asked.options)
    warm_up_derivatives()
    info, device = generator.info, generator.device
    pixels = cut(asked.photo.pixels, asked.crop, info.resolution)
    target = target_of(pixels, info, device)
    tools = tools_of(generator, report)
    key = asked.key(info)
    job = search(generator, target, tools, asked.options, asked.label, since, key, enough=enough)
    with memory_errors("Finding this picture's code"):
        found = yield from part(job, 0.0, 0.98)
        density = yield from part(tools.density(found.label), 0.98, 1.0)
    problem = Problem(generator, target, Chart(generator, density), tools.features, found.label)
    return Inverted(problem, density, found)


def tools_of(generator: Generator, report: cache.Report = lambda _: None) -> SearchTools:
    """Features, densities and pools of a model; from the cache where they are there."""
    network = features(generator.device)
    return SearchTools(
        network,
        lambda label: densities.reference(generator, label, report),
        partial(_pool, generator, report),
    )


def _pool(generator: Generator, report: cache.Report, label: int | None) -> Job[StartPool]:
    name = POOL_FILE if label is None else f"{POOL_FILE}-{label}"
    path: Path = cache.folder(generator.info.fingerprint) / f"{name}.safetensors"
    known = cache.load(path, report)
    if known is not None:
        yield Step(1.0, "The model's pictures are known")
        return from_arrays(known[0], generator.device)
    pool = yield from draw_pool(generator, features(generator.device), label)
    cache.store(path, pool.arrays(), {})
    return pool
