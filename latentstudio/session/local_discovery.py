"""Local directions of pictures, from a mask to directions with their measured leak."""

import time
from dataclasses import dataclass, fields
from typing import Any

import torch
from torch import Tensor

from latentstudio.core.errors import AbilityError, OptionError
from latentstudio.core.progress import Job, part
from latentstudio.core.spaces import GeneratorInfo, Space
from latentstudio.discovery.sefa import measure_units
from latentstudio.document.direction import Direction, DirectionSet
from latentstudio.engine.generator import Generator, Noise
from latentstudio.engine.jacobian import Jacobian, jacobian
from latentstudio.region import registry
from latentstudio.region.leak import Leak
from latentstudio.region.masks import Mask, checked
from latentstudio.region.pool_metric import PoolMetric
from latentstudio.region.progressive_jacobian import progressive_jacobian
from latentstudio.region.resefa import ResefaOptions
from latentstudio.region.subspace import Subspace
from latentstudio.render.drawing import at_their_truncation
from latentstudio.render.pipeline import Latents, Pipeline
from latentstudio.session.local_leaks import AMOUNT, noted, real_leaks
from latentstudio.session.local_walks import LocalWalk, as_local, leaks_at_level, with_paths
from latentstudio.session.regions import MaskedProducts, chosen_layers, directions_of, find_local
from latentstudio.store.pool_metrics import kept_metric

MOST_PICTURES = 64
STRAIGHT = LocalWalk()


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
        level: Leak of each where the change inside has reached `local_walks.LEVEL`, or None.
        walk: Straight or along a path, protected or not.
        seconds: What took how long: ``jacobian``, ``solve``.
    """

    directions: DirectionSet
    jacobian: Jacobian
    codes: Tensor
    subspace: Subspace
    predicted: tuple[Leak, ...]
    real: tuple[Leak, ...]
    level: tuple[float | None, ...]
    walk: LocalWalk
    seconds: dict[str, float]


@torch.no_grad()
def find_and_measure(
    generator: Generator,
    latents: Latents,
    noise: Noise,
    mask: Mask,
    options: Any,
    count: int,
    walk: LocalWalk = STRAIGHT,
) -> Job[LocalDirections]:
    """Differentiate pictures, find their local directions, and see on them what leaks.

    Args:
        generator: The model.
        latents: The picture, or some that share the mask, at most `MOST_PICTURES`.
        noise: Theirs.
        mask: (height, width) of the picture, 0 to 1.
        options: Of one of `registry.METHODS`.
        count: Most directions.
        walk: Straight or along a path, protected or not.

    Raises:
        OptionError: A mask of nothing or everything, layers that don't exist, an option out of
            its range, too many pictures, or no direction is left.
        AbilityError: Some channels of the picture follow other edits.
    """
    info = generator.info
    walk.check(len(latents))
    _check(latents, mask, options, count, info.code_dim)
    layers = chosen_layers(options.layers, info)
    metric = None
    if walk.basis == "pool":
        label = None if latents.classes is None else int(latents.classes[0])
        metric = yield from part(kept_metric(generator, layers, label), 0.0, 0.1)
    began = time.perf_counter()
    job = _products(generator, latents, noise, mask, layers, metric)
    products = yield from part(job, 0.1 if metric else 0.0, 0.6)
    between = time.perf_counter()
    solved = yield from part(find_local(products, options, count), 0.6, 0.65)
    seconds = {"jacobian": between - began, "solve": time.perf_counter() - between}
    units = yield from part(measure_units(generator, solved.vectors, 0), 0.65, 0.7)
    straight = directions_of(info, options, solved.vectors, units, layers)
    directions = as_local(straight, mask, walk)
    tau = options.tau if registry.method_of(options).takes("tau") else ResefaOptions().tau
    walking = with_paths(generator, latents, noise, mask, directions, walk, metric, tau)
    directions = yield from part(walking, 0.7, 0.9)
    pipeline = Pipeline(generator)
    real = yield from part(real_leaks(pipeline, latents, noise, mask, directions), 0.9, 0.95)
    found, predicted = solved.subspace, solved.predicted
    told = noted(directions, found, predicted, real)
    reaching = leaks_at_level(pipeline, latents, noise, mask, told.directions)
    level = tuple((yield from part(reaching, 0.95, 1.0)))
    assert products.first is not None
    return LocalDirections(
        told, products.first, latents.codes, found, predicted, real, level, walk, seconds
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
) -> Job[MaskedProducts]:
    """The masked products of every picture's Jacobian."""
    network = at_their_truncation(generator, latents)
    products = MaskedProducts(mask)
    for index in range(len(latents)):
        job = _derived(network, latents.take([index]), noise, layers, metric)
        products.add((yield from part(job, index / len(latents), (index + 1) / len(latents))))
    return products


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
    job = progressive_jacobian(
        network, latents.codes, latents.classes, noise, layers, metric=metric
    )
    return (yield from job).jacobian()


def record(found: LocalDirections, info: GeneratorInfo) -> dict[str, Any]:
    """The findings as plain values; the keys are promised in the documentation."""
    codes = found.codes.cpu()
    same = bool((codes == codes[:, :1]).all())
    flat = (codes[:, 0] if same else codes.flatten(1)).tolist()
    first = found.directions.directions[0]
    told = {field.name for field in fields(LocalWalk)}
    return {
        **({"latent": flat[0]} if len(flat) == 1 else {"latents": flat}),
        "space": str(info.code_space if same else Space.WPLUS),
        "layers": list(found.jacobian.layers or (0, info.code_layers - 1)),
        "method": first.method,
        "options": {k: v for k, v in first.provenance.options.items() if k not in told},
        "eigenvalues": found.subspace.values.tolist(),
        "rank": found.subspace.rank,
        "amount": AMOUNT,
        "path": found.walk.path,
        "protect": found.walk.protect,
        "basis": found.walk.basis,
        "directions": [
            {**_measured(one), "leak_at_0.25": leak}
            for one, leak in zip(found.directions.directions, found.level, strict=True)
        ],
        "seconds": found.seconds,
    }


def _measured(direction: Direction) -> dict[str, Any]:
    names = ("predicted_leak", "leak", "locality", "strength")
    return {name: direction.measured[name] for name in names}
