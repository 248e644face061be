"""StyleGAN2 with the names of rosinality/stylegan2-pytorch, and SWAGAN by the same project.

Many projects keep these names: e4e, pSp and other inversions (``decoder.…``), StyleGAN-NADA,
StyleGAN-Human's rectangular pictures.
"""

from latentstudio.core.errors import CheckpointError
from latentstudio.engine.checkpoint import Checkpoint
from latentstudio.generators.state_dict import find_network, separable_taps
from latentstudio.generators.stylegan2.layer_names import LayerNames
from latentstudio.generators.weights import TensorBag, Weights

NAMES = LayerNames(
    const="input.input",
    mapping="style",
    first="conv1",
    others="convs",
    conv="conv",
    strength="noise.weight",
    noise="noises.noise_{}",
)
MARKS = ("style.1.weight", "input.input", "conv1.conv.modulation.weight")
PLACES = ("g_ema", "g")


def recognise(checkpoint: Checkpoint) -> bool:
    """Whether there is a network with this project's names."""
    return find_network(checkpoint, MARKS, PLACES) is not None


def convert(checkpoint: Checkpoint) -> Weights:
    """Canonical weights: other names for the same numbers."""
    network = find_network(checkpoint, MARKS, PLACES)
    if network is None:
        raise CheckpointError(f"{checkpoint.path.name} holds no generator.")
    state = network.tensors
    bag = TensorBag(state)
    tensors = NAMES.canonical(bag, state.get("mean_latent", network.beside("latent_avg")))
    kernels = [tensor for name, tensor in state.items() if name.endswith(".kernel")]
    settings: dict[str, object] = {"resample_filter": separable_taps(kernels)}
    return Weights(tensors, settings | ({"wavelet": True} if "iwt.ll" in bag else {}))
