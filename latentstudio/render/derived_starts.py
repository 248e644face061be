"""Starts that are made of other starts, on the shell: random turns, and pictures bred of two.

Both work in the chart where the density depends on the distance from the middle only
(`density.reference`): a turn keeps that distance, a mix of two has one between theirs.
"""

from dataclasses import dataclass, replace

import numpy as np
import torch
import torch.nn.functional as nnf
from torch import Tensor

from latentstudio.core.errors import AbilityError
from latentstudio.core.spaces import Ability, Space
from latentstudio.density.reference import Density
from latentstudio.document.assets import Array, KeptAssets
from latentstudio.document.region_commands import unmasked
from latentstudio.document.start import Latent, tuning_of
from latentstudio.document.state import Picture
from latentstudio.engine.walks import geodesic, retract
from latentstudio.render.latents import Latents
from latentstudio.render.renderer import Renderer

QUARTER = np.pi / 2
"""A turn by it leads to what is as different as another sample: in many dimensions two samples
stand at right angles to each other."""


@dataclass(frozen=True, slots=True, eq=False)
class DerivedStart:
    """A latent made of other latents.

    Attributes:
        codes: (dim,), or (layers, dim) in W+.
        space: Where it lives.
        truncation: See `document.start.Latent`.
        tuning: As there.
    """

    codes: Array
    space: Space
    truncation: float
    tuning: str = ""

    def start(self, assets: KeptAssets, label: int | None) -> Latent:
        """A start like any other; the codes go to the assets."""
        return Latent(assets.put(self.codes), self.space, label, self.truncation, self.tuning)


@torch.no_grad()
def turned(
    renderer: Renderer, picture: Picture, size: float, seed: tuple[int, int]
) -> DerivedStart:
    """The start of a picture after a random step of a chosen size that stays on its shell.

    The angle on the great circle is `size` quarters of a turn; all layers turn alike.

    Args:
        renderer: Of the open model.
        picture: Whose start turns; its edits don't.
        size: 0 to 1, see `QUARTER`.
        seed: One seed is one step.

    Returns:
        (dim,), or (layers, dim) where the start's layers differ.

    Raises:
        AbilityError: The density is not measured yet.
    """
    start = renderer.start(picture)
    random = np.random.default_rng(seed)

    def turn(v: Tensor) -> Tensor:
        return _turn(v, torch.from_numpy(random.standard_normal(v.shape[-1])), size)

    if start.z is not None and _edits_in_z(renderer, picture):
        z = turn(start.z.detach().cpu().double())
        return _given(z, Space.Z, start.truncation, tuning_of(picture.start))
    density = _density(renderer, start, picture)
    codes = density.from_round(turn(density.to_round(start.codes[0])))
    space = renderer.generator.info.code_space
    return _given(codes, space, start.truncation, tuning_of(picture.start))


@torch.no_grad()
def bred(
    renderer: Renderer, first: Picture, second: Picture, shares: tuple[float, ...]
) -> DerivedStart:
    """A latent between two pictures as they are with their edits, layer by layer.

    In the chart where codes are round the two are mixed and the mix is brought to a distance
    from the middle between theirs, so it lies on the shell where both do. Where a share is 0 or 1
    the layer is the parent's, bit for bit. Local edits and groups of channels, which no code
    holds, are left out.

    Args:
        renderer: Of the open model.
        first: A parent.
        second: The other.
        shares: How much of the second, 0 to 1, for each layer of the code.

    Returns:
        (dim,) where all layers are the same, else (layers, dim).

    Raises:
        AbilityError: The density of one of them is not measured yet.
    """
    parents = [(p, renderer.latents(p)) for p in (unmasked(first), unmasked(second))]
    one, other = (_whole(latents) for _, latents in parents)
    a, b = (
        _density(renderer, latents, picture).to_round(codes)
        for (picture, latents), codes in zip(parents, (one, other), strict=True)
    )
    share = torch.tensor(shares, dtype=torch.float64)[:, None]
    length = torch.lerp(a.norm(dim=-1, keepdim=True), b.norm(dim=-1, keepdim=True), share)
    # Opposite points have no middle: then the first one stays.
    v = retract(length * nnf.normalize(a, dim=-1), torch.lerp(a, b, share))
    ends = [latents.truncation for _, latents in parents]
    truncation = ends[0] + (ends[1] - ends[0]) * float(share.mean())
    child = replace(parents[0][1], truncation=truncation)
    codes = _density(renderer, child, parents[0][0]).from_round(v)
    codes = torch.where(share == 0, one.double(), torch.where(share == 1, other.double(), codes))
    # Where only one was fitted to a photo, the fit leaves what is far from it as it was.
    tuning = tuning_of(first.start) or tuning_of(second.start)
    return _given(codes, renderer.generator.info.code_space, truncation, tuning)


def _turn(v: Tensor, draw: Tensor, size: float) -> Tensor:
    """Along the great circle toward a random point, (..., dim) -> same."""
    axis = nnf.normalize(v, dim=-1)
    across = nnf.normalize(draw - (draw * axis).sum(-1, keepdim=True) * axis, dim=-1)
    return geodesic(v, across, size * QUARTER * v.norm(dim=-1))


def _given(codes: Tensor, space: Space, truncation: float, tuning: str) -> DerivedStart:
    """(layers, dim) as it is given to a picture: one code where all layers are the same."""
    exact = codes.float()
    if len(exact) == 1 or bool((exact == exact[:1]).all()):
        return DerivedStart(exact[0].numpy(), space, truncation, tuning)
    return DerivedStart(exact.numpy(), Space.WPLUS, truncation, tuning)


def _whole(latents: Latents) -> Tensor:
    """Codes without what only some channels follow, (layers, dim) on the processor."""
    codes = latents.codes if latents.base is None else latents.base
    return codes[0].detach().cpu()


def _edits_in_z(renderer: Renderer, picture: Picture) -> bool:
    """Where an edit needs the picture to start from z, though its code is made of it."""
    if Ability.MAPPING not in renderer.generator.info.abilities:
        return False
    edits = [renderer.directions.get(edit.direction) for edit in picture.edits]
    return any(found is not None and found.space is Space.Z for found in edits)


def _density(renderer: Renderer, latents: Latents, picture: Picture) -> Density:
    density = renderer.pipeline(picture).density_of(latents)
    if density is None:
        raise AbilityError("The density of this picture can't be told yet. Try again in a moment.")
    return density
