"""A synthesis layer by layer: to its end, as far as a tap, or on from there."""

from collections.abc import Callable, Sequence
from collections.abc import Generator as Coroutine
from typing import Any

import torch
from torch import Tensor

from latentstudio.core.progress import stop_point
from latentstudio.engine.generator import GROWN, Edits, Halfway

LayerSteps = Coroutine[tuple[str, Tensor | Callable[[], Tensor]], Tensor, Tensor]
"""A synthesis that stops at each layer: it yields a tap's name with a function that makes the
layer's features, is sent the features to go on with, and returns the image. What nobody asks for
is never computed. A value beside the features that later layers read is yielded in the same way,
by a name of its own: `IMAGE` where no features depend on it. Features that are yielded
ready-made are made anew each time the synthesis goes on from halfway."""
IMAGE = GROWN
"""Name of an image that grows with the layers."""

_SKIPPED = torch.empty(0)
"""Stands for features that only skipped layers would have read."""


def steps_of(network: Any) -> Callable[..., LayerSteps]:
    """A network's `layer_steps`, which earlier plugins call `walk`."""
    steps: Callable[..., LayerSteps] = getattr(network, "layer_steps", None) or network.walk
    return steps


class LayerStepper:
    """Drives one synthesis, from its beginning or from where another one stopped.

    Args:
        steps: The synthesis.
        taps: Names of features; other names are of values carried beside them.
        edit: What becomes of the features at some taps.
        since: How far a synthesis of the same codes and edits had come; layers before are skipped.
    """

    def __init__(
        self, steps: LayerSteps, taps: Sequence[str], edit: Edits, since: Halfway | None = None
    ) -> None:
        self._steps, self._taps, self._edit = steps, taps, edit
        self._carried = dict(since.carried) if since else {}
        self._since = since  # None once it has been passed
        self._skipped: tuple[str, ...] = ()

    def features(self, tap: str) -> Tensor:
        """What a tap's layer makes, and nothing else: (N, C, H, W) or (N, C)."""
        self._skipped = (IMAGE,)
        return self.to(tap).features

    def to(self, tap: str) -> Halfway:
        """Go as far as a tap; nothing after it is computed."""
        name, step = next(self._steps)
        while name != tap:
            name, step = self._steps.send(self._done(name, step))
        features = self._made(name, step)
        self._steps.close()
        return Halfway(tap, features, self._carried)

    def image_after(self, tap: str) -> Tensor | None:
        """The growing image with what a tap's layer adds to it, (N, C, h, w).

        None where it adds nothing.
        """
        name, step = next(self._steps)
        while name != tap:
            name, step = self._steps.send(self._done(name, step))
        try:
            name, step = self._steps.send(self._done(name, step))
        except StopIteration:
            return None
        self._steps.close()
        return self._made(name, step) if name == IMAGE else None

    def to_end(self) -> Tensor:
        """Go to the image: (N, C, H, W)."""
        name, step = next(self._steps)
        try:
            while True:
                name, step = self._steps.send(self._done(name, step))
        except StopIteration as stop:
            image: Tensor = stop.value
            return image

    def _done(self, name: str, step: Tensor | Callable[[], Tensor]) -> Tensor:
        """What the synthesis goes on with."""
        stop_point()
        made = self._made(name, step)
        if name not in self._taps:
            self._carried[name] = made
        return self._edit[name](made) if name in self._edit and made is not _SKIPPED else made

    def _made(self, name: str, step: Tensor | Callable[[], Tensor]) -> Tensor:
        """A step's value: kept, or computed if it is needed."""
        since = self._since
        if since and name == since.tap:
            self._since = None
            return since.features
        if isinstance(step, Tensor):
            return step
        if since or name in self._skipped:
            return self._carried.get(name, _SKIPPED)
        return step()
