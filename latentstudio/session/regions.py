"""Local directions of pictures: from a mask to directions with their measured leak."""

import time
from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from latentstudio.core.errors import AbilityError, OptionError
from latentstudio.core.layer_range import parse_layers
from latentstudio.core.progress import Job, Step, part
from latentstudio.core.spaces import GeneratorInfo, Space
from latentstudio.discovery.result import fix_signs, linear_set
from latentstudio.discovery.sefa import measure_units
from latentstudio.document.direction import Direction, DirectionSet
from latentstudio.engine.generator import Generator, Noise
from latentstudio.engine.jacobian import Jacobian, jacobian
from latentstudio.region import registry
from latentstudio.region.grams import MaskedGrams
from latentstudio.region.leak import Leak, measure
from latentstudio.region.masks import Mask, checked, reduced
from latentstudio.region.pool_metric import PoolMetric
from latentstudio.region.resefa import ResefaOptions
from latentstudio.region.sharpening import sharpen
from latentstudio.region.subspace import Subspace
from latentstudio.render.drawing import at_their_truncation
from latentstudio.render.pipeline import Latents, Move, Pipeline
from latentstudio.session.local_ways import Way, as_local, leaks_at_level, with_paths
from latentstudio.store.pool_metrics import kept_metric

USUAL_LAYERS = (4, 7)
"""Of a StyleGAN: LowRankGAN's default; later layers hold colour, earlier ones the pose."""
VISIBLE = 0.25
"""Mean |change| inside the mask, of a range of 2, that a slider should reach."""
MOST_PICTURES = 64
MOST_REACH = 3
"""Times as far as other sliders it may go for that."""
STRAIGHT = Way()
AMOUNT = 2.0
"""Amount, to both sides, at which the leak of the real edit is measured."""


@dataclass(frozen=True, slots=True, eq=False)
class LocalDirections:
    """What was found.

    Attributes:
        directions: Best first.
        jacobian: Of the first picture: another mask needs no other.
        codes: Of all pictures, (N, layers, dim).
        subspace: What the method found in it.
        predicted: Leak of each direction by that Jacobian, at the working size.
        real: Leak of each direction by the pictures themselves, at `AMOUNT` to both sides.
        level: Leak of each where the change inside has reached `local_ways.LEVEL`, or None.
        way: Straight or along a path, protected or not.
        seconds: What took how long: ``jacobian``, ``solve``.
    """

    directions: DirectionSet
    jacobian: Jacobian
    codes: Tensor
    subspace: Subspace
    predicted: tuple[Leak, ...]
    real: tuple[Leak, ...]
    level: tuple[float | None, ...]
    way: Way
    seconds: dict[str, float]


@torch.no_grad()
def find_local(
    generator: Generator,
    latents: Latents,
    noise: Noise,
    mask: Mask,
    options: Any,
    count: int,
    way: Way = STRAIGHT,
) -> Job[LocalDirections]:
    """Find directions that change pictures inside a mask and little outside it.

    Of several pictures M_f and M_b are the means over all, so that what is found is local in
    each of them.

    Args:
        generator: The model.
        latents: The picture, or some that share the mask, at most `MOST_PICTURES`.
        noise: Theirs.
        mask: (height, width) of the picture, 0 to 1.
        options: Of one of `registry.METHODS`.
        count: Most directions.
        way: Straight or along a path, protected or not.

    Raises:
        OptionError: A mask of nothing or everything, layers that don't exist, an option out of
            its range, too many pictures, or no direction is left.
        AbilityError: Some channels of the picture follow other edits.
    """
    info = generator.info
    way.check(len(latents))
    _check(latents, mask, options, count, info.code_dim)
    layers = chosen_layers(options.layers, info)
    metric = None
    if way.basis == "pool":
        label = None if latents.classes is None else int(latents.classes[0])
        metric = yield from part(kept_metric(generator, layers, label), 0.0, 0.1)
    began = time.perf_counter()
    job = _products(generator, latents, noise, mask, layers, metric)
    inside, outside, derived = yield from part(job, 0.1 if metric else 0.0, 0.6)
    between = time.perf_counter()
    solving = registry.find(inside.numpy(), outside.numpy(), options, count)
    found = yield from part(solving, 0.6, 0.65)
    if not len(found.vectors):
        raise OptionError(
            "Nothing changes this region alone. Paint a larger one, or let more change around it."
        )
    seconds = {"jacobian": between - began, "solve": time.perf_counter() - between}
    vectors = fix_signs(torch.from_numpy(found.vectors.copy()))
    small = reduced(mask, derived.size)
    predicted = tuple(measure(pushed(derived, vector), small) for vector in vectors)
    units = yield from part(measure_units(generator, vectors, 0), 0.65, 0.7)
    directions = as_local(directions_of(info, options, vectors, units, layers), mask, way)
    tau = options.tau if registry.method_of(options).takes("tau") else ResefaOptions().tau
    walking = with_paths(generator, latents, noise, mask, directions, way, metric, tau)
    directions = yield from part(walking, 0.7, 0.9)
    pipeline = Pipeline(generator)
    real = yield from part(real_leaks(pipeline, latents, noise, mask, directions), 0.9, 0.95)
    told = noted(directions, found, predicted, real)
    reaching = leaks_at_level(pipeline, latents, noise, mask, told.directions)
    level = tuple((yield from part(reaching, 0.95, 1.0)))
    return LocalDirections(
        told, derived, latents.codes, found, predicted, real, level, way, seconds
    )


def _check(latents: Latents, mask: Mask, options: Any, count: int, dim: int) -> None:
    """Refuse what can't be done, before minutes are spent."""
    if latents.mixes:
        raise AbilityError("Local directions can't be found while groups of channels are off.")
    if len(latents) > MOST_PICTURES:
        raise OptionError(f"Give at most {MOST_PICTURES} pictures, not {len(latents)}.")
    checked(mask)
    registry.check_all(options, count, dim)


def _products(
    generator: Generator,
    latents: Latents,
    noise: Noise,
    mask: Mask,
    layers: tuple[int, int] | None,
    metric: PoolMetric | None,
) -> Job[tuple[Tensor, Tensor, Jacobian]]:
    """Means of M_f and M_b over the pictures, and the first one's Jacobian."""
    network = at_their_truncation(generator, latents)
    first: Jacobian | None = None
    inside = torch.zeros(generator.info.code_dim, generator.info.code_dim, dtype=torch.float64)
    outside = torch.zeros_like(inside)
    for index in range(len(latents)):
        one = latents.take([index])
        job = _derived(network, one, noise, layers, metric)
        derived = yield from part(job, index / len(latents), (index + 1) / len(latents))
        grams = MaskedGrams(derived.values)
        grams.paint(reduced(mask, derived.size))
        inside += grams.inside() / len(latents)
        outside += grams.outside() / len(latents)
        first = first or derived
    assert first is not None  # pictures come one at least
    return inside, outside, first


def _derived(
    network: Generator,
    latents: Latents,
    noise: Noise,
    layers: tuple[int, int] | None,
    metric: PoolMetric | None,
) -> Job[Jacobian]:
    """One picture's Jacobian; in the pool's order where that is known."""
    if metric is None:
        return (yield from jacobian(network, latents.codes, latents.classes, noise, layers))
    job = sharpen(network, latents.codes, latents.classes, noise, layers, metric=metric)
    return (yield from job).jacobian()


def chosen_layers(text: str, info: GeneratorInfo) -> tuple[int, int] | None:
    """Layers of an option; ``auto`` takes the usual ones where the model has them.

    Raises:
        OptionError: No such layers.
    """
    if text.strip() != "auto":
        return parse_layers(text, info.code_layers)
    return USUAL_LAYERS if info.code_layers > USUAL_LAYERS[1] else None


def pushed(derived: Jacobian, vector: Tensor) -> NDArray[np.float32]:
    """The linear model's change of the picture: (C, H, W)."""
    change: NDArray[np.float32] = (derived.values @ vector.float()).permute(2, 0, 1).numpy()
    return change


def directions_of(
    info: GeneratorInfo,
    options: Any,
    vectors: Tensor,
    units: Sequence[float],
    layers: tuple[int, int] | None,
) -> DirectionSet:
    """Straight directions (K, dim) as their method's own."""
    method = registry.method_of(options)
    title = (method.id, method.title)
    return linear_set(info, title, options, 0, vectors, units=units, layers=layers)


def real_leaks(
    pipeline: Pipeline, latents: Latents, noise: Noise, mask: Mask, directions: DirectionSet
) -> Job[tuple[Leak, ...]]:
    """Leak of each direction as its pictures show it, mean over all of them.

    The mask is (H, W), the pictures' size, 0 to 1.
    """
    still, count = pipeline.images(latents, noise), len(latents)
    both = latents.take([*range(count), *range(count)])
    amounts = [-AMOUNT] * count + [AMOUNT] * count
    found: list[Leak] = []
    for index, direction in enumerate(directions.directions):
        yield Step(index / len(directions), "Measuring what leaks")
        moved = pipeline.apply(both, [Move(direction, amounts)])
        away = pipeline.images(moved, noise) - torch.cat([still, still])
        change = away.abs().mean(0).cpu().numpy()
        found.append(measure(change, mask))
    return tuple(found)


def noted(
    directions: DirectionSet, found: Subspace, predicted: Sequence[Leak], real: Sequence[Leak]
) -> DirectionSet:
    """The same directions, with what was measured."""

    def noted(direction: Direction, value: float, model: Leak, leak: Leak) -> Direction:
        strength = leak.strength / AMOUNT
        measured = {
            "eigenvalue": float(value),
            "predicted_leak": _finite(model.ratio),
            "leak": _finite(leak.ratio),
            "locality": leak.local,
            "strength": strength,
        }
        if direction.payload.arrays:  # a path ends where it ends
            return replace(direction, measured=measured)
        reach = _reach(direction.high, strength)
        return replace(direction, low=-reach, high=reach, measured=measured)

    rows = zip(directions.directions, found.values, predicted, real, strict=True)
    return replace(directions, directions=tuple(noted(*row) for row in rows))


def _reach(usual: float, strength: float) -> float:
    """Greatest amount a slider offers: a local change is small, so usually more than elsewhere."""
    wanted = VISIBLE / strength if strength else np.inf
    return round(min(max(usual, wanted), MOST_REACH * usual))


def _finite(ratio: float) -> float | None:
    """A leak as files hold it: None where nothing changes inside."""
    return ratio if np.isfinite(ratio) else None


def record(found: LocalDirections, info: GeneratorInfo) -> dict[str, Any]:
    """The findings as plain values; the keys are promised in the documentation."""
    codes = found.codes.cpu()
    same = bool((codes == codes[:, :1]).all())
    flat = (codes[:, 0] if same else codes.flatten(1)).tolist()
    first = found.directions.directions[0]
    told = {field.name for field in fields(Way)}
    return {
        **({"latent": flat[0]} if len(flat) == 1 else {"latents": flat}),
        "space": str(info.code_space if same else Space.WPLUS),
        "layers": list(found.jacobian.layers or (0, info.code_layers - 1)),
        "method": first.method,
        "options": {k: v for k, v in first.provenance.options.items() if k not in told},
        "eigenvalues": found.subspace.values.tolist(),
        "rank": found.subspace.rank,
        "amount": AMOUNT,
        "path": found.way.path,
        "protect": found.way.protect,
        "basis": found.way.basis,
        "directions": [
            {**_measured(one), "leak_at_0.25": leak}
            for one, leak in zip(found.directions.directions, found.level, strict=True)
        ],
        "seconds": found.seconds,
    }


def _measured(direction: Direction) -> dict[str, Any]:
    names = ("predicted_leak", "leak", "locality", "strength")
    return {name: direction.measured[name] for name in names}
