"""StyleGAN2 as lucidrains' package ``stylegan2_pytorch`` has it: ``model_N.pt``.

It is not NVIDIA's network: one code for a block instead of one for a convolution, bilinear
doubling, one noise image for all layers, pictures in 0…1.
"""

from latentstudio.plugin_host.api import Family, Format, PluginApi

from .generator import FAMILY, build
from .reading import convert, networks, recognise


def activate(api: PluginApi) -> None:
    api.add_family(Family(FAMILY, "StyleGAN2 by lucidrains", build))
    label = "StyleGAN2, checkpoint by lucidrains (stylegan2_pytorch)"
    api.add_format(Format(FAMILY, label, recognise, convert, networks))
