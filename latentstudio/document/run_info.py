"""A discovery run as it is stored and shown."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from latentstudio.document.loss_curve import LossCurve

SEARCH = "auto"
"""In the place of a method: all that suit the model, one after the other."""


@dataclass(frozen=True, slots=True)
class RunInfo:
    """A discovery run: what was asked, and how far it is.

    Attributes:
        key: Stable and unique within a model's runs, for example ``dp-lase-run1``; ids of its
            directions begin with it.
        method: Registry id, or `SEARCH`.
        number: Of the runs of this method.
        options: The method's options, as plain values.
        seed: The method's seed.
        step: Steps done.
        steps: Steps there will be, 0 where the method takes none.
        seconds: Time spent on it.
        of: Id of the direction it works on, where its method works on one.
        curve: Its losses so far, as they were when it was last kept.
    """

    key: str
    method: str
    number: int = 1
    options: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))
    seed: int = 0
    step: int = 0
    steps: int = 0
    seconds: float = 0.0
    of: str = ""
    curve: LossCurve = field(default_factory=LossCurve)

    @property
    def is_search(self) -> bool:
        """It is an automatic search, which takes no steps and can be paused all the same."""
        return self.method == SEARCH
