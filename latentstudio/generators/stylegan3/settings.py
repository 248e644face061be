"""What a StyleGAN3 is beyond its tensors: how each layer resamples and crops."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from latentstudio.core.errors import CheckpointError

MAX_LAYERS = 64
MAX_SIZE = 8192
MAX_FACTOR = 8
MAX_PADDING = 256
SQUARE = "assumed_square"
"""Setting of files whose heights are not known, only widths."""


@dataclass(frozen=True, slots=True)
class LayerSettings:
    """One synthesis layer.

    Attributes:
        name: As in the file, for example ``L3_52_512``.
        up: Up-sampling before the activation.
        down: Down-sampling after it.
        padding: Left, right, top, bottom, after up-sampling; negative crops.
        clamp: Largest magnitude of the activation, None for no limit.
        colours: The last layer: it gives image channels and has no activation.
    """

    name: str
    up: int
    down: int
    padding: tuple[int, int, int, int]
    clamp: float | None
    colours: bool


@dataclass(frozen=True, slots=True)
class Settings:
    """The whole network.

    Attributes:
        size: Width and height of the input features.
        sampling_rate: Of the input features.
        bandwidth: Of the input's Fourier features.
        output_scale: Factor on the last layer's output.
        lr_multiplier: Stored mapping weights are this much too large.
        layers: In order.
    """

    size: tuple[int, int]
    sampling_rate: float
    bandwidth: float
    output_scale: float
    lr_multiplier: float
    layers: tuple[LayerSettings, ...]

    def record(self) -> dict[str, Any]:
        """As plain JSON values."""
        return asdict(self)


def read_settings(record: Mapping[str, Any]) -> Settings:
    """Inverse of `Settings.record`, with every kind and range checked.

    Raises:
        CheckpointError: The settings are not those of a StyleGAN3.
    """
    try:
        width, height = (int(side) for side in record["size"])
        layers = tuple(_layer(layer) for layer in record["layers"][: MAX_LAYERS + 1])
        settings = Settings(
            size=(width, height),
            sampling_rate=float(record["sampling_rate"]),
            bandwidth=float(record["bandwidth"]),
            output_scale=float(record["output_scale"]),
            lr_multiplier=float(record["lr_multiplier"]),
            layers=layers,
        )
    except (KeyError, TypeError, ValueError) as error:
        raise CheckpointError("The settings of this StyleGAN3 are broken.") from error
    sane = 1 <= min(settings.size) <= max(settings.size) <= MAX_SIZE
    if not (sane and 1 <= len(layers) <= MAX_LAYERS and all(map(_sane, layers))):
        raise CheckpointError("The settings of this StyleGAN3 are out of range.")
    return settings


def _layer(record: Mapping[str, Any]) -> LayerSettings:
    left, right, top, bottom = (int(count) for count in record["padding"])
    clamp = record["clamp"]
    return LayerSettings(
        name=str(record["name"]),
        up=int(record["up"]),
        down=int(record["down"]),
        padding=(left, right, top, bottom),
        clamp=None if clamp is None else float(clamp),
        colours=bool(record["colours"]),
    )


def _sane(layer: LayerSettings) -> bool:
    factors = 1 <= min(layer.up, layer.down) <= max(layer.up, layer.down) <= MAX_FACTOR
    return factors and max(abs(count) for count in layer.padding) <= MAX_PADDING
