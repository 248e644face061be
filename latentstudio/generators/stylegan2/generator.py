"""StyleGAN2 as a generator."""

from latentstudio.generators.layers import Mapping
from latentstudio.generators.style_generator import StyleGenerator, SynthesisFacts
from latentstudio.generators.stylegan2.network import Synthesis
from latentstudio.generators.stylegan2.settings import read_settings
from latentstudio.generators.weights import TensorBag, Weights

FAMILY = "stylegan2"


def build(weights: Weights, name: str, fingerprint: str) -> StyleGenerator:
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
    return StyleGenerator(name, FAMILY, fingerprint, weights, mapping, synthesis, facts)
