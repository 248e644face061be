"""Edits with a mask: pictures laid over each other, so that nothing outside a mask changes.

Edits that share a mask are a layer. Without layers there is one picture, P(moves). Each layer
composites the picture with its moves into the one without them, through its feathered mask m:

    picture(moves, [..., layer]) = (1 - m) picture(moves, [...])
                                 +      m  picture(moves + layer's, [...])

A layer that is blended by features brings the second term as one picture that the network drew of
both (`render.feature_blending`), and m is then the mask with a rim around it.

So leaving a layer out changes no pixel where its mask is 0: the value there is that of the first
term to the bit. The second term needs only those layers whose masks meet this one's, so separate
regions cost a picture each. (Drawing the layers one over the other would be a picture each as
well, but then one layer's leak, hidden by its own mask, would show within the next one's.)
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


DrawnByFeatures = Callable[[tuple[Move, ...], tuple[MaskedMoves, ...]], Tensor]
"""Draws pictures with some moves applied, and others blended in by features: (N, C, H, W)."""


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
    by_features: DrawnByFeatures | None = None,
    blended: tuple[MaskedMoves, ...] = (),
) -> Tensor:
    """Pictures with all moves, each layer's within its mask only.

    Args:
        plain: Moves of whole pictures.
        layers: See `layered`.
        drawn: Draws pictures with some moves; asked once for each set of them that is needed.
        mask_of: A mask at the pictures' size: (H, W), 0 to 1, exactly 0 outside; with its rim where
            it is blended by features.
        drawn_within: Draws no more than a mask needs; None draws whole pictures.
        by_features: Draws what is blended by features; None blends all of it by pixels.
        blended: What is blended into every picture by features.

    Returns:
        (N, C, H, W), as `drawn` gives them.
    """
    if not layers and blended and by_features is not None:
        return by_features(tuple(plain), blended)
    if not layers:
        return drawn(tuple(plain))
    *below, top = layers
    mask, ways = mask_of(top.use), (drawn, mask_of, drawn_within, by_features)
    without = composed(plain, below, *ways, blended)
    if not bool(mask.any()):
        return without
    meeting = [layer for layer in below if bool((mask_of(layer.use) * mask).any())]
    moves = (*plain, *top.moves)
    if top.use.features and by_features is not None:
        inside = composed(plain, meeting, *ways, (*blended, top))
    elif drawn_within is not None and not meeting and not blended:
        inside = drawn_within(moves, mask)
    else:
        inside = composed(moves, meeting, *ways, blended)
    mask = mask.to(without)
    between = without + mask * (inside - without)
    return torch.where(mask >= 1, inside, torch.where(mask > 0, between, without))
