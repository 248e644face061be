"""How BigGAN and BigGAN-deep are stored."""

from latentstudio.core.errors import CheckpointError
from latentstudio.engine.checkpoint import Checkpoint
from latentstudio.generators.state_dict import find_state, only
from latentstudio.generators.weights import Weights

MARKS = ("linear.weight", "blocks.0.0.bn1.gain.weight", "output_layer.0.gain")
DEEP_MARKS = ("embeddings.weight", "generator.gen_z.bias", "generator.layers.0.bn_0.running_means")
PLACES = ("G_ema", "ema", "G")


def recognise(checkpoint: Checkpoint) -> bool:
    """Whether a state dictionary has the names of BigGAN-PyTorch's generator."""
    return find_state(checkpoint, MARKS, PLACES) is not None


def convert(checkpoint: Checkpoint) -> Weights:
    """Its own tensors; the estimates of singular values are computed again."""
    state = find_state(checkpoint, MARKS, PLACES) or {}
    state = only(state, "shared.", "linear.", "blocks.", "output_layer.")
    tensors = {name: tensor for name, tensor in state.items() if not name.endswith(".sv0")}
    config = checkpoint.beside
    return Weights(tensors, {"bn_eps": config["BN_eps"]} if "BN_eps" in config else {})


def recognise_deep(checkpoint: Checkpoint) -> bool:
    """Whether a state dictionary has the names of pytorch-pretrained-BigGAN."""
    return find_state(checkpoint, DEEP_MARKS) is not None


def convert_deep(checkpoint: Checkpoint) -> Weights:
    """Its own tensors, and from `config.json` what they don't tell."""
    config = checkpoint.beside
    if "layers" not in config:
        raise CheckpointError(
            f"{checkpoint.path.name} is a BigGAN-deep. Put its config.json beside it."
        )
    settings = {name: config[name] for name in ("layers", "eps") if name in config}
    return Weights(find_state(checkpoint, DEEP_MARKS) or {}, settings)
