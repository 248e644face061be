"""FastGAN (Liu et al. 2021, "Towards Faster and Stabilized GAN Training"), also Projected GAN's."""

from latentstudio.plugin_host.api import (
    Checkpoint,
    CheckpointError,
    Facts,
    Family,
    Format,
    PlainGenerator,
    PluginApi,
    Prior,
    TensorBag,
    Weights,
    find_network,
    only,
    places_of,
    plain_weights,
)

from .network import Network

FAMILY = "fastgan"
MARKS = ("feat_8.1.weight_orig", "init.init.0.weight_orig", "to_big.weight_orig")
PLACES = ("g_ema", "g")
UNUSED = ("num_batches_tracked",)


def recognise(checkpoint: Checkpoint) -> bool:
    return find_network(checkpoint, MARKS, PLACES) is not None


def convert(checkpoint: Checkpoint) -> Weights:
    """Their own names, with spectral norms multiplied in."""
    network = find_network(checkpoint, MARKS, PLACES)
    if network is None:
        raise CheckpointError(f"{checkpoint.path.name} holds no FastGAN.")
    own = only(network.tensors, "init.", "feat_", "se_", "to_big.")
    plain = plain_weights({k: t for k, t in own.items() if not k.endswith(UNUSED)})
    # Projected GAN's generator brings its codes to length 1 first, and its last layer has a bias.
    return Weights(plain, {"normalised": "to_big.bias" in plain})


def build(weights: Weights, name: str, fingerprint: str) -> PlainGenerator:
    """The generator of canonical weights."""
    normalised = weights.settings.get("normalised") is True
    network = Network(TensorBag(weights.tensors), squashed=not normalised)
    prior = Prior.NORMALISED if normalised else Prior.NORMAL
    facts = Facts(
        network.z_dim, network.resolution, network.channels, prior=prior, noise=network.noisy
    )
    return PlainGenerator(name, FAMILY, fingerprint, weights, network, facts)


def activate(api: PluginApi) -> None:
    api.add_family(Family(FAMILY, "FastGAN", build))
    label = "FastGAN, or Projected GAN's"
    api.add_format(Format(FAMILY, label, recognise, convert, places_of(MARKS, PLACES)))
