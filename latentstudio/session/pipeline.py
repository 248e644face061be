"""From a start to an image: the one path that the window and the command line share.

start (seed or given latent) -> moves in Z -> mapping, truncation -> moves in W and W+ -> walk
(one retraction for all) -> synthesis. Everything works on batches; `session.renderer` adds the
caches that make one slider recompute only what follows it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from latentstudio.core.errors import AbilityError, OptionError
from latentstudio.core.spaces import Ability, Prior, Space
from latentstudio.density.reference import Density
from latentstudio.density.walks import Walk, walk_codes
from latentstudio.document.direction import Direction
from latentstudio.engine.generator import (
    Generator,
    HasMean,
    HasTruncationStatistics,
    Noise,
)
from latentstudio.engine.walks import geodesic, retract

_BATCH_PIXELS = 2 * 1024 * 1024
"""Most pixels in one batch of synthesis: two pictures of 1024 px."""
_LEAST_TRUNCATION = 0.02
"""Below it all pictures are the mean, and dividing by it would measure rounding."""
_BATCH_MOST = 16
"""Most pictures in one batch: larger ones are no faster."""


@dataclass(frozen=True, slots=True, eq=False)
class Latents:
    """Where N pictures stand.

    Attributes:
        z: (N, z_dim), or None where codes were given directly.
        codes: What synthesis takes, (N, layers, code_dim).
        classes: (N,) int64, or None.
        truncation: What `codes` were mapped with; 1 where they were given.
    """

    z: Tensor | None
    codes: Tensor
    classes: Tensor | None = None
    truncation: float = 1.0

    def __len__(self) -> int:
        return len(self.codes)


@dataclass(frozen=True, slots=True, eq=False)
class Move:
    """One direction applied: displacement = amount x unit x vector.

    Attributes:
        direction: What to apply.
        amounts: One for all pictures, or one for each.
        layers: First and last layer, or None for the direction's own range.
    """

    direction: Direction
    amounts: Sequence[float] | float
    layers: tuple[int, int] | None = None


class Pipeline:
    """Renders starts and moves with one generator.

    Args:
        generator: The open model.
        density: Its density; needed for walks that are not linear.
    """

    def __init__(self, generator: Generator, density: Density | None = None) -> None:
        self.generator = generator
        self.density = density

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
        given = torch.from_numpy(self._checked(array, space)).to(self.generator.device)
        chosen = self._classes(classes, len(given))
        if space is Space.Z:
            return self._mapped(given, chosen, truncation)
        codes = self.generator.broadcast(given) if space is Space.W else given
        return Latents(None, codes, chosen)

    def apply(self, latents: Latents, moves: Sequence[Move], walk: Walk = "linear") -> Latents:
        """Apply directions: add the displacements of each space, then walk once."""
        in_z = [m for m in moves if m.direction.space is Space.Z and self._mapping]
        if in_z:
            latents = self._apply_in_z(latents, in_z, walk)
        rest = [m for m in moves if m not in in_z]
        if not rest:
            return latents
        total = torch.zeros_like(latents.codes)
        for move in rest:
            total = total + self._displacement(move, len(latents))
        density = None if walk == "linear" else self.density_of(latents)
        if walk != "linear" and density is None:
            raise OptionError(
                "A walk on the shell needs the model's density and a truncation of at least "
                f"{_LEAST_TRUNCATION:g}."
            )
        return replace(latents, codes=walk_codes(latents.codes, total, walk, density))

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
        """Images (N, C, H, W), made a few at a time so that memory stays bounded."""
        resolution = self.generator.info.resolution
        size = max(1, min(_BATCH_MOST, _BATCH_PIXELS // resolution**2))
        generator = self.generator
        if isinstance(generator, HasTruncationStatistics):
            generator = generator.at_truncation(min(max(latents.truncation, 0.0), 1.0))
        with torch.no_grad():
            parts = [
                generator.synthesize(
                    latents.codes[i : i + size],
                    None if latents.classes is None else latents.classes[i : i + size],
                    noise,
                )
                for i in range(0, len(latents), size)
            ]
        return torch.cat(parts)

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

    def _checked(self, array: NDArray[np.floating], space: Space) -> NDArray[np.float32]:
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
        return np.ascontiguousarray(array, dtype=np.float32)

    def _apply_in_z(self, latents: Latents, moves: Sequence[Move], walk: Walk) -> Latents:
        if latents.z is None:
            raise AbilityError(
                "A direction in Z needs a picture that starts from a seed or from z, not from w."
            )
        z = latents.z
        step = torch.zeros_like(z)
        for move in moves:
            step = step + self._amounts(move, len(z)) * self._vector(move.direction)
        if walk == "preserve":
            z = retract(z, z + step)
        else:
            z = geodesic(z, step, 1.0) if walk == "geodesic" else z + step
        return self._mapped(z, latents.classes, latents.truncation)

    def _displacement(self, move: Move, count: int) -> Tensor:
        """What a move adds to the codes, (N or 1, layers, dim)."""
        vector = self._vector(move.direction)
        if vector.ndim == 1:
            vector = vector.expand(self.generator.info.code_layers, -1)
        chosen = move.layers or move.direction.layers
        if chosen is not None:
            index = torch.arange(len(vector), device=vector.device)
            inside = (index >= chosen[0]) & (index <= chosen[1])
            vector = vector * inside[:, None]
        return self._amounts(move, count)[:, :, None] * vector

    def _vector(self, direction: Direction) -> Tensor:
        if direction.kind != "linear":
            raise AbilityError(f"{direction.name} is of a kind this version can't apply.")
        info = self.generator.info
        layers = (info.code_layers, info.code_dim)
        want = (
            ((info.spaces[direction.space].dim,) if direction.space is not Space.WPLUS else layers)
            if direction.space in info.spaces
            else ()
        )
        if direction.vector.shape != want:
            raise OptionError(
                f"{direction.name} was made for another model: its size is "
                f"{direction.vector.shape} and this model needs {want or 'another space'}."
            )
        vector = torch.from_numpy(direction.vector).to(self.generator.device)
        return vector * direction.unit

    def _amounts(self, move: Move, count: int) -> Tensor:
        """Amounts as a column, (N or 1, 1)."""
        values = torch.as_tensor(move.amounts, dtype=torch.float32, device=self.generator.device)
        values = values.reshape(-1, 1)
        if len(values) not in (1, count):
            raise OptionError(f"{len(values)} amounts for {count} pictures. Give one, or {count}.")
        return values
