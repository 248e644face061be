"""SNGAN (Miyato et al. 2018, "Spectral Normalization for GANs", tables 3 and 5)."""

from latentstudio.plugin_host.api import (
    Checkpoint,
    CheckpointError,
    Facts,
    Family,
    Format,
    PlainGenerator,
    PluginApi,
    TensorBag,
    Weights,
    find_state,
    places_of,
)

from . import collections, mimicry, residual
from .network import Network

FAMILY = "sngan"
MARKS = (
    "model.0.weight",
    "model.2.model.0.running_mean",
    "model.2.model.3.weight",
    "model.2.model.6.weight",
)


def recognise(checkpoint: Checkpoint) -> bool:
    return find_state(checkpoint, MARKS) is not None


def convert(checkpoint: Checkpoint) -> Weights:
    """Their own names; each convolution of a block is stored under two, we keep one."""
    state = find_state(checkpoint, MARKS)
    if state is None:
        raise CheckpointError(f"{checkpoint.path.name} holds no SNGAN.")
    unused = (".conv1.", ".conv2.", "num_batches_tracked")
    return Weights({k: t for k, t in state.items() if not any(word in k for word in unused)})


def build(weights: Weights, name: str, fingerprint: str) -> PlainGenerator:
    """The generator of canonical weights."""
    bag = TensorBag(weights.tensors)
    made = residual.Network(bag, weights.settings) if "linear.weight" in bag else None
    network = made or Network(bag.under("model"))
    facts = Facts(network.z_dim, network.resolution, network.channels)
    return PlainGenerator(name, FAMILY, fingerprint, weights, network, facts)


def activate(api: PluginApi) -> None:
    api.add_family(Family(FAMILY, "SNGAN", build))
    label = "SNGAN, checkpoint of GANLatentDiscovery or WarpedGANSpace"
    api.add_format(Format(FAMILY, label, recognise, convert, places_of(MARKS)))
    for label, module in (("pytorch-gan-collections", collections), ("Mimicry", mimicry)):
        form = f"Residual SNGAN or WGAN, checkpoint of {label}"
        networks = places_of(module.MARKS)
        api.add_format(Format(FAMILY, form, module.recognise, module.convert, networks))
