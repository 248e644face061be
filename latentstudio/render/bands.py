"""The safe range of every slider for the picture as it is, and the way back to the shell."""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from latentstudio.density.reference import Density
from latentstudio.document.state import Edit, Picture
from latentstudio.render.messages import Band
from latentstudio.render.pipeline import Latents, Move
from latentstudio.render.renderer import Renderer

_POINTS = 49
Ends = tuple[float, float]
Floats = NDArray[np.float64]


def band(renderer: Renderer, picture: Picture, direction_id: str) -> Band:
    """Amounts of one slider that keep the picture on the shell, and near its edge.

    The other edits stay as they are. Where the safe amounts fall into several ranges, the one
    nearest to the slider's place counts.
    """
    density, direction = renderer.density(picture), renderer.directions[direction_id]
    if density is None:
        return Band(None, None)
    now = picture.amount(direction_id)
    ends = (min(direction.low, now), max(direction.high, now))
    if picture.on_shell or density.shell.flat:
        return Band(ends, ends)
    others = renderer.moves(picture.without(direction_id).active())
    edit = picture.edit(direction_id) or Edit(direction_id, 0.0)

    def judge(amounts: Floats) -> Floats:
        moves = [*others, Move(direction, list(amounts), edit.layers, edit.off)]
        return coordinates_at(renderer, picture, moves, len(amounts), density)

    amounts = _grid(*ends, now)
    coordinates = judge(amounts)
    # Once more where the state changes: between coarse points the meter is not straight.
    finer = _at_changes(amounts, coordinates, (density.shell.on, density.shell.limit), now)
    if len(finer):
        order = np.argsort(np.concatenate([amounts, finer]))
        coordinates = np.concatenate([coordinates, judge(finer)])[order]
        amounts = np.concatenate([amounts, finer])[order]
    return Band(
        nearest_range(amounts, outside(coordinates, density.shell.on), now),
        nearest_range(amounts, outside(coordinates, density.shell.limit), now),
    )


def snap_back(renderer: Renderer, picture: Picture) -> Picture:
    """The same walk, only as far as it stays on the shell: all amounts scaled by one factor.

    Where even the start is off the shell, the point of the walk that is nearest to it.
    """
    density = renderer.density(picture)
    active = picture.active()
    if density is None or not active:
        return picture
    moves = renderer.moves(active)
    share = 0.0
    ends = (0.0, 1.0)
    for _ in range(2):  # the second time between the last point inside and the first outside
        shares = np.linspace(*ends, _POINTS)
        scaled = [replace(m, amounts=[float(m.amounts) * s for s in shares]) for m in moves]  # type: ignore[arg-type]
        over = outside(
            coordinates_at(renderer, picture, scaled, _POINTS, density), density.shell.on
        )
        inside = np.flatnonzero(over <= 0)
        if not len(inside):
            share = float(shares[int(np.argmin(over))])
            break
        last = int(inside[-1])
        share = float(shares[last])
        ends = (share, float(shares[min(last + 1, _POINTS - 1)]))
    return _shrink(picture, {e.direction for e in active}, share)


def carrier(renderer: Renderer, picture: Picture, density: Density) -> str:
    """The direction whose removal brings the picture most of the way back, or empty."""
    active = [e.direction for e in picture.active() if e.direction in renderer.directions]
    left = [excess(renderer, picture.without(direction), density) for direction in active]
    return active[left.index(min(left))] if left else ""


def excess(renderer: Renderer, picture: Picture, density: Density) -> float:
    """How far outside the shell a picture lies; 0 or less is inside."""
    coordinates = density.coordinates(renderer.latents(picture).codes).numpy()
    return float(outside(coordinates, density.shell.on)[0])


def outside(coordinates: Floats, ends: Ends) -> Floats:
    """How far the worst layer lies outside a range, (N, layers) -> (N,)."""
    beyond: Floats = np.maximum(ends[0] - coordinates, coordinates - ends[1])
    worst: Floats = beyond.max(axis=1)
    return worst


def nearest_range(amounts: Floats, over: Floats, now: float) -> Ends | None:
    """Of the ranges where `over` is at most 0, the one nearest to `now`; ends interpolated.

    Both (n,), amounts rising; None where there is no such range.
    """
    inside = np.concatenate([[False], over <= 0, [False]])
    starts = np.flatnonzero(inside[1:] & ~inside[:-1])
    stops = np.flatnonzero(inside[:-1] & ~inside[1:]) - 1
    ranges = [
        (_edge(amounts, over, a, a - 1), _edge(amounts, over, b, b + 1))
        for a, b in zip(starts.tolist(), stops.tolist(), strict=True)
    ]
    if not ranges:
        return None
    return min(ranges, key=lambda r: max(r[0] - now, now - r[1], 0.0))


def _grid(low: float, high: float, now: float) -> Floats:
    """Amounts at which a slider is judged: evenly over all, and ever closer around its place.

    Where a model's shell is thin the safe range can be a hundredth of the slider.
    """
    near = (high - low) * 2.0 ** -np.arange(6, 13)
    points = np.concatenate([np.linspace(low, high, _POINTS), now - near, [now], now + near])
    return np.unique(np.clip(points, low, high))


def _at_changes(
    amounts: Floats, coordinates: Floats, limits: tuple[Ends, ...], now: float
) -> Floats:
    """Points inside the intervals, four at most and the nearest ones, where a state changes."""
    found: list[int] = []
    for ends in limits:
        inside = outside(coordinates, ends) <= 0
        found += np.flatnonzero(inside[1:] != inside[:-1]).tolist()
    nearest = sorted(set(found), key=lambda i: abs(amounts[i] - now))[:4]
    parts = [np.linspace(amounts[i], amounts[i + 1], 10)[1:-1] for i in nearest]
    return np.concatenate(parts) if parts else np.empty(0)


def coordinates_at(
    renderer: Renderer, picture: Picture, moves: list[Move], count: int, density: Density
) -> Floats:
    """Where walks from one picture lead, as the density measures it: (count, layers)."""
    start = renderer.start(picture)
    pipeline = renderer.pipeline(picture)
    moved = pipeline.place(_repeat(start, count), moves)
    values: Floats = density.coordinates(moved.codes).numpy()
    return values


def _repeat(latents: Latents, count: int) -> Latents:
    """One picture's latents `count` times over, without copying."""
    z, classes = latents.z, latents.classes
    return replace(
        latents,
        z=None if z is None else z.expand(count, -1),
        codes=latents.codes.expand(count, -1, -1),
        classes=None if classes is None else classes.expand(count),
    )


def _edge(amounts: Floats, over: Floats, i: int, beyond: int) -> float:
    """End of a range at sample `i`, toward its neighbour `beyond`."""
    if not 0 <= beyond < len(amounts):
        return float(amounts[i])
    return _crossing(amounts[[i, beyond]], over[[i, beyond]])


def _crossing(x: Floats, y: Floats) -> float:
    """Where the line through two points crosses 0."""
    return float(x[0] + (x[1] - x[0]) * y[0] / (y[0] - y[1]))


def _shrink(picture: Picture, directions: set[str], share: float) -> Picture:
    """Scale some amounts, rounded toward zero to what a slider can show."""

    def scaled(edit: Edit) -> Edit:
        if edit.direction not in directions:
            return edit
        return replace(edit, amount=float(np.trunc(edit.amount * share * 100) / 100))

    return replace(picture, edits=tuple(map(scaled, picture.edits)))
