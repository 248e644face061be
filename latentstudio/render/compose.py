"""Edits with a mask: pictures laid over each other, so that nothing outside a mask changes.

Edits that share a mask are a layer. Without layers there is one picture, P(moves). Each layer
composites the picture with its moves into the one without them, through its feathered mask m:

    picture(moves, [..., layer]) = (1 - m) picture(moves, [...])
                                 +      m  picture(moves + layer's, [...])

so leaving a layer out changes no pixel where its mask is 0: the value there is that of the first
term to the bit. The second term needs only those layers whose masks meet this one's, so separate
regions cost a picture each. (Drawing the
layers one over the other would be a picture each as well, but then one layer's leak, hidden by
its own mask, would show within the next one's.)
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from latentstudio.document.state import MaskUse
from latentstudio.render.moves import Move

Drawn = Callable[[tuple[Move, ...]], Tensor]
"""Draws pictures with some moves applied: (N, C, H, W)."""


DrawnWithin = Callable[[tuple[Move, ...], Tensor], Tensor]
"""The same where a mask (H, W) isn't 0; anything elsewhere."""


@dataclass(frozen=True, slots=True, eq=False)
class MaskedMoves:
    """Moves that share a mask.

    Attributes:
        use: Which mask, and how soft.
        moves: What happens there.
    """

    use: MaskUse
    moves: tuple[Move, ...]


def layered(moves: Sequence[Move]) -> tuple[tuple[Move, ...], tuple[MaskedMoves, ...]]:
    """Moves of whole pictures, and layers in the order in which their masks first appear."""
    plain = tuple(move for move in moves if protected(move) is None)
    uses = dict.fromkeys(use for use in map(protected, moves) if use is not None)
    own = {use: tuple(move for move in moves if protected(move) == use) for use in uses}
    return plain, tuple(MaskedMoves(use, own[use]) for use in uses)


def protected(move: Move) -> MaskUse | None:
    """The mask outside of which a move changes nothing, or None."""
    return move.mask if move.mask is not None and move.mask.protect else None


def composed(
    plain: Sequence[Move],
    layers: Sequence[MaskedMoves],
    drawn: Drawn,
    mask_of: Callable[[MaskUse], Tensor],
    drawn_within: DrawnWithin | None = None,
) -> Tensor:
    """Pictures with all moves, each layer's within its mask only.

    Args:
        plain: Moves of whole pictures.
        layers: See `layered`.
        drawn: Draws pictures with some moves; asked once for each set of them that is needed.
        mask_of: A mask at the pictures' size: (H, W), 0 to 1, exactly 0 outside.
        drawn_within: Draws no more than a mask needs; None draws whole pictures.

    Returns:
        (N, C, H, W), as `drawn` gives them.
    """
    if not layers:
        return drawn(tuple(plain))
    *below, top = layers
    mask = mask_of(top.use)
    without = composed(plain, below, drawn, mask_of, drawn_within)
    if not bool(mask.any()):
        return without
    meeting = [layer for layer in below if bool((mask_of(layer.use) * mask).any())]
    moves = (*plain, *top.moves)
    if drawn_within is not None and not meeting:
        inside = drawn_within(moves, mask)
    else:
        inside = composed(moves, meeting, drawn, mask_of, drawn_within)
    mask = mask.to(without)
    blended = without + mask * (inside - without)
    return torch.where(mask >= 1, inside, torch.where(mask > 0, blended, without))
