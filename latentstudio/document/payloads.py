"""What a direction is made of, by its kind: a vector, a path, channels, or a local change."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar, Literal

import numpy as np
from numpy.typing import NDArray

Kind = Literal["linear", "rbf", "channels", "local"]
Floats = NDArray[np.float32]
Labels = NDArray[np.int64]

MOST_GROUPS = 1000


def _none() -> Floats:
    return np.empty(0, np.float32)


def _no_labels() -> Labels:
    return np.empty(0, np.int64)


@dataclass(frozen=True, slots=True, eq=False)
class Linear:
    """A straight line.

    Attributes:
        vector: (dim,), or (layers, dim) in W+; float32, unit length.
    """

    kind: ClassVar[Kind] = "linear"
    vector: Floats

    @property
    def arrays(self) -> Mapping[str, Floats]:
        """Nothing: the vector, (dim,) or (layers, dim), is all there is."""
        return {}


@dataclass(frozen=True, slots=True, eq=False)
class CurvedPath:
    """The gradient flow of a sum of radial basis functions; see `engine.paths.RbfPath`.

    Attributes:
        vector: (dim,), unit length: the path's tangent in the middle of its space, by which it
            is compared with others.
        support: (M, dim).
        alphas: (M,).
        gammas: (M,) or (1,), above 0.
    """

    kind: ClassVar[Kind] = "rbf"
    vector: Floats
    support: Floats = field(default_factory=_none)
    alphas: Floats = field(default_factory=_none)
    gammas: Floats = field(default_factory=_none)

    @property
    def arrays(self) -> Mapping[str, Floats]:
        """`support` (M, dim), `alphas` (M,), and `gammas` (M,) or (1,)."""
        return {"support": self.support, "alphas": self.alphas, "gammas": self.gammas}


@dataclass(frozen=True, slots=True, eq=False)
class ChannelGroups:
    """A straight line that only some channels of a layer follow.

    Attributes:
        vector: As of `Linear`.
        labels: The group of each channel, (C,), whole numbers from 0.
        layer: Name of the tapped layer.
        off: Groups that don't follow to begin with.
    """

    kind: ClassVar[Kind] = "channels"
    vector: Floats
    labels: Labels = field(default_factory=_no_labels)
    layer: str = ""
    off: frozenset[int] = frozenset()

    @property
    def arrays(self) -> Mapping[str, Floats]:
        """`labels`, as decimal numbers: (C,) float32."""
        return {"labels": self.labels.astype(np.float32)}


@dataclass(frozen=True, slots=True, eq=False)
class Local:
    """A change of one region; straight, or along points that were worked out for it.

    Attributes:
        vector: As of `Linear`: the way it leaves its start.
        mask: Digest of the mask it was found for (`document.assets`), or empty.
        points: Displacements from the start, (n, dim) or (n, layers, dim), in the latent's own
            length; empty where it is straight. Between two points it is straight, and beyond
            the outer ones as between the last two.
        amounts: The slider's amount at each point, (n,), rising; 0 is among them, and the
            displacement there is 0.
    """

    kind: ClassVar[Kind] = "local"
    vector: Floats
    mask: str = ""
    points: Floats = field(default_factory=_none)
    amounts: Floats = field(default_factory=_none)

    @property
    def arrays(self) -> Mapping[str, Floats]:
        """Nothing where it is straight, else `points` and `amounts`.

        They are (n, dim) or (n, layers, dim), and (n,).
        """
        return {"points": self.points, "amounts": self.amounts} if self.points.size else {}


Payload = Linear | CurvedPath | ChannelGroups | Local


def payload_of(
    kind: str, vector: Floats, arrays: Mapping[str, Floats], facts: Mapping[str, Any]
) -> Payload:
    """A payload from its parts as files hold them; missing arrays are left empty.

    Args:
        kind: See `Kind`.
        vector: (dim,), or (layers, dim) in W+.
        arrays: By the names that `arrays` of each payload gives; others are left out.
        facts: `layer` and `off` of channels, `mask` of a local one.

    Raises:
        ValueError: There is no such kind.
    """
    empty = _none()
    if kind == "linear":
        return Linear(vector)
    if kind == "rbf":
        return CurvedPath(vector, *(arrays.get(n, empty) for n in ("support", "alphas", "gammas")))
    if kind == "channels":
        labels = whole_labels(arrays.get("labels", empty))
        return ChannelGroups(
            vector, labels, facts.get("layer", ""), frozenset(facts.get("off", ()))
        )
    if kind == "local":
        points, amounts = (arrays.get(name, empty) for name in ("points", "amounts"))
        return Local(vector, facts.get("mask", ""), points, amounts)
    raise ValueError(f"no direction is of the kind {kind!r}")


def whole_labels(values: Floats) -> Labels:
    """Labels from decimal numbers, (C,) -> (C,) int64, from 0 to `MOST_GROUPS` - 1.

    Empty where they are no groups.
    """
    whole = values.ndim == 1 and values.size and bool((values == np.rint(values)).all())
    if not whole or not 0 <= values.min() <= values.max() < MOST_GROUPS:
        return _no_labels()
    return np.rint(values).astype(np.int64)
