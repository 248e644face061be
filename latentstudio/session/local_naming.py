"""Names of local directions, from what they do to a few pictures."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import torch
from numpy.typing import NDArray

from latentstudio.core.progress import Job, Step
from latentstudio.core.texts import first_free
from latentstudio.document.direction import Direction, DirectionSet, ModelKey
from latentstudio.engine.generator import Noise
from latentstudio.evaluate.attribute_places import kept_places, seen_in
from latentstudio.evaluate.local_names import LocalName, local_name
from latentstudio.evaluate.predictor import Predictor, as_colour
from latentstudio.region.masks import Mask
from latentstudio.render.pipeline import Latents, Move, Pipeline
from latentstudio.session.local_walks import opposite
from latentstudio.session.predictors import choose_predictor

OTHERS = (900_101, 900_102, 900_103)
"""Seeds of further pictures on which a direction is looked at."""
FAR = 2.0 / 3.0
"""How much of the slider's range is walked to either side."""


def named(
    pipeline: Pipeline,
    latents: Latents,
    noise: Noise,
    mask: Mask,
    directions: DirectionSet,
    where: str = "",
    taken: Iterable[str] = (),
) -> Job[DirectionSet]:
    """The same directions with plain names, each used once, turned so that plus does what it says.

    The mask is (H, W), 0 to 1.

    Args:
        pipeline: Of the model.
        latents: The pictures they were found in.
        noise: Theirs.
        mask: The region.
        directions: Local ones.
        where: What the artist calls the region; empty for its place in the picture.
        taken: Names that others have.
    """
    naming = yield from _naming(pipeline, latents, noise, mask, directions.model)
    found: list[Direction] = []
    names = set(taken)
    for index, one in enumerate(directions.directions):
        yield Step(index / len(directions), "Naming what was found")
        name = naming.name(one)
        place, colon, what = name.text.partition(": ")
        text = first_free(f"{where or place}{colon}{what}", names)
        names.add(text)
        turned = one if name.sign > 0 else opposite(one)
        found.append(replace(turned, name=text))
    return replace(directions, directions=tuple(found))


def _naming(
    pipeline: Pipeline, latents: Latents, noise: Noise, mask: Mask, model: ModelKey
) -> Job["_Naming"]:
    """With the predictor that was made for a model; where there is none, by the looks alone."""
    predictor = yield from choose_predictor(None, model)
    starts = [latents.take([0])]
    if not predictor.suits(model) or predictor.missing():
        drawn = [(one, pipeline.images(one, noise)) for one in starts]
        return _Naming(pipeline, drawn, noise, mask, None, None)
    maps = yield from kept_places(pipeline, predictor)
    label = None if latents.classes is None else [int(latents.classes[0])]
    starts += [pipeline.from_seeds([seed], label, latents.truncation) for seed in OTHERS]
    drawn = [(one, pipeline.images(one, noise)) for one in starts]
    return _Naming(pipeline, drawn, noise, mask, predictor, seen_in(maps, mask))


@dataclass(frozen=True, slots=True, eq=False)
class _Naming:
    """Looks at what directions do to a few pictures, within the mask only."""

    pipeline: Pipeline
    starts: Sequence[tuple[Latents, torch.Tensor]]
    noise: Noise
    mask: Mask
    predictor: Predictor | None
    likely: NDArray[np.bool_] | None

    def name(self, direction: Direction) -> LocalName:
        changes, readings = [], []
        for start, still in self.starts:
            ends = self._ends(start, still, direction)
            changes.append((ends[1] - ends[0]).cpu().numpy())
            if self.predictor is not None:
                with torch.inference_mode():
                    read = self.predictor.read(as_colour(ends)).float()
                readings.append(read.cpu().numpy())
        known = np.stack(readings) if readings else None
        attributes = self.predictor.attributes if self.predictor is not None else ()
        face = self.predictor is not None
        return local_name(self.mask, changes[0], known, attributes, self.likely, face)

    def _ends(self, start: Latents, still: torch.Tensor, direction: Direction) -> torch.Tensor:
        """A picture at both ends of the slider, unchanged outside of the mask: (2, C, H, W)."""
        both = Move(direction, [FAR * direction.low, FAR * direction.high])
        moved = self.pipeline.images(self.pipeline.apply(start.take([0, 0]), [both]), self.noise)
        share = torch.from_numpy(self.mask).to(still)
        return torch.lerp(still.expand_as(moved), moved, share.expand_as(moved))
