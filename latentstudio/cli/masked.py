"""Edits within masks, for commands that write pictures."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from latentstudio.cli import start
from latentstudio.cli.output import Drawn

if TYPE_CHECKING:
    from torch import Tensor

    from latentstudio.core.walk import Walk
    from latentstudio.document.direction import DirectionSet
    from latentstudio.document.state import MaskUse
    from latentstudio.engine.generator import Noise
    from latentstudio.render.moves import Move
    from latentstudio.render.pipeline import Latents, Pipeline


def drawn_with_masks(
    pipeline: "Pipeline",
    starts: "Latents",
    moves: "Sequence[Move]",
    walk: "Walk",
    noise: "Noise",
    found: "DirectionSet",
) -> Drawn | None:
    """Draws pictures whose edits keep to their masks, as the window does; None without masks.

    Args:
        pipeline: Renders whole pictures.
        starts: Latents without edits, N of them.
        moves: The edits, each with one amount or with N.
        walk: How they leave the start.
        noise: Noise inputs.
        found: The preset they come from, with its masks.
    """
    from latentstudio.document.assets import MemoryAssets
    from latentstudio.render.compose import MaskedMoves, composed, layered
    from latentstudio.render.feature_blending import FeatureBlending
    from latentstudio.render.mask_images import mask_image

    if not layered(moves)[1]:
        return None
    assets, size = MemoryAssets(found.masks.values()), pipeline.generator.info.size
    blending = FeatureBlending(pipeline.generator)

    def mask_of(use: "MaskUse") -> "Tensor":
        return mask_image(use, assets, size)

    def reach(use: "MaskUse") -> "Tensor":
        mask = mask_of(use)
        return blending.reach(use, mask) if use.features and bool(mask.any()) else mask

    def drawn(rows: Sequence[int]) -> "Tensor":
        own = start.take(starts, rows)

        def there(some: "tuple[Move, ...]") -> "Latents":
            return start.walked(pipeline.generator, own, some, walk) if some else own

        def whole(some: "tuple[Move, ...]") -> "Tensor":
            return pipeline.images(there(some), noise)

        def by_features(some: "tuple[Move, ...]", blended: tuple[MaskedMoves, ...]) -> "Tensor":
            edits = [(b.use, mask_of(b.use), there((*some, *b.moves))) for b in blended]
            return blending.images(there(some), edits, noise)

        here = [start.for_rows(move, rows) for move in moves]
        return composed(*layered(here), whole, reach, by_features=by_features)

    return drawn
