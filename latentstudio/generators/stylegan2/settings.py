"""What a StyleGAN2 is: most of it is told by the shapes of its tensors."""

from dataclasses import dataclass, fields
from typing import Any

from latentstudio.core.errors import CheckpointError
from latentstudio.engine.records import printable
from latentstudio.generators.layers import ACTIVATIONS
from latentstudio.generators.weights import TensorBag, Weights

MAX_RESOLUTION = 4096
BANDS = 4
"""Of a wavelet: the means, and the details in three directions."""


@dataclass(frozen=True, slots=True)
class Extras:
    """Settings that shapes don't tell; defaults are stylegan2-ada-pytorch's.

    Attributes:
        activation: Of the synthesis convolutions.
        mapping_activation: Of the mapping network.
        lr_multiplier: Stored mapping weights are this much too large.
        resample_filter: FIR taps.
        conv_clamp: Largest magnitude of features, None for no limit.
        use_noise: Noise inputs exist.
        wavelet: Colour layers give the four bands of a Haar wavelet (SWAGAN).
    """

    activation: str = "lrelu"
    mapping_activation: str = "lrelu"
    lr_multiplier: float = 0.01
    resample_filter: tuple[float, ...] = (1.0, 3.0, 3.0, 1.0)
    conv_clamp: float | None = None
    use_noise: bool = True
    wavelet: bool = False


@dataclass(frozen=True, slots=True)
class Settings:
    """The whole description of one StyleGAN2.

    Blocks are called by `resolutions`, 4, 8 and so on, whatever the shape of their pictures:
    that is (height, width) `start` for the first block and doubles with each.
    """

    w_dim: int
    resolutions: tuple[int, ...]
    start: tuple[int, int]
    img_channels: int
    architecture: str
    extras: Extras

    def size(self, resolution: int) -> tuple[int, int]:
        """Height and width in the block of this name."""
        height, width = self.start
        return height * resolution // 4, width * resolution // 4

    @property
    def picture(self) -> tuple[int, int]:
        """Height and width of the picture."""
        height, width = self.size(self.resolutions[-1])
        return (2 * height, 2 * width) if self.extras.wavelet else (height, width)

    @property
    def num_ws(self) -> int:
        """Layers of W+: one for each convolution, and the last colour layer."""
        return 2 * len(self.resolutions)


def read_settings(weights: Weights) -> Settings:
    """Find out what the network is from its shapes and recorded settings.

    Raises:
        CheckpointError: The tensors are not those of a StyleGAN2.
    """
    bag = TensorBag(weights.tensors).under("synthesis")
    blocks = 0
    while f"b{4 * 2**blocks}.conv1.weight" in bag:
        blocks += 1
    resolutions = tuple(4 * 2**index for index in range(blocks))
    if not blocks or resolutions[-1] > MAX_RESOLUTION:
        raise CheckpointError("This model file is incomplete: a StyleGAN2 without its layers.")
    _, height, width = bag.shape("b4.const", 3)
    extras = read_extras(weights.settings)
    channels = bag.shape(f"b{resolutions[-1]}.torgb.weight", 4)[0]
    return Settings(
        w_dim=bag.shape("b4.conv1.affine.weight", 2)[1],
        resolutions=resolutions,
        start=(height, width),
        img_channels=channels // BANDS if extras.wavelet else channels,
        architecture=_architecture(bag, resolutions),
        extras=extras,
    )


def read_extras(settings: Any) -> Extras:
    """Take the settings we know from a mapping, with its kinds checked."""
    known = {field.name: settings[field.name] for field in fields(Extras) if field.name in settings}
    if "mapping_activation" not in known and "activation" in known:
        known["mapping_activation"] = known["activation"]
    for name in ("activation", "mapping_activation"):
        if str(known.get(name, "lrelu")) not in ACTIVATIONS:
            raise CheckpointError(
                f"This StyleGAN2 uses an activation we don't know: {printable(known[name])}."
            )
    try:
        known["resample_filter"] = tuple(
            float(t) for t in known.get("resample_filter", (1, 3, 3, 1))
        )
        clamp = known.get("conv_clamp")
        known["conv_clamp"] = None if clamp is None else float(clamp)
        known["lr_multiplier"] = float(known.get("lr_multiplier", 0.01))
    except (TypeError, ValueError) as error:
        raise CheckpointError("The settings in this model file are not numbers.") from error
    if not 1 <= len(known["resample_filter"]) <= 32 or not sum(known["resample_filter"]):
        raise CheckpointError("The filter in this model file is not one that resamples.")
    flags = {
        "use_noise": bool(known.get("use_noise", True)),
        "wavelet": bool(known.get("wavelet", False)),
    }
    return Extras(**{**known, **flags})


def _architecture(bag: TensorBag, resolutions: tuple[int, ...]) -> str:
    if any(f"b{res}.skip.weight" in bag for res in resolutions):
        return "resnet"
    if len(resolutions) == 1 or f"b{resolutions[0]}.torgb.weight" in bag:
        return "skip"
    return "orig"
