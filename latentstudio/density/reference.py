"""The density of a model's code space: a chart that makes it round, and its shell.

Where z is drawn from a normal and enters the network as it is, z is already round. Where there
is a mapping network, w is gaussianised (the mapping's last leaky ReLU is undone), centred and
whitened with the covariance of mapped samples (Zhu et al. 2020, "Improved StyleGAN Embedding:
Where are the Good Latents?", arXiv:2012.09036), and its Mahalanobis radius is compared with that
of *held-out* samples, since the result is only roughly normal. Truncation plays no part.

All of it runs in float64 on the CPU: the arrays are small, and whitening divides by deviations
that differ by a factor of up to a thousand.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import torch
from torch import Tensor

from latentstudio.core.progress import Job, Step
from latentstudio.core.reading import Reading, ReferenceCurve
from latentstudio.core.spaces import Prior, Space
from latentstudio.density.shell import Shell, chi_shell
from latentstudio.engine.generator import Generator
from latentstudio.engine.priors import draw_z
from latentstudio.engine.whitening import Whitening, whiten

SAMPLES = 20_000
_BATCH = 500
_SEED = 20_261_122


@dataclass(frozen=True, slots=True, eq=False)
class Density:
    """What is known about where a model's codes lie.

    Attributes:
        space: The space measured.
        shell: Distribution of the shell coordinate.
        to_normal: The generator's elementwise chart, code -> p.
        from_normal: Its inverse.
        whitening: None where p is round by itself.
    """

    space: Space
    shell: Shell
    to_normal: Callable[[Tensor], Tensor]
    from_normal: Callable[[Tensor], Tensor]
    whitening: Whitening | None = None

    def to_round(self, codes: Tensor) -> Tensor:
        """Codes (..., dim) in the chart where density depends on the radius only; float64, CPU."""
        return self.chart(codes.detach().cpu().double())

    def chart(self, codes: Tensor) -> Tensor:
        """`to_round` for codes already in float64 on the CPU; differentiable.

        (..., dim), same shape.
        """
        p = self.to_normal(codes)
        return self.whitening.apply(p) if self.whitening else p

    def from_round(self, v: Tensor) -> Tensor:
        """Inverse of `to_round`, still float64 on the CPU: (..., dim), same shape."""
        return self.from_normal(self.whitening.undo(v) if self.whitening else v)

    def coordinates(self, codes: Tensor) -> Tensor:
        """Shell coordinate of every layer: (N, layers, dim) -> (N, layers)."""
        if codes.shape[1] > 1 and bool((codes == codes[:, :1]).all()):  # W: one code, repeated
            return self.coordinates(codes[:, :1]).expand(-1, codes.shape[1])
        radius: Tensor = self.to_round(codes).norm(dim=-1)
        return radius

    def readings(self, codes: Tensor) -> list[Reading]:
        """Judge each picture by its codes, (N, layers, dim); the worst layer counts."""
        coordinates = self.coordinates(codes)
        same = bool((coordinates == coordinates[:, :1]).all())
        rows = coordinates[:, :1] if same else coordinates
        return [self.shell.read(row.numpy()) for row in rows]

    def before_truncation(self, mean: Tensor, truncation: float) -> "Density":
        """The same density for codes that were truncated: they are measured as if they were not.

        Truncation is a straight pull w' = mean + t (w - mean), but undoing the leaky ReLU bends
        that line: on the built-in model t = 0.9 alone would read as far outside the shell, while
        the pictures are the most typical there are. So the pull is undone before measuring and
        done again after walking, and the reference stays that of untruncated samples.

        Args:
            mean: What truncation pulls toward, (1, dim).
            truncation: t, above 0.
        """
        to_normal, from_normal = self.to_normal, self.from_normal
        centre = mean.detach().cpu().double()
        return replace(
            self,
            to_normal=lambda w: to_normal(centre + (w - centre) / truncation),
            from_normal=lambda p: centre + truncation * (from_normal(p) - centre),
        )

    def curve(self, bins: int = 60) -> ReferenceCurve:
        """The histogram that the density panel draws."""
        counts, edges = np.histogram(self.shell.reference, bins=bins)
        return ReferenceCurve(
            space=self.space,
            words="distance from the middle of the model’s space",
            samples=len(self.shell.reference),
            edges=edges,
            counts=counts.astype(np.float64),
            shell=self.shell.on,
            limit=self.shell.limit,
            flat=self.shell.flat,
        )


@torch.no_grad()
def measure(generator: Generator, classes: Tensor | None = None) -> Job[Density]:
    """Measure a model's density.

    Args:
        generator: The model.
        classes: One class index, (1,), for a conditional model: each class has its own density.

    Yields:
        A step for every few hundred samples.
    """
    info = generator.info
    chart = generator.to_normal, generator.from_normal
    prior = info.spaces[info.code_space].prior
    if prior is Prior.MAPPED:
        samples = yield from _draw(generator, classes, 2 * SAMPLES)
        whitening = whiten(samples[:SAMPLES])
        held_out = whitening.apply(samples[SAMPLES:]).norm(dim=1)
        return Density(info.code_space, Shell(np.sort(held_out.numpy())), *chart, whitening)
    yield Step(0.0, "Measuring the density")
    if prior is Prior.TRUNCATED:
        z = draw_z(generator, SAMPLES, np.random.default_rng(_SEED))
        radii = z.double().cpu().norm(dim=1)
        return Density(info.code_space, Shell(np.sort(radii.numpy())), *chart)
    shell = chi_shell(info.code_dim, SAMPLES)
    return Density(info.code_space, Shell(shell.reference, prior is Prior.NORMALISED), *chart)


@torch.no_grad()
def _draw(generator: Generator, classes: Tensor | None, count: int) -> Job[Tensor]:
    """Gaussianised codes of `count` draws from the prior, float64 on the CPU, (count, dim)."""
    rng = np.random.default_rng(_SEED)
    parts = []
    for done in range(0, count, _BATCH):
        z = draw_z(generator, _BATCH, rng)
        repeated = None if classes is None else classes.expand(_BATCH)
        parts.append(generator.to_normal(generator.map(z, repeated).cpu().double()))
        yield Step((done + _BATCH) / count, "Measuring the density")
    return torch.cat(parts)
