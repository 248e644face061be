"""What reads attributes off pictures: classifiers, detectors, or plain measures.

Anything that turns a picture into a few numbers can say what a direction changes. A predictor
need not know the model; plugins add their own.
"""

from collections.abc import Callable
from dataclasses import dataclass

import torch
import torch.nn.functional as nnf
from torch import Tensor

from latentstudio.document.direction import ModelKey

IDENTITY = "identity"
"""Name of the attribute that says how alike a picture is to the start of its walk."""


@dataclass(frozen=True, slots=True)
class Attribute:
    """One thing that is read off a picture.

    Attributes:
        name: As on screen, unique within a predictor.
        low: What counts as none of it; the ranking scales `low` to −1, and clips below.
        high: What counts as all of it; the ranking scales it to 1, and clips above.
    """

    name: str
    low: float = 0.0
    high: float = 1.0


@dataclass(frozen=True, slots=True)
class Predictor:
    """Reads the same attributes off any picture.

    Attributes:
        id: Short name; a plugin's becomes ``plugin-id:name``.
        title: As on screen.
        attributes: What it reads, in order.
        read: Pictures (N, 3, H, W) in [-1, 1] to values (N, A), in the attributes' order and
            in their own units. One picture's values don't depend on the others.
        embed: Pictures to vectors (N, E) whose cosine says how alike two pictures are, or None.
            With it, `IDENTITY` can be read along a walk.
        suits: Whether it was made for the pictures of a model: then it is the one that is used
            where nobody chooses.
        missing: Why it can't run on this computer, one sentence, or empty.
        help: One sentence: what it reads, and how far to trust it.
    """

    id: str
    title: str
    attributes: tuple[Attribute, ...]
    read: Callable[[Tensor], Tensor]
    embed: Callable[[Tensor], Tensor] | None = None
    suits: Callable[[ModelKey], bool] = lambda model: False
    missing: Callable[[], str] = lambda: ""
    help: str = ""

    @property
    def along(self) -> tuple[Attribute, ...]:
        """What is read along a walk: the attributes, and identity where it can compare."""
        return self.attributes if self.embed is None else (*self.attributes, Attribute(IDENTITY))


@torch.no_grad()
def read_walk(predictor: Predictor, images: Tensor, middle: int) -> Tensor:
    """Attributes of every picture of one walk.

    Args:
        predictor: Reads them.
        images: (K, C, H, W) with 1 or 3 channels, nominally in [-1, 1].
        middle: Which of them is the start; identity is the cosine with it.

    Returns:
        (K, A), A the length of `predictor.along`.
    """
    pictures = as_colour(images)
    values = predictor.read(pictures).float()
    if predictor.embed is None:
        return values
    vectors = predictor.embed(pictures).float()
    alike = nnf.cosine_similarity(vectors, vectors[middle : middle + 1], dim=1)
    return torch.cat([values, alike[:, None]], dim=1)


def as_colour(images: Tensor) -> Tensor:
    """Pictures as predictors take them: three channels, clipped to [-1, 1].

    (N, 1 or 3, H, W) -> (N, 3, H, W).
    """
    return images.clamp(-1.0, 1.0).expand(-1, 3, -1, -1)
