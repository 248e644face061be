"""StyleGAN2 as a generator."""

from torch import Tensor

from latentstudio.core.errors import ShapeError
from latentstudio.engine.generator import Halfway, Noise, Window
from latentstudio.engine.pushforward import Through
from latentstudio.engine.shapes import check_shape
from latentstudio.generators.layers import Mapping
from latentstudio.generators.style_generator import StyleGenerator, SynthesisFacts
from latentstudio.generators.stylegan2.linearised import linearise
from latentstudio.generators.stylegan2.network import Synthesis
from latentstudio.generators.stylegan2.settings import read_settings
from latentstudio.generators.stylegan2.windows import synthesize_window
from latentstudio.generators.weights import TensorBag, Weights

FAMILY = "stylegan2"


class StyleGAN2(StyleGenerator):
    """A StyleGAN2: it brings its own derivative, and can make a part of a picture alone."""

    def tangents(
        self,
        codes: Tensor,
        layers: tuple[int, int],
        classes: Tensor | None = None,
        noise: Noise = "const",
        tap: str | None = None,
    ) -> Through:
        """See `engine.pushforward.HasTangents`."""
        if tap is not None:
            self._check_tap(tap)
        return linearise(self.network.synthesis, codes, noise, layers, tap)

    def synthesize_window(
        self,
        codes: Tensor,
        window: Window,
        noise: Noise = "const",
        since: Halfway | None = None,
    ) -> Tensor:
        """See `engine.generator.HasWindows`."""
        info = self.info
        check_shape(codes, "N layers code_dim", layers=info.code_layers, code_dim=info.code_dim)
        height, width = info.size
        inside = 0 <= window.top < window.bottom <= height
        if not (inside and 0 <= window.left < window.right <= width):
            raise ShapeError(f"{window} isn't a part of a picture of {height} x {width} pixels")
        if self.network.synthesis.wavelet:  # a picture of bands is put together as a whole
            whole = self.onward(codes, since, {}, None, noise) if since else None
            return window.of(self.synthesize(codes, None, noise) if whole is None else whole)
        return synthesize_window(self.network.synthesis, codes, noise, window, since)


def build(weights: Weights, name: str, fingerprint: str) -> StyleGAN2:
    """The generator of canonical weights.

    Raises:
        CheckpointError: Tensors are missing or don't fit together.
    """
    settings = read_settings(weights)
    extras, bag = settings.extras, TensorBag(weights.tensors)
    mapping = Mapping(bag.under("mapping"), extras.mapping_activation, extras.lr_multiplier)
    synthesis = Synthesis(bag.under("synthesis"), settings)
    facts = SynthesisFacts(
        settings.picture,
        settings.img_channels,
        settings.num_ws,
        noise=extras.use_noise,
    )
    return StyleGAN2(name, FAMILY, fingerprint, weights, mapping, synthesis, facts)
