"""From a start to an image: the one path that the window and the command line share.

start (seed or given latent) -> moves in Z -> mapping, truncation -> moves in W and W+ -> walk
(one retraction for all) -> synthesis. Everything works on batches; `render.renderer` adds the
caches that make one slider recompute only what follows it.

Several moves of one space: every path starts at the start latent, all displacements add, and
what they lead to is retracted once. Moves that only some channels follow don't touch the codes
of the picture: each channel's features are those of the codes that all moves reaching it lead
to.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from latentstudio.core.errors import AbilityError, OptionError
from latentstudio.core.spaces import Ability, Prior, Space
from latentstudio.core.walk import Walk
from latentstudio.density.reference import Density
from latentstudio.density.walks import walk_codes
from latentstudio.document.direction import CurvedPath
from latentstudio.engine.channels import ChannelMix, Remember, forget
from latentstudio.engine.generator import Generator, HasMean, Noise
from latentstudio.engine.walks import geodesic, retract
from latentstudio.render.channels import GroupedMove, by_channels, parted
from latentstudio.render.drawing import draw
from latentstudio.render.latents import Latents
from latentstudio.render.moves import Displacements, Move

__all__ = ["Latents", "Move", "Pipeline"]

_LEAST_TRUNCATION = 0.02
"""Below it all pictures are the mean, and dividing by it would measure rounding."""

Go = Callable[[Tensor, Tensor, Walk], Tensor]
"""Walks from latents by displacements of the same shape."""


class Pipeline:
    """Renders starts and moves with one generator.

    Args:
        generator: The open model.
        density: Its density; needed for walks that are not straight.
        displacements: Of this model, with the paths walked so far; None walks them anew.
        remember: Keeps how far syntheses of this model came; see `synthesize_channels`.
    """

    def __init__(
        self,
        generator: Generator,
        density: Density | None = None,
        displacements: Displacements | None = None,
        remember: Remember = forget,
    ) -> None:
        self.generator = generator
        self.density = density
        self.displacements = displacements or Displacements(generator.info)
        self._remember = remember

    def from_seeds(
        self,
        seeds: Sequence[int],
        classes: Sequence[int] | None = None,
        truncation: float = 1.0,
    ) -> Latents:
        """Start from seeds, in the order given."""
        z = self.generator.sample_z(seeds, truncation)
        return self._mapped(z, self._classes(classes, len(z)), truncation)

    def from_array(
        self,
        array: NDArray[np.floating],
        space: Space,
        classes: Sequence[int] | None = None,
        truncation: float = 1.0,
    ) -> Latents:
        """Start from given latents, used as they are; truncation matters to z only.

        Args:
            array: (N, dim), or (N, layers, dim) for W+.
            space: Where they live.
            classes: One class for all or one for each, for conditional models.
            truncation: Applied by the mapping to z; codes given in W or W+ are not rescaled.

        Raises:
            OptionError: The model lacks that space, or the array has another shape, is not
                made of finite numbers, or is empty.
        """
        given = torch.from_numpy(self.checked(array, space)).to(self.generator.device)
        chosen = self._classes(classes, len(given))
        if space is Space.Z:
            return self._mapped(given, chosen, truncation)
        codes = self.generator.broadcast(given) if space is Space.W else given
        return Latents(None, codes, chosen)

    def apply(self, latents: Latents, moves: Sequence[Move], walk: Walk = "straight") -> Latents:
        """Apply directions: add the displacements of each space, then walk once.

        Raises:
            OptionError: A direction of another model, wrong amounts, or a walk on the shell
                without a density.
            AbilityError: A direction in Z for given codes, or channels of a model whose inner
                layers can't be read.
        """
        plain, grouped = parted(moves, self.generator)
        whole = self._all(latents, plain, grouped, walk)
        if not grouped:
            return whole

        def led(some: Sequence[Move]) -> Tensor:
            by_all = len(some) == len(grouped)
            return (whole if by_all else self._walked(latents, [*plain, *some], walk)).codes

        mixes = [ChannelMix(tap, led(some), on) for tap, some, on in by_channels(grouped)]
        base = self._walked(latents, plain, walk).codes
        return replace(whole, base=base, mixes=tuple(mixes))

    def place(self, latents: Latents, moves: Sequence[Move], walk: Walk = "straight") -> Latents:
        """Where `apply` leads, as the density reads it: without what pictures need beyond."""
        return self._all(latents, *parted(moves, self.generator), walk)

    def _all(
        self, latents: Latents, plain: list[Move], grouped: list[GroupedMove], walk: Walk
    ) -> Latents:
        return self._walked(latents, [*plain, *(one.move for one in grouped)], walk)

    def _walked(self, latents: Latents, moves: Sequence[Move], walk: Walk) -> Latents:
        """Apply moves to whole pictures."""
        in_z = [m for m in moves if m.direction.space is Space.Z and self._mapping]
        if in_z:
            latents = self._apply_in_z(latents, in_z, walk)
        rest = [m for m in moves if m not in in_z]
        if not rest:
            return latents
        density = None if walk == "straight" else self.density_of(latents)
        if walk != "straight" and density is None:
            raise OptionError(
                "A walk on the shell needs the model's density and a truncation of at least "
                f"{_LEAST_TRUNCATION:g}."
            )

        def go(codes: Tensor, displacement: Tensor, walk: Walk) -> Tensor:
            return walk_codes(codes, displacement, walk, density)

        shell = (self.density, latents.truncation)
        start = latents.codes
        straight, curved = torch.zeros_like(start), None
        for move in rest:
            if isinstance(move.direction.payload, CurvedPath):
                step = self._curved(move, start, walk, shell, go)
                curved = step if curved is None else curved + step
            else:
                straight = straight + self._displacement(move, start)
        return replace(latents, codes=_along(go, start, straight, curved, walk))

    def density_of(self, latents: Latents) -> Density | None:
        """The density that fits these latents: truncated ones are measured before truncation.

        None where it is not known, or where truncation leaves nothing to measure.
        """
        if self.density is None or latents.truncation == 1.0:
            return self.density
        if latents.truncation < _LEAST_TRUNCATION:
            return None
        info = self.generator.info
        if isinstance(self.generator, HasMean):
            mean = self.generator.mean_code(latents.classes)[:1]
        elif info.spaces[info.code_space].prior is Prior.TRUNCATED:
            mean = torch.zeros(1, info.code_dim)  # z is scaled by the truncation
        else:
            return self.density
        return self.density.before_truncation(mean, latents.truncation)

    def images(self, latents: Latents, noise: Noise = "const") -> Tensor:
        """Images (N, C, H, W), made a few at a time so that memory stays bounded.

        They are made for looking at: no derivative of theirs can be had.
        """
        return draw(self.generator, latents, noise, self._remember)

    @property
    def _mapping(self) -> bool:
        return Ability.MAPPING in self.generator.info.abilities

    @torch.no_grad()
    def _mapped(self, z: Tensor, classes: Tensor | None, truncation: float) -> Latents:
        code = self.generator.map(z, classes, truncation)
        return Latents(z, self.generator.broadcast(code), classes, truncation)

    def _classes(self, classes: Sequence[int] | None, count: int) -> Tensor | None:
        """One class per picture, or None for an unconditional model."""
        known = self.generator.info.classes
        if not known:
            return None
        chosen = list(classes) if classes else [0]
        if len(chosen) not in (1, count):
            raise OptionError(f"{len(chosen)} classes for {count} pictures. Give one, or {count}.")
        wrong = next((c for c in chosen if not 0 <= c < known), None)
        if wrong is not None:
            raise OptionError(f"This model has classes 0 to {known - 1}, not {wrong}.")
        repeated = chosen * count if len(chosen) == 1 else chosen
        return torch.tensor(repeated, dtype=torch.int64, device=self.generator.device)

    def checked(self, array: NDArray[np.floating], space: Space) -> NDArray[np.float32]:
        """Given latents as a new array of float32; see `from_array`.

        Raises:
            OptionError: They don't fit the model.
        """
        info = self.generator.info
        if space not in info.spaces:
            has = ", ".join(info.spaces)
            raise OptionError(f"This model has no {space.upper()} space. It has: {has}.")
        size = info.spaces[space]
        want = (size.layers, size.dim) if space is Space.WPLUS else (size.dim,)
        if array.shape[1:] != want or array.ndim != len(want) + 1:
            shape = ", ".join(map(str, ("N", *want)))
            raise OptionError(
                f"The latents have the shape {array.shape}; this model's {space.upper()} "
                f"takes ({shape})."
            )
        if not len(array):
            raise OptionError("There are no latents in the file. Give at least one row.")
        if not np.isfinite(array).all():
            raise OptionError("The latents hold values that are not finite numbers (NaN or inf).")
        return np.array(array, np.float32, order="C")  # its own: assets can't be written to

    def _apply_in_z(self, latents: Latents, moves: Sequence[Move], walk: Walk) -> Latents:
        if latents.z is None:
            raise AbilityError(
                "A direction in Z needs a picture that starts from a seed or from z, not from w."
            )
        z, count = latents.z, len(latents)
        straight, curved = torch.zeros_like(z), None
        shell = None if walk == "straight" else Space.Z
        for move in moves:
            if isinstance(move.direction.payload, CurvedPath):
                step = self.displacements.curved(move, z, shell, retract if shell else None)
                curved = step if curved is None else curved + step
            else:
                straight = straight + self.displacements.straight(move, count, z.device)
        moved = _along(_go_in_z, z, straight, curved, walk)
        return self._mapped(moved, latents.classes, latents.truncation)

    def _displacement(self, move: Move, start: Tensor) -> Tensor:
        """What a straight move adds to codes (N, layers, dim): (N or 1, layers, dim)."""
        vectors = self.displacements.straight(move, len(start), start.device)
        if vectors.ndim == 2:
            vectors = vectors[:, None].expand(-1, start.shape[1], -1)
        return self._inside(move, vectors)

    def _curved(self, move: Move, codes: Tensor, walk: Walk, shell: object, go: Go) -> Tensor:
        """From the codes to their points on a path, (N, layers, dim)."""

        def pull(start: Tensor, moved: Tensor) -> Tensor:
            return go(start[None, None], (moved - start)[None, None], "preserve")[0, 0]

        on_shell = (None, None) if walk == "straight" else (shell, pull)
        if bool((codes == codes[:, :1]).all()):  # W: one code, repeated
            found = self.displacements.curved(move, codes[:, 0], *on_shell)
            return self._inside(move, found[:, None].expand_as(codes))
        layers = codes.shape[1]
        amounts = self.displacements.amounts(move, len(codes)).expand(len(codes))
        each = replace(move, amounts=amounts.repeat_interleave(layers).tolist())
        found = self.displacements.curved(each, codes.flatten(0, 1), *on_shell)
        return self._inside(move, found.view_as(codes))

    @staticmethod
    def _inside(move: Move, displacement: Tensor) -> Tensor:
        """Zero outside the layers of a move: (N, layers, dim) -> same."""
        chosen = move.layers or move.direction.layers
        if chosen is None:
            return displacement
        index = torch.arange(displacement.shape[1], device=displacement.device)
        inside = (index >= chosen[0]) & (index <= chosen[1])
        return displacement * inside[:, None]


def _go_in_z(z: Tensor, step: Tensor, walk: Walk) -> Tensor:
    if walk == "preserve":
        return retract(z, z + step)
    return geodesic(z, step, 1.0) if walk == "geodesic" else z + step


def _along(go: Go, start: Tensor, straight: Tensor, curved: Tensor | None, walk: Walk) -> Tensor:
    """Add displacements and walk once.

    A great circle is for straight ones: the points of a path lie on the shell by themselves,
    so its chord is added to where the circle ends.
    """
    if curved is None:
        return go(start, straight, walk)
    if walk == "geodesic":
        return go(go(start, straight, walk), curved, "preserve")
    return go(start, straight + curved, walk)
