"""The families and formats that come with the program."""

from functools import partial

from latentstudio.generators.own_format import is_own, read_own
from latentstudio.generators.stylegan2 import generator as stylegan2
from latentstudio.generators.stylegan2 import hammer as stylegan2_hammer
from latentstudio.generators.stylegan2 import nvidia_pickle as stylegan2_nvidia
from latentstudio.generators.stylegan2 import rosinality as stylegan2_rosinality
from latentstudio.generators.stylegan2 import tensorflow as stylegan2_tensorflow
from latentstudio.generators.stylegan3 import generator as stylegan3
from latentstudio.generators.stylegan3 import nvidia_pickle as stylegan3_nvidia
from latentstudio.generators.table import Family, Format, add_family, add_format

FAMILIES = (
    Family(stylegan2.FAMILY, "StyleGAN2", stylegan2.build),
    Family(stylegan3.FAMILY, "StyleGAN3", stylegan3.build),
)
FORMATS = (
    (stylegan2.FAMILY, "StyleGAN2, network pickle by NVIDIA", stylegan2_nvidia),
    (stylegan2.FAMILY, "StyleGAN2, TensorFlow pickle by NVIDIA", stylegan2_tensorflow),
    (stylegan2.FAMILY, "StyleGAN2, checkpoint by rosinality", stylegan2_rosinality),
    (stylegan2.FAMILY, "StyleGAN2, checkpoint by GenForce or Hammer", stylegan2_hammer),
    (stylegan3.FAMILY, "StyleGAN3, network pickle by NVIDIA", stylegan3_nvidia),
)
"""Family, what was recognised, and the module with `recognise` and `convert`."""


def add_core_families() -> None:
    """Fill the table, once."""
    for family in FAMILIES:
        add_family(family)
        label = f"{family.label}, saved by LatentStudio"
        add_format(Format(family.id, label, partial(is_own, family=family.id), read_own))
    for family_id, label, module in FORMATS:
        add_format(Format(family_id, label, module.recognise, module.convert))
