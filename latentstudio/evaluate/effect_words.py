"""Words for what a direction changes, only where they hold on nearly every picture it was tried on.

An attribute is named where a predictor that was made for the model reads that it leads. Else it is
said where the picture changes, and how, if it does so in the same way from picture to picture. Of
a figure that changes in no such way it is said how its shape does (`shape_words`).
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from latentstudio.core.marked import marked
from latentstudio.core.texts import sentence_case
from latentstudio.evaluate.change_places import colours, luma, region
from latentstudio.evaluate.local_names import FACE_PARTS
from latentstudio.evaluate.messages import EffectName
from latentstudio.evaluate.predictor import Attribute
from latentstudio.evaluate.ranking import rank
from latentstudio.evaluate.shape_words import AGREE, shape_words

PLACES = (
    marked("Top"),
    marked("Middle"),
    marked("Bottom"),
    marked("Top left"),
    marked("Top right"),
    marked("Middle left"),
    marked("Middle right"),
    marked("Bottom left"),
    marked("Bottom right"),
    marked("Centre"),
    marked("Left side"),
    marked("Right side"),
    marked("Both sides"),
    marked("All over"),
    marked("Edges"),
)
"""Where in a picture, as `change_places.region` says it, and around it."""
WAYS = (
    marked("lighter"),
    marked("darker"),
    marked("warmer"),
    marked("cooler"),
    marked("greener"),
    marked("pinker"),
    marked("lighter on the left"),
    marked("lighter on the right"),
    marked("lighter above"),
    marked("lighter below"),
)
"""How it changes there."""
CHANGE = "Change"
"""What a direction is called of which nothing more is sure."""
LEAST_CORRELATION = 0.2
"""Half an attribute's range is 1; below this an attribute hardly changes."""
LEAST_SHARE = 0.25
"""An attribute names a direction that gives it this part of all its change."""
LEAST_CHANGE = 0.01
"""Root mean square change, of a range of 2, below which nothing is said to be seen."""
_MOVED, _MOST = 0.15, 2 / 3
"""Change of an attribute in a picture, and share of the pictures that change as much."""
_SAME_WAY = 0.6
"""Least mean change over mean size, for a word of one way."""
_SHARE = 0.5
"""Least part of all the change that a second word has to stand for."""
_PART, _EDGES = 0.6, 0.85
"""Part of the change that a part of a face holds, and the edges: evenly it would be 0.61."""
_APART = 2.5
"""How many times as far as the rest a part changes, to be told by itself."""
_INNER = (3 / 16, 3 / 16, 13 / 16, 13 / 16)
_SPREAD = ("All over", "Both sides")
_NEXT = 1.5
"""How many times the next attribute's change the first one's is, where it is told alone."""

Floats = NDArray[np.floating]


def effect_name(
    maps: Floats,
    readings: Floats | None = None,
    attributes: Sequence[Attribute] = (),
    face: bool = False,
    shapes: Floats | None = None,
) -> EffectName:
    """What a direction does.

    Args:
        maps: Half the difference of the pictures at both ends, (S, C, H, W).
        readings: A of the attributes at the lower end, the start and the upper end, (S, 3, A).
        attributes: A of them.
        face: Whether pictures show a face in the usual place.
        shapes: At the lower and the upper end, (S, 2, `shape_words.MEASURES`), NaN where a picture
            is no figure on a plain ground; or None.
    """
    size = np.sqrt(np.square(maps).mean((0, 1)))  # (H, W)
    if np.sqrt(np.square(size).mean()) < LEAST_CHANGE:
        return EffectName()
    where, inside = _place(size, face)
    led = () if readings is None else _attributes(readings, attributes)
    if where in _SPREAD:
        where, inside = _apart(maps, size) or (where, inside)
    ways = _ways(maps, inside)
    words = () if led or ways or shapes is None else shape_words(shapes)
    return EffectName((), "", words) if words else EffectName(led, where, ways)


def english(effect: EffectName) -> str:
    """``Smile, less beard``, ``Top: darker``, ``Wider``, or ``Top`` where only that is sure."""
    if effect.attributes:
        words = [f"{'' if sign > 0 else 'less '}{name}" for name, sign in effect.attributes[:1]]
        words += [
            f"{'more' if sign > 0 else 'less'} {name}" for name, sign in effect.attributes[1:]
        ]
        return sentence_case(", ".join(words))
    ways = ", ".join(effect.ways)
    if ways:
        return f"{effect.where}: {ways}" if effect.where else sentence_case(ways)
    return effect.where or CHANGE


def _attributes(readings: Floats, attributes: Sequence[Attribute]) -> tuple[tuple[str, int], ...]:
    """The attribute that leads, and the next where it changes nearly as much."""
    if not attributes or not np.isfinite(readings).all():
        return ()
    found = rank(readings[None], attributes)
    each = np.stack([rank(one[None, None], attributes).correlation[0] for one in readings])
    mean = found.correlation[0]
    along = np.sign(mean) * each  # (S, A): above 0 where a picture goes with the others
    steady = ((along >= _MOVED).mean(0) >= _MOST) & (along > -_MOVED).all(0)
    first, *others = found.strongest(0)
    if (
        abs(mean[first]) < LEAST_CORRELATION
        or found.selectivity[0, first] < LEAST_SHARE
        or not steady[first]
    ):
        return ()
    led = [first]
    if others and steady[others[0]] and abs(mean[others[0]]) * _NEXT > abs(mean[first]):
        led.append(others[0])
    return tuple((found.attributes[one], 1 if mean[one] > 0 else -1) for one in led)


def _place(size: Floats, face: bool) -> tuple[str, NDArray[np.bool_]]:
    """The smallest part that holds most of the change, and its pixels: (H, W) each."""
    energy = np.square(size) / max(float(np.square(size).sum()), 1e-12)
    if face:
        boxes = {name: _box(size.shape, box) for name, box in FACE_PARTS.items()}
        held = {n: b for n, b in boxes.items() if energy[b].sum() >= _PART}
        if held:
            return min(held.items(), key=lambda one: int(one[1].sum()))
    where, inside = region(size)
    edges = ~_box(size.shape, _INNER)
    if where in _SPREAD and energy[edges].sum() >= _EDGES:
        return "Edges", edges
    return where, inside


def _apart(maps: Floats, size: Floats) -> tuple[str, NDArray[np.bool_]] | None:
    """Of a change that is spread out, a part that goes its own way clearly more than the rest.

    It changes no less than the average, too.
    """
    shape = maps.shape[-2:]
    inner = _box(shape, _INNER)
    parts = {"Edges": ~inner, "Centre": inner}
    best, lead = None, _APART
    for name, part in parts.items():
        if np.square(size[part]).mean() < np.square(size).mean():
            continue
        ways = _ways(maps, part)
        own = max((_lead(maps, part, way) for way in ways), default=0.0)
        if own >= lead:
            best, lead = (name, part), own
    return best


def _lead(maps: Floats, part: NDArray[np.bool_], way: str) -> float:
    """How many times as far a part goes a way as all the rest; 0 for ways of the whole only."""
    for words, values in _views(maps).items():
        if way in words:
            mean = values.mean(0)
            return float(abs(mean[part].mean()) / (abs(mean[~part].mean()) + 1e-12))
    return 0.0


def _box(shape: tuple[int, ...], box: tuple[float, float, float, float]) -> NDArray[np.bool_]:
    height, width = shape
    left, top, right, bottom = box
    inside = np.zeros(shape, bool)
    inside[
        round(top * height) : round(bottom * height), round(left * width) : round(right * width)
    ] = True
    return inside


def _ways(maps: Floats, inside: NDArray[np.bool_]) -> tuple[str, ...]:
    """At most two words that hold of the whole part in nearly every picture, strongest first."""
    found: dict[str, float] = {}
    whole = float(np.abs(maps[:, :, inside]).mean()) + 1e-12
    for (more, less), values in _views(maps).items():
        means = values[:, inside].mean(1)  # (S,)
        sizes = np.abs(values[:, inside]).mean(1) + 1e-12
        word = _steady(means, sizes)
        if word:
            found[more if word > 0 else less] = abs(float(means.mean())) / whole
    if found:
        ordered = sorted(found, key=lambda one: -found[one])
        return tuple(one for one in ordered[:2] if found[one] >= _SHARE * found[ordered[0]])
    return _one_sided(maps, inside)


def _views(maps: Floats) -> dict[tuple[str, str], Floats]:
    """What may go up or down, by the words of both ways: (S, H, W) each."""
    found = {("lighter", "darker"): np.stack([luma(one) for one in maps])}
    if maps.shape[1] == 3:
        hues = [colours(one) for one in maps]
        found |= {words: np.stack([one[words] for one in hues]) for words in hues[0]}
    return found


def _steady(means: Floats, sizes: Floats) -> int:
    """1 or -1 where nearly all pictures go that way, and most of each; else 0."""
    way = int(np.sign(means.mean()))
    holds = (way * means / sizes >= _SAME_WAY).mean() >= AGREE
    return way if holds else 0


def _one_sided(maps: Floats, inside: NDArray[np.bool_]) -> tuple[str, ...]:
    """Where one half grows lighter and the other darker, as light from a side does."""
    if not inside.all():
        return ()
    light = np.stack([luma(one) for one in maps])  # (S, H, W)
    height, width = light.shape[1:]
    halves = {
        ("lighter on the left", "lighter on the right"): np.arange(width)[None] < width / 2,
        ("lighter above", "lighter below"): np.arange(height)[:, None] < height / 2,
    }
    for (more, less), half in halves.items():
        first = np.broadcast_to(half, (height, width))
        means = [light[:, part].mean(1) for part in (first, ~first)]
        sizes = [np.abs(light[:, part]).mean(1) + 1e-12 for part in (first, ~first)]
        ways = [_steady(*one) for one in zip(means, sizes, strict=True)]
        if ways[0] * ways[1] < 0:
            return (more if ways[0] > 0 else less,)
    return ()
