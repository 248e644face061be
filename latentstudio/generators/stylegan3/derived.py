"""Settings of a StyleGAN3 whose file holds only tensors.

Layers are called ``L<index>_<size>_<channels>``; a filter has 6 taps for each step of its
up- or down-sampling. What is left are the published defaults.

Source: Karras et al. 2021, appendix F and table "configurations".
"""

import re
from typing import Any

from torch import Tensor

from latentstudio.core.errors import CheckpointError

TAPS = 6
MARGIN = 10
BANDWIDTH = 2.0
CLAMP = 256.0
_LAYER = re.compile(r"synthesis\.(L(\d+)_(\d+)_(\d+))\.weight")


def derived_record(tensors: dict[str, Tensor]) -> dict[str, Any]:
    """The record that `settings.read_settings` reads.

    Filters are (K,) or (K, K), weights (outputs, inputs, k, k).

    Raises:
        CheckpointError: Layers are missing, or have filters of odd lengths.
    """
    matches = [match for name in tensors if (match := _LAYER.fullmatch(name))]
    found = sorted(matches, key=lambda match: int(match[2]))
    if not found:
        raise CheckpointError("This model file is incomplete: a StyleGAN3 without its layers.")
    factors = [_factors(tensors, match[1]) for match in found]
    rate = float(found[-1][3])
    for up, down in factors:
        rate *= down / up
    size = round(rate) + 2 * MARGIN
    layers, before = [], size
    for index, (match, (up, down)) in enumerate(zip(found, factors, strict=True)):
        after, kernel = int(match[3]), int(tensors[match[0]].shape[-1])
        layers.append(
            {
                "name": match[1],
                "up": up,
                "down": down,
                "padding": _padding(before, after, kernel, up, down),
                "clamp": CLAMP,
                "colours": index == len(found) - 1,
            }
        )
        before = after
    widest = float(tensors["synthesis.input.freqs"].float().norm(dim=-1).max())
    return {
        "size": [size, size],
        "sampling_rate": rate,
        "bandwidth": max(BANDWIDTH, widest),
        "output_scale": 0.25,
        "lr_multiplier": 0.01,
        "layers": layers,
    }


def _factors(tensors: dict[str, Tensor], name: str) -> tuple[int, int]:
    """Up- and down-sampling of a layer, by the lengths of its filters."""
    lengths = []
    for way in ("up", "down"):
        taps = tensors.get(f"synthesis.{name}.{way}_filter")
        lengths.append(1 if taps is None else max(1, int(taps.shape[-1]) // TAPS))
    return lengths[0], lengths[1]


def _padding(before: int, after: int, kernel: int, up: int, down: int) -> list[int]:
    """What makes the output as large as it is called: left, right, top, bottom."""
    taps = [TAPS * factor if factor > 1 else 1 for factor in (up, down)]
    total = (after - 1) * down + 1 - (before + kernel - 1) * up + sum(taps) - 2
    low = (total + up) // 2
    return [low, total - low] * 2
