"""Strides and paddings: files don't hold them, but few lead to a sensible picture.

Every layer has some usual ways, with a cost for how unusual they are; ways are combined, and
the cheapest combinations whose last size is one that people train at are the candidates.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from .reading import Layer, Stack, picture_of

USUAL = frozenset({28, 32, 64, 128, 256, 512, 1024})
LESS_USUAL = frozenset({8, 16, 48, 96, 112, 160, 192, 224, 384})
MAX_SIZE = 4096
MIXED = 1.5
"""Cost of layers with padding and without in one stack."""
KEPT = 48
"""Combinations followed at each layer."""


@dataclass(frozen=True, slots=True)
class LayerGeometry:
    """How a layer changes the size.

    Attributes:
        stride: Of the convolution.
        padding: Of the convolution.
        extra: Output padding of a transposed one.
        up: Nearest doubling comes before it.
        cost: How unusual.
    """

    stride: int = 1
    padding: int = 0
    extra: int = 0
    up: bool = False
    cost: float = 0.0

    def size(self, before: int, layer: Layer) -> int:
        """Height and width after the layer."""
        before = 2 * before if self.up else before
        if layer.kind == "deconv":
            return (before - 1) * self.stride - 2 * self.padding + layer.size + self.extra
        return before + 2 * self.padding - layer.size + 1


@dataclass(frozen=True, slots=True)
class Geometry:
    """Strides and paddings of all layers, the picture's size, and how plausible they are."""

    ways: tuple[LayerGeometry, ...]
    size: int
    cost: float


def candidates(stack: Stack, wanted: int = 0, count: int = 4) -> list[Geometry]:
    """The likeliest geometries, best first; empty where none fits.

    Args:
        stack: The layers; where a whole module says their strides, there is one geometry.
        wanted: Size of the picture, 0 where it isn't known.
        count: At most so many.
    """
    layers = stack.layers
    known = _said(stack)
    if known is not None and wanted in (0, known.size):
        return [known]
    found: list[tuple[Geometry, bool | None]] = [(Geometry((), 1, 0.0), None)]
    plain = all(layer.kind != "deconv" for layer in layers)
    for index in range(len(layers)):
        longer = [one for way in found for one in _after(*way, layers, index, plain)]
        found = sorted(longer, key=lambda one: one[0].cost)[:KEPT]
    complete = [Geometry(g.ways, g.size, g.cost + _end_cost(g.size, wanted)) for g, _ in found]
    fitting = [g for g in complete if g.size >= 8 and (not wanted or g.size == wanted)]
    return sorted(fitting, key=lambda g: g.cost)[:count]


def _said(stack: Stack) -> Geometry | None:
    """The geometry that a whole module says, None where it says none that makes a picture."""
    size, ways = 1, []
    for index, (layer, said) in enumerate(zip(stack.layers, stack.said, strict=False)):
        if layer.kind == "linear":
            following = stack.layers[index + 1] if index + 1 < len(stack.layers) else None
            ways.append(LayerGeometry())
            size = _reshaped(layer, following)
            continue
        if said.stride < 1 or (layer.kind == "conv" and said.stride > 1):
            return None
        ways.append(LayerGeometry(said.stride, said.padding, said.extra, said.up))
        size = ways[-1].size(size, layer)
    fits = bool(stack.said) and 8 <= size <= MAX_SIZE
    return Geometry(tuple(ways), size, 0.0) if fits else None


def _after(
    before: Geometry, loose: bool | None, layers: Sequence[Layer], index: int, plain: bool
) -> Iterator[tuple[Geometry, bool | None]]:
    """Geometries with one more layer; `loose` says that layers go without padding so far."""
    layer = layers[index]
    if layer.kind == "linear":
        size = _reshaped(layer, layers[index + 1] if index + 1 < len(layers) else None)
        yield Geometry((*before.ways, LayerGeometry()), size, before.cost), loose
        return
    for way in _ways(layer, layers[index - 1] if index else None, before.size, plain):
        size = way.size(before.size, layer)
        if not 1 <= size <= MAX_SIZE:
            continue
        # From one pixel, and with the smallest kernels, going without padding says nothing.
        says = before.size > 1 and layer.size > 2
        style = way.padding == 0 if says else loose
        mixed = MIXED if loose is not None and style != loose else 0.0
        yield Geometry((*before.ways, way), size, before.cost + way.cost + mixed), style


def _ways(layer: Layer, before: Layer | None, size: int, plain: bool) -> list[LayerGeometry]:
    """Usual ways of one layer, likeliest first."""
    k = layer.size
    if layer.kind == "conv":
        keep = LayerGeometry(padding=k // 2)
        if not plain:
            return [keep, LayerGeometry(cost=2.0)]
        costs = _doubling_costs(layer, before)
        return [LayerGeometry(padding=k // 2, up=up, cost=costs[not up]) for up in (True, False)]
    if size == 1:
        return [LayerGeometry(), LayerGeometry(stride=2, padding=1, extra=k % 2, cost=2.0)]
    doubling = LayerGeometry(2, (k - 1) // 2, k % 2) if k > 1 else LayerGeometry()
    known = [
        doubling,
        LayerGeometry(2, 0, cost=1.0),
        LayerGeometry(1, 0, cost=1.0),
        LayerGeometry(1, k // 2, cost=1.0),
    ]
    if k == 3:
        known.append(LayerGeometry(2, 1, 0, cost=1.0))
    if k == 4:
        known += [LayerGeometry(2, 3, cost=2.0), LayerGeometry(1, 1, cost=2.0)]
    return list({(way.stride, way.padding, way.extra): way for way in reversed(known)}.values())


def _doubling_costs(layer: Layer, before: Layer | None) -> tuple[float, float]:
    """Costs of a convolution with a nearest doubling before it, and without.

    Two modules without weights before it are an activation and a doubling. A single one is an
    activation, but behind a dense layer that is normed as a picture it is mostly a doubling.
    """
    if layer.slots not in (0, 1):
        return 0.0, 0.6
    pictured = before is not None and before.kind == "linear" and 0 < before.norm < before.outputs
    return (0.0, 0.2) if pictured and layer.slots == 1 else (0.3, 0.0)


def _reshaped(layer: Layer, following: Layer | None) -> int:
    """Side of the square that a dense layer's numbers become."""
    if following is None:
        picture = picture_of(layer.outputs)
        return picture[1] if picture else 0
    if following.kind == "linear":
        return 0
    return int((layer.outputs // max(1, following.inputs)) ** 0.5 + 0.5)


def _end_cost(size: int, wanted: int) -> float:
    if wanted:
        return 0.0
    return 0.0 if size in USUAL else 2.0 if size in LESS_USUAL else 6.0
