"""Masked products of a Jacobian with itself, kept up to date while somebody paints.

With J = dx/dv as pixels x dim and a mask m over pixels (soft values allowed):

* M_f = J^T diag(m) J / sum m: how much each direction changes what is inside;
* M_b = J^T diag(1 - m) J / sum (1 - m): and what is outside.

J^T J never changes, and M_f + M_b weighted is that: a dab of the brush adds the rows of its own
pixels only. Zhu et al., NeurIPS 2021 (LowRankGAN), section 3; Zhu et al., ICML 2022 (ReSeFa).
"""

import torch
from torch import Tensor

from latentstudio.core.errors import ShapeError
from latentstudio.engine.shapes import check_shape
from latentstudio.region.masks import Mask

BLOCK = 4096
"""Rows multiplied at once, so that the copy in double precision stays small."""


class MaskedGrams:
    """M_f and M_b of one Jacobian, for one mask after another.

    Args:
        values: J, (H, W, C, dim).
        dtype: Of products and results. Double, since what is asked next is ill-conditioned.
    """

    def __init__(self, values: Tensor, dtype: torch.dtype = torch.float64) -> None:
        sizes = check_shape(values, "height width channels dim")
        self._rows = values.reshape(-1, sizes["channels"], sizes["dim"])
        self._size = (sizes["height"], sizes["width"])
        self._channels, self._dtype = sizes["channels"], dtype
        self._whole = self._weighted(values.new_ones(len(self._rows)), slice(None))
        self._inside = torch.zeros_like(self._whole)
        self._mask = values.new_zeros(len(self._rows), dtype=dtype)

    def paint(self, mask: Mask) -> None:
        """Take over a mask, (H, W): only pixels that differ from the last are multiplied.

        Raises:
            ShapeError: A mask of another size.
        """
        if mask.shape != self._size:
            raise ShapeError(f"a mask of {list(self._size)}, not {list(mask.shape)}")
        new = torch.from_numpy(mask.reshape(-1).astype("float64")).to(self._mask)
        changed = (new != self._mask).nonzero()[:, 0]
        if 2 * len(changed) > len(new):  # anew: fewer products, and rounding starts afresh
            self._inside = self._weighted(new, new.nonzero()[:, 0])
        elif len(changed):
            self._inside += self._weighted((new - self._mask)[changed], changed)
        self._mask = new

    def inside(self) -> Tensor:
        """M_f, (dim, dim)."""
        return self._inside / (self._mask.sum() * self._channels)

    def outside(self) -> Tensor:
        """M_b, (dim, dim)."""
        return (self._whole - self._inside) / ((1 - self._mask).sum() * self._channels)

    def _weighted(self, weights: Tensor, pixels: Tensor | slice) -> Tensor:
        """Sum over some pixels of weight times row^T row: (dim, dim)."""
        rows = self._rows[pixels]
        dim = rows.shape[-1]
        if len(weights) != len(rows):
            weights = weights[pixels]
        total = rows.new_zeros(dim, dim, dtype=self._dtype)
        for start in range(0, len(rows), BLOCK):
            block = rows[start : start + BLOCK].to(self._dtype)  # (n, C, dim)
            scaled = block * weights[start : start + BLOCK, None, None].to(self._dtype)
            total += scaled.flatten(0, 1).T @ block.flatten(0, 1)
        return total
