"""StyleGAN (Karras et al. 2019, "A Style-Based Generator Architecture for GANs")."""

from latentstudio.plugin_host.api import (
    Family,
    Format,
    MappingNetwork,
    PluginApi,
    StyleGenerator,
    SynthesisFacts,
    TensorBag,
    Weights,
)

from . import hammer
from .network import Synthesis

FAMILY = "stylegan1"
LEARNING_RATE = 0.01
"""Stored mapping weights are this much too large."""


def build(weights: Weights, name: str, fingerprint: str) -> StyleGenerator:
    """The generator of canonical weights."""
    bag = TensorBag(weights.tensors)
    mapping = MappingNetwork(bag.under("mapping"), "lrelu", LEARNING_RATE)
    synthesis = Synthesis(bag.under("synthesis"), mapping.w_dim)
    facts = SynthesisFacts(
        synthesis.resolution, synthesis.channels, len(synthesis.layers), synthesis.noisy
    )
    return StyleGenerator(name, FAMILY, fingerprint, weights, mapping, synthesis, facts)


def activate(api: PluginApi) -> None:
    api.add_family(Family(FAMILY, "StyleGAN", build))
    label = "StyleGAN, checkpoint by GenForce or Hammer"
    api.add_format(Format(FAMILY, label, hammer.recognise, hammer.convert))
