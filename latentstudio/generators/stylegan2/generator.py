"""StyleGAN2 as a generator."""

from torch import Tensor

from latentstudio.engine.generator import Noise
from latentstudio.engine.pushing import Push
from latentstudio.generators.layers import Mapping
from latentstudio.generators.style_generator import StyleGenerator, SynthesisFacts
from latentstudio.generators.stylegan2.linearised import linearise
from latentstudio.generators.stylegan2.network import Synthesis
from latentstudio.generators.stylegan2.settings import read_settings
from latentstudio.generators.weights import TensorBag, Weights

FAMILY = "stylegan2"


class StyleGAN2(StyleGenerator):
    """A StyleGAN2, which brings its own derivative."""

    def tangents(
        self,
        codes: Tensor,
        layers: tuple[int, int],
        classes: Tensor | None = None,
        noise: Noise = "const",
        tap: str | None = None,
    ) -> Push:
        """See `engine.pushing.HasTangents`."""
        if tap is not None:
            self._check_tap(tap)
        return linearise(list(self.network.synthesis.blocks), codes, noise, layers, tap)


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
