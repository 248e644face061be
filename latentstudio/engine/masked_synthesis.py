"""Pictures that may change inside a mask only: no more of them is made than the mask needs."""

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from latentstudio.engine.generator import Generator, Halfway, HasHalfway, HasWindows, Noise, Window
from latentstudio.engine.shapes import check_shape


def window_of(mask: NDArray[np.floating]) -> Window | None:
    """The smallest rectangle that holds all of a mask (H, W); None where it is empty."""
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    if not len(rows):
        return None
    return Window(int(rows[0]), int(columns[0]), int(rows[-1]) + 1, int(columns[-1]) + 1)


def synthesize_masked(
    generator: Generator,
    codes: Tensor,
    before: Tensor,
    mask: NDArray[np.floating],
    classes: Tensor | None = None,
    noise: Noise = "const",
    since: Halfway | None = None,
) -> Tensor:
    """Pictures of edited codes inside a mask, of unedited ones outside it: (N, C, H, W).

    Where the model can make a part of a picture alone, only the rectangle around the mask is
    made; the others make all of it. Either way what is outside doesn't change by a bit.

    Args:
        generator: The model.
        codes: With the edit, (N, layers, dim).
        before: Pictures without it, (N, C, H, W).
        mask: (H, W), 0 to 1.
        classes: (N,), for conditional models.
        noise: As for `before`.
        since: How far a synthesis of `codes` has come: edits of late layers leave the early ones
            as they were.
    """
    check_shape(torch.from_numpy(mask), "H W", H=before.shape[2], W=before.shape[3])
    window = window_of(mask)
    if window is None:
        return before
    if isinstance(generator, HasWindows):
        inside = generator.synthesize_window(codes, window, noise, since)
    else:
        inside = window.of(_whole(generator, codes, classes, noise, since))
    share = window.of(torch.from_numpy(np.asarray(mask, np.float32))).to(before)
    made = before.clone()
    window.of(made).lerp_(inside.to(before), share.expand_as(inside))
    return made


def _whole(
    generator: Generator,
    codes: Tensor,
    classes: Tensor | None,
    noise: Noise,
    since: Halfway | None,
) -> Tensor:
    if since is not None and isinstance(generator, HasHalfway):
        return generator.onward(codes, since, {}, classes, noise)
    return generator.synthesize(codes, classes, noise)
