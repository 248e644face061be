"""GANSpace: principal components of a model's own samples.

Härkönen et al., NeurIPS 2020, "GANSpace: Discovering Interpretable GAN Controls",
arXiv:2004.02546. With a mapping network: PCA of w (section 2.2). Without one a normal z
has no axes of its own, so PCA of early features, and each component regressed back to z
(section 2.3).
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Protocol

import torch
from torch import Tensor

from latentstudio.core.errors import AbilityError, OptionError
from latentstudio.core.layer_range import parse_layers
from latentstudio.core.options import check, option
from latentstudio.core.progress import Job, Step, changed, part
from latentstudio.core.spaces import Space
from latentstudio.discovery import fitting
from latentstudio.discovery.fitting import Fields, Setting
from latentstudio.discovery.result import check_count, fix_signs, linear_set
from latentstudio.discovery.sampling import BATCH, Moments, accumulate, draw
from latentstudio.document.direction import DirectionSet
from latentstudio.engine.generator import Generator, HasTaps

METHOD = ("ganspace", "GANSpace")
SPARE = 16
"""Dimensions kept beyond the wanted ones while the features' subspace is sought."""
FEW_FEATURES = 1024
SUBSPACE_BATCHES = 32
SUBSPACE_PASSES = 3
EARLY = (4_096, 16_384, 49_152)
"""Samples after which provisional directions are shown, of twice as many at least."""
Axes = tuple[Tensor, Tensor]
"""Unit vectors (K, dim) and lengths of their units (K,)."""


class Tapped(Generator, HasTaps, Protocol):
    """A generator whose inner features can be read."""


@dataclass(frozen=True, slots=True)
class GanspaceOptions:
    """What can be set."""

    count: int = option(20, "Directions", "How many to find, the strongest first.", low=1, high=512)
    layers: str = option(
        "all", "Layers", "Layers the sliders will change: all, one, or a range such as 4-7."
    )
    samples: int = option(
        100_000,
        "Samples",
        "How many random pictures the directions are read from. More is steadier and slower.",
        low=100,
        high=10_000_000,
        advanced=True,
    )
    tap: str = option(
        "first",
        "Inner layer",
        "For models without a mapping network: the inner layer whose changes are studied.",
        advanced=True,
    )


def fit(fields: Fields, setting: Setting) -> Fields:
    """At most as many directions as dimensions, and the layers that this model has."""
    taps = (fitting.find(fields, "tap").default, *setting.info.taps)
    return fitting.change(fitting.at_most_dim(fields, setting), "tap", choices=taps)


@torch.no_grad()
def discover(
    generator: Generator, options: GanspaceOptions, seed: int = 0, state: object = None
) -> Job[DirectionSet]:
    """Find the axes along which a model's samples vary most.

    Memory does not grow with the number of samples. A component's standard deviation is the
    sliders' unit. `state` is not used.

    Yields:
        Steps; after some samples with a provisional set as the preview.

    Raises:
        AbilityError: Neither a mapping network nor inner layers to read.
        OptionError: An option out of its range, more directions than dimensions, or layers that
            don't exist.
    """
    check(options)
    info = generator.info
    layers = parse_layers(options.layers, info.code_layers)
    check_count(options.count, info.code_dim)
    if options.samples <= options.count:
        raise OptionError(f"samples must be more than {options.count}, the number of directions.")
    find = code_axes if info.code_space is Space.W else feature_axes

    def as_set(axes: Axes) -> DirectionSet:
        vectors, units = axes[0], axes[1].tolist()
        measured = [{"deviation": unit} for unit in units]
        return linear_set(
            info, METHOD, options, seed, vectors, units=units, layers=layers, measured=measured
        )

    def shown(step: Step) -> Step:
        return replace(step, preview=as_set(step.preview)) if step.preview else step

    return as_set((yield from changed(find(generator, options, seed), shown)))


@torch.no_grad()
def code_axes(generator: Generator, options: GanspaceOptions, seed: int) -> Job[Axes]:
    """PCA of w: unit vectors (K, dim) and standard deviations (K,), largest first."""
    info = generator.info
    moments = Moments(info.classes, info.code_dim)

    def add(z: Tensor, classes: Tensor | None) -> None:
        moments.add(generator.map(z, classes), classes)

    def axes() -> Axes:
        values, vectors = leading(moments.covariance(), options.count)
        return fix_signs(vectors), values.sqrt()

    job = accumulate(generator, seed, options.samples, add)
    yield from part(_with_early(job, options.samples, axes), 0.0, 0.99)
    return axes()


@torch.no_grad()
def feature_axes(generator: Generator, options: GanspaceOptions, seed: int) -> Job[Axes]:
    """PCA of features, regressed to z: unit vectors (K, z_dim) and lengths (K,).

    x = V^T (y - mean) are the features' principal coordinates; U = argmin sum ||U x - z||^2
    (the paper's eq. 2) has the columns E[z x_k] / var(x_k). One standard deviation of x_k is a
    step of sqrt(var) ||u_k|| in z: the slider's unit.
    """
    if not isinstance(generator, HasTaps) or not generator.info.taps:
        raise AbilityError(
            "GANSpace needs a model with a mapping network, or one whose inner layers can be read."
        )
    tap = _tap(options.tap, generator.info.taps)
    basis = yield from part(subspace(generator, tap, options.count, seed), 0.0, 0.3)
    moments = Moments(generator.info.classes, basis.shape[1], generator.info.code_dim)

    def add(z: Tensor, classes: Tensor | None) -> None:
        moments.add(tapped(generator, z, classes, tap) @ basis, classes, z)

    def axes() -> Axes:
        values, vectors = leading(moments.covariance(), options.count)
        # Columns u_k, (z_dim, K).
        back = moments.cross_covariance() @ vectors.T / values.clamp_min(1e-30)
        lengths = back.norm(dim=0)
        return fix_signs((back / lengths.clamp_min(1e-30)).T), values.sqrt() * lengths

    job = accumulate(generator, seed, options.samples, add)
    yield from part(_with_early(job, options.samples, axes), 0.3, 0.99)
    return axes()


def _with_early(job: Job[None], samples: int, axes: Callable[[], Axes]) -> Job[None]:
    """The same steps, some of them with the axes by what has been sampled so far."""
    due = [count for count in EARLY if 2 * count <= samples]

    def shown(step: Step) -> Step:
        if not due or step.fraction * samples < due[0]:
            return step
        del due[0]
        return replace(step, preview=axes())

    return changed(job, shown)


def leading(covariance: Tensor, count: int) -> tuple[Tensor, Tensor]:
    """Largest eigenvalues (K,) and their unit eigenvectors as rows (K, dim)."""
    values, vectors = torch.linalg.eigh(covariance)  # ascending
    return values.flip(0)[:count].clamp_min(0), vectors.flip(1)[:, :count].T


@torch.no_grad()
def subspace(generator: Tapped, tap: str, count: int, seed: int) -> Job[Tensor]:
    """Orthonormal basis (features, q) that holds the leading `count` components.

    Few features: all of them. Many (a 4x4 layer of 1,536 channels has 24,576, and no memory
    holds that covariance): subspace iteration, the covariance applied batch by batch, with
    q = count + SPARE.
    """
    z, classes = draw(generator, seed, 0, 1)
    size = tapped(generator, z, classes, tap).shape[1]
    if size <= max(FEW_FEATURES, count + SPARE):
        return torch.eye(size, device=generator.device)
    rng = torch.Generator().manual_seed(seed)
    start = torch.randn(size, count + SPARE, generator=rng)
    basis: Tensor = torch.linalg.qr(start)[0].to(generator.device)
    for turn in range(SUBSPACE_PASSES):
        applied = torch.zeros(basis.shape, dtype=torch.float64, device=basis.device)
        for index in range(SUBSPACE_BATCHES):
            apart = _differences(generator, tap, seed, index)
            applied += (apart.T @ (apart @ basis)).double()
            done = turn * SUBSPACE_BATCHES + index + 1
            yield Step(done / (SUBSPACE_PASSES * SUBSPACE_BATCHES), "Looking at inner features")
        basis = torch.linalg.qr(applied)[0].float()
    return basis


def tapped(generator: Tapped, z: Tensor, classes: Tensor | None, tap: str) -> Tensor:
    """Features at `tap`, one row for each latent: (N, z_dim) -> (N, features)."""
    codes = generator.broadcast(generator.map(z, classes))
    rows: Tensor = generator.features(codes, tap, classes).flatten(1)
    return rows


def _differences(generator: Tapped, tap: str, seed: int, index: int) -> Tensor:
    """Differences of features within pairs of one class.

    Their covariance is twice the covariance within classes, and no mean has to be known.
    """
    z, classes = draw(generator, seed, index, BATCH)
    half = BATCH // 2
    if classes is not None:
        classes = classes[:half].repeat(2)
    rows = tapped(generator, z, classes, tap)
    apart: Tensor = rows[:half] - rows[half:]
    return apart


def _tap(name: str, taps: tuple[str, ...]) -> str:
    if name == "first":
        return taps[0]
    if name not in taps:
        raise OptionError(f"tap can't be '{name}'. This model's inner layers: {', '.join(taps)}.")
    return name
