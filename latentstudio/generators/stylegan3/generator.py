"""StyleGAN3 as a generator."""

from dataclasses import replace

from latentstudio.generators.layers import Mapping
from latentstudio.generators.style_generator import StyleGenerator, SynthesisFacts
from latentstudio.generators.stylegan3.network import Synthesis
from latentstudio.generators.stylegan3.settings import SQUARE, read_settings
from latentstudio.generators.weights import TensorBag, Weights

FAMILY = "stylegan3"


def build(weights: Weights, name: str, fingerprint: str) -> StyleGenerator:
    """The generator of canonical weights.

    Raises:
        CheckpointError: Tensors are missing or don't fit together.
    """
    settings, bag = read_settings(weights.settings), TensorBag(weights.tensors)
    mapping = Mapping(bag.under("mapping"), "lrelu", settings.lr_multiplier)
    synthesis = Synthesis(bag.under("synthesis"), settings)
    facts = SynthesisFacts(
        synthesis.size, synthesis.channels, layers=len(settings.layers) + 1, noise=False
    )
    made = StyleGenerator(name, FAMILY, fingerprint, weights, mapping, synthesis, facts)
    if weights.settings.get(SQUARE) is True:
        height, width = made.info.size
        guesses = {"size": f"{width} × {height} (taken for a square: the file names only widths)"}
        made._info = replace(made.info, guesses=guesses)
    return made
