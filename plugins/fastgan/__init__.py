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
    only,
    plain_weights,
)

from .network import Network

FAMILY = "fastgan"
MARKS = ("feat_8.1.weight_orig", "init.init.0.weight_orig", "to_big.weight_orig")
CLASS_MARKS = ("embed.weight", "init.init.0.weight_orig", "to_big.weight_orig")
"""Of Projected GAN's with classes, whose blocks name their layers."""
PLACES = ("g_ema", "g")
UNUSED = ("num_batches_tracked",)


def networks(checkpoint: Checkpoint) -> list[str]:
    """Places of generators, likeliest first."""
    contents = checkpoint.contents
    found = [place for marks in (MARKS, CLASS_MARKS) for place in contents.places(marks, PLACES)]
    return contents.ranked(found, PLACES)


def recognise(checkpoint: Checkpoint) -> bool:
    return bool(networks(checkpoint))


def convert(checkpoint: Checkpoint) -> Weights:
    """Their own names, with spectral norms multiplied in."""
    found = networks(checkpoint)
    if not found:
        raise CheckpointError(f"{checkpoint.path.name} holds no FastGAN.")
    network = checkpoint.contents.network(found[0])
    own = only(network.tensors, "init.", "feat_", "se_", "to_big.", "embed.")
    plain = plain_weights({k: t for k, t in own.items() if not k.endswith(UNUSED)})
    if "embed.weight" in plain:
        plain["embed.weight"] = plain["embed.weight"][: _classes(checkpoint, found[0])]
    # Projected GAN's generator brings its codes to length 1 first, and its last layer has a bias.
    return Weights(plain, {"normalised": "to_big.bias" in plain})


def _classes(checkpoint: Checkpoint, place: str) -> int | None:
    """How many classes a whole pickled module says it has.

    Its table has a thousand rows, whatever the number of classes.
    """
    owner = checkpoint.contents.modules.get(place.rpartition(".")[0], {})
    count = owner.get("c_dim")
    return count if isinstance(count, int) and count > 0 else None


def build(weights: Weights, name: str, fingerprint: str) -> PlainGenerator:
    """The generator of canonical weights."""
    normalised = weights.settings.get("normalised") is True
    network = Network(TensorBag(weights.tensors), squashed=not normalised)
    prior = Prior.NORMALISED if normalised else Prior.NORMAL
    facts = Facts(
        network.z_dim,
        network.resolution,
        network.channels,
        network.classes,
        prior,
        noise=network.noisy,
    )
    return PlainGenerator(name, FAMILY, fingerprint, weights, network, facts)


def activate(api: PluginApi) -> None:
    api.add_family(Family(FAMILY, "FastGAN", build))
    label = "FastGAN, or Projected GAN's"
    api.add_format(Format(FAMILY, label, recognise, convert, networks))
