"""ProgGAN (Karras et al. 2018, "Progressive Growing of GANs")."""

from latentstudio.plugin_host.api import (
    Facts,
    Family,
    Format,
    PlainGenerator,
    PluginApi,
    Prior,
    TensorBag,
    Weights,
    places_of,
)

from . import chain, hammer, zoo
from .network import Network

FAMILY = "proggan"


def build(weights: Weights, name: str, fingerprint: str) -> PlainGenerator:
    """The generator of canonical weights."""
    network = Network(TensorBag(weights.tensors))
    facts = Facts(network.z_dim, network.resolution, network.channels, prior=Prior.NORMALISED)
    return PlainGenerator(name, FAMILY, fingerprint, weights, network, facts)


def activate(api: PluginApi) -> None:
    api.add_family(Family(FAMILY, "ProgGAN", build))
    for label, module in (
        ("GANLatentDiscovery", chain),
        ("GenForce or Hammer", hammer),
        ("pytorch_GAN_zoo", zoo),
    ):
        form = f"ProgGAN, checkpoint by {label}"
        networks = getattr(module, "networks", places_of(module.MARKS, module.PLACES))
        api.add_format(Format(FAMILY, form, module.recognise, module.convert, networks))
