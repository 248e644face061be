"""StyleGAN2 with the names of BasicSR (and GFPGAN's decoder, which is one)."""

from latentstudio.core.errors import CheckpointError
from latentstudio.engine.checkpoint import Checkpoint
from latentstudio.generators.state_dict import find_network, separable_taps
from latentstudio.generators.stylegan2.layer_names import LayerNames
from latentstudio.generators.weights import TensorBag, Weights

NAMES = LayerNames(
    const="constant_input.weight",
    mapping="style_mlp",
    first="style_conv1",
    others="style_convs",
    conv="modulated_conv",
    strength="weight",
    noise="noises.noise{}",
)
MARKS = (
    "style_mlp.1.weight",
    "constant_input.weight",
    "style_conv1.modulated_conv.modulation.weight",
)
PLACES = ("params_ema", "params")


def recognise(checkpoint: Checkpoint) -> bool:
    """Whether there is a network with this project's names."""
    return find_network(checkpoint, MARKS, PLACES) is not None


def convert(checkpoint: Checkpoint) -> Weights:
    """Canonical weights: other names for the same numbers; filters are no part of the file."""
    network = find_network(checkpoint, MARKS, PLACES)
    if network is None:
        raise CheckpointError(f"{checkpoint.path.name} holds no generator.")
    mean = network.beside("latent_avg")
    tensors = NAMES.canonical(TensorBag(network.tensors), mean)
    return Weights(tensors, {"resample_filter": separable_taps([])})
