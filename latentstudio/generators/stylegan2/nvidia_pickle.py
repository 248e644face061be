"""StyleGAN2 with the names of stylegan2-ada-pytorch and stylegan3: pickles, state dictionaries."""

from torch import Tensor

from latentstudio.core.errors import CheckpointError
from latentstudio.engine.checkpoint import Checkpoint
from latentstudio.generators.nvidia import attributes, network_of
from latentstudio.generators.state_dict import only, separable_taps
from latentstudio.generators.weights import Weights

MARKS = ("synthesis.b4.const",)
FILTER = "resample_filter"


def recognise(checkpoint: Checkpoint) -> bool:
    """Whether there is a generator built of StyleGAN2's blocks."""
    return network_of(checkpoint, MARKS) is not None


def convert(checkpoint: Checkpoint) -> Weights:
    """Canonical weights: its own names without filters, which become a setting."""
    network = network_of(checkpoint, MARKS)
    if network is None:
        raise CheckpointError(f"{checkpoint.path.name} holds no generator.")
    everything = only(network.tensors, "synthesis.", "mapping.")
    filters = [tensor for name, tensor in everything.items() if name.endswith(FILTER)]
    tensors = {name: t for name, t in everything.items() if not name.endswith(FILTER)}
    layer = attributes(network, "synthesis.b4.conv1")
    dense = attributes(network, "mapping.fc0")
    settings = {
        "activation": layer.get("activation", "lrelu"),
        "mapping_activation": dense.get("activation", "lrelu"),
        "lr_multiplier": dense.get("bias_gain", 0.01),
        "conv_clamp": layer.get("conv_clamp"),
        "use_noise": layer.get("use_noise", _has_noise(tensors)) is not False,
        "resample_filter": separable_taps(filters),
    }
    return Weights(tensors, settings)


def _has_noise(tensors: dict[str, Tensor]) -> bool:
    return "synthesis.b4.conv1.noise_const" in tensors
