"""What all families share: seeds, classes, shapes, taps."""

import math
from collections.abc import Sequence
from typing import Self

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from latentstudio.core.errors import AbilityError, OptionError
from latentstudio.core.spaces import GeneratorInfo, Prior, Space
from latentstudio.engine.generator import Edits, Halfway, Noise
from latentstudio.engine.shapes import check_shape
from latentstudio.generators.layer_steps import LayerStepper, LayerSteps
from latentstudio.generators.weights import Weights


def draw_normal(seeds: Sequence[int], dim: int) -> Tensor:
    """Z of each seed as NVIDIA's scripts draw it: (len(seeds), dim)."""
    rows = [np.random.RandomState(seed).randn(1, dim)[0] for seed in seeds]
    return torch.from_numpy(np.array(rows, dtype=np.float32).reshape(-1, dim))


def draw_uniform(seeds: Sequence[int], dim: int) -> Tensor:
    """``2 RandomState(seed).rand(1, dim) - 1`` for each seed: (len(seeds), dim)."""
    rows = [2 * np.random.RandomState(seed).rand(1, dim)[0] - 1 for seed in seeds]
    return torch.from_numpy(np.array(rows, dtype=np.float32).reshape(-1, dim))


def normal_of_uniform(code: Tensor) -> Tensor:
    """Uniform on [-1, 1] to normal, same shape; what lies outside is put just inside."""
    return math.sqrt(2) * torch.erfinv(code.clamp(-1 + 1e-6, 1 - 1e-6))


class BaseGenerator:
    """The protocol of `engine.generator`, given a network and how its layers are gone through.

    A family overrides `layer_steps`, and `sample_z`, `map` and the normal chart where it differs
    from a normal or uniform prior without a mapping network.
    """

    def __init__(self, info: GeneratorInfo, weights: Weights, network: nn.Module) -> None:
        self._info = info
        self._weights = weights
        self.network = network.eval()

    @property
    def info(self) -> GeneratorInfo:
        return self._info

    @property
    def weights(self) -> Weights:
        """The network as plain values, to save it."""
        return self._weights

    @property
    def device(self) -> torch.device:
        return next(self.network.parameters()).device

    def to(self, device: torch.device) -> Self:
        self.network.to(device)
        return self

    def sample_z(self, seeds: Sequence[int], truncation: float = 1.0) -> Tensor:
        draw = draw_uniform if self._uniform else draw_normal
        return draw(seeds, self._z_dim).to(self.device)

    def map(self, z: Tensor, classes: Tensor | None = None, truncation: float = 1.0) -> Tensor:
        check_shape(z, "N z_dim", z_dim=self._z_dim)
        return z

    def broadcast(self, code: Tensor) -> Tensor:
        check_shape(code, "N code_dim", code_dim=self.info.code_dim)
        return code[:, None, :].repeat(1, self.info.code_layers, 1)

    def to_normal(self, code: Tensor) -> Tensor:
        return normal_of_uniform(code) if self._uniform else code

    def from_normal(self, p: Tensor) -> Tensor:
        return torch.erf(p / math.sqrt(2)) if self._uniform else p

    def layer_steps(self, codes: Tensor, one_hot: Tensor | None, noise: Noise) -> LayerSteps:
        """Synthesis of checked codes, layer by layer.

        (N, layers, code_dim), classes (N, classes) -> image (N, C, H, W).
        """
        raise NotImplementedError

    def synthesize(
        self, codes: Tensor, classes: Tensor | None = None, noise: Noise = "const"
    ) -> Tensor:
        return self.synthesize_with(codes, {}, classes, noise)

    def synthesize_with(
        self,
        codes: Tensor,
        edit: Edits,
        classes: Tensor | None = None,
        noise: Noise = "const",
    ) -> Tensor:
        return self._stepper(codes, edit, classes, noise).to_end()

    def features(
        self, codes: Tensor, tap: str, classes: Tensor | None = None, noise: Noise = "const"
    ) -> Tensor:
        self._check_tap(tap)
        return self._stepper(codes, {}, classes, noise).features(tap)

    def layers_before(self, tap: str) -> int:
        return self.info.code_layers

    def halfway(
        self,
        codes: Tensor,
        tap: str,
        edit: Edits,
        classes: Tensor | None = None,
        noise: Noise = "const",
        since: Halfway | None = None,
    ) -> Halfway:
        self._check_tap(tap)
        return self._stepper(codes, edit, classes, noise, since).to(tap)

    def onward(
        self,
        codes: Tensor,
        since: Halfway,
        edit: Edits,
        classes: Tensor | None = None,
        noise: Noise = "const",
    ) -> Tensor:
        return self._stepper(codes, edit, classes, noise, since).to_end()

    def grown_image(
        self,
        codes: Tensor,
        since: Halfway,
        edit: Edits,
        classes: Tensor | None = None,
        noise: Noise = "const",
    ) -> Tensor | None:
        return self._stepper(codes, edit, classes, noise, since).image_after(since.tap)

    def one_hot(self, classes: Tensor | None, count: int) -> Tensor | None:
        """Class input of `count` pictures: (count, classes), or None for models without.

        Raises:
            OptionError: No class given where one is needed, or not one of the model's.
        """
        total = self.info.classes
        if not total:
            if classes is not None:
                raise OptionError("This model has no classes. Leave the class out.")
            return None
        if classes is None:
            raise OptionError(f"This model draws {total} classes. Choose one, 0 to {total - 1}.")
        check_shape(classes, "N", N=count)
        if count and not 0 <= int(classes.min()) <= int(classes.max()) < total:
            raise OptionError(f"This model has classes 0 to {total - 1}. Choose one of those.")
        weight = next(self.network.parameters())
        return F.one_hot(classes.long(), total).to(weight.device, weight.dtype)

    @property
    def _uniform(self) -> bool:
        return self.info.spaces[Space.Z].prior is Prior.UNIFORM

    @property
    def _z_dim(self) -> int:
        return next(iter(self.info.spaces.values())).dim

    def _stepper(
        self,
        codes: Tensor,
        edit: Edits,
        classes: Tensor | None,
        noise: Noise,
        since: Halfway | None = None,
    ) -> LayerStepper:
        for tap in edit:
            self._check_tap(tap)
        info = self.info
        check_shape(codes, "N layers code_dim", layers=info.code_layers, code_dim=info.code_dim)
        steps = self.layer_steps(codes, self._class_input(classes, codes.shape[0]), noise)
        return LayerStepper(steps, info.taps, edit, since)

    def _class_input(self, classes: Tensor | None, count: int) -> Tensor | None:
        return self.one_hot(classes, count)

    def _check_tap(self, tap: str) -> None:
        if tap not in self.info.taps:
            known = ", ".join(self.info.taps)
            raise AbilityError(f"This model has no layer '{tap}'. It has: {known}.")
