"""The families and formats that come with the program."""

from functools import partial

from latentstudio.generators import nvidia
from latentstudio.generators.biggan import formats as biggan_formats
from latentstudio.generators.biggan import generator as biggan
from latentstudio.generators.own_format import is_own, read_own
from latentstudio.generators.state_dict import places_of
from latentstudio.generators.stylegan2 import basicsr as stylegan2_basicsr
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
    Family(biggan.FAMILY, "BigGAN", biggan.build),
    Family(biggan.DEEP_FAMILY, "BigGAN-deep", biggan.build_deep),
)
FORMATS = (
    Format(
        stylegan2.FAMILY,
        "StyleGAN2 by NVIDIA",
        stylegan2_nvidia.recognise,
        stylegan2_nvidia.convert,
        places_of(stylegan2_nvidia.MARKS, nvidia.NETWORKS),
    ),
    Format(
        stylegan2.FAMILY,
        "StyleGAN2, TensorFlow pickle by NVIDIA",
        stylegan2_tensorflow.recognise,
        stylegan2_tensorflow.convert,
    ),
    Format(
        stylegan2.FAMILY,
        "StyleGAN2, checkpoint by rosinality",
        stylegan2_rosinality.recognise,
        stylegan2_rosinality.convert,
        places_of(stylegan2_rosinality.MARKS, stylegan2_rosinality.PLACES),
    ),
    Format(
        stylegan2.FAMILY,
        "StyleGAN2, checkpoint by BasicSR",
        stylegan2_basicsr.recognise,
        stylegan2_basicsr.convert,
        places_of(stylegan2_basicsr.MARKS, stylegan2_basicsr.PLACES),
    ),
    Format(
        stylegan2.FAMILY,
        "StyleGAN2, checkpoint by GenForce or Hammer",
        stylegan2_hammer.recognise,
        stylegan2_hammer.convert,
        places_of(stylegan2_hammer.MARKS, stylegan2_hammer.PLACES),
    ),
    Format(
        stylegan3.FAMILY,
        "StyleGAN3 by NVIDIA, or StyleGAN-XL",
        stylegan3_nvidia.recognise,
        stylegan3_nvidia.convert,
        places_of(stylegan3_nvidia.MARKS, nvidia.NETWORKS),
    ),
    Format(
        biggan.FAMILY,
        "BigGAN, checkpoint by BigGAN-PyTorch",
        biggan_formats.recognise,
        biggan_formats.convert,
        places_of(biggan_formats.MARKS, biggan_formats.PLACES),
    ),
    Format(
        biggan.DEEP_FAMILY,
        "BigGAN-deep, checkpoint by Hugging Face",
        biggan_formats.recognise_deep,
        biggan_formats.convert_deep,
        places_of(biggan_formats.DEEP_MARKS),
    ),
)


def add_core_families() -> None:
    """Fill the table, once."""
    for form in FORMATS:
        add_format(form)
    # Ours are asked first: they name their family, and may hold other projects' tensor names.
    for family in FAMILIES:
        add_family(family)
        label = f"{family.label}, saved by LatentStudio"
        add_format(Format(family.id, label, partial(is_own, family=family.id), read_own))
