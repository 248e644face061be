"""Plots side by side as SVG, for the figures that benchmarks draw."""

SIDE, ROOM = 220, 44
"""Of a panel, and around it, in pixels."""


def left_of(place):
    """Where the panel of a place begins."""
    return ROOM + place * (SIDE + ROOM)


def text(x, y, ink, words):
    return f'<text x="{x}" y="{y}" font-size="12" fill="{ink}">{words}</text>'


def frame(left, title, below):
    """A panel's box, with words above and below it."""
    box = f'<rect x="{left}" y="{ROOM}" width="{SIDE}" height="{SIDE}" fill="none" stroke="#bbb"/>'
    words = text(left, ROOM - 12, "#222", title), text(left, ROOM + SIDE + 18, "#222", below)
    return "".join((box, *words))


def line(xs, ys, ink):
    """A curve through points in pixels."""
    points = " ".join(f"{x:.1f},{y:.1f}" for x, y in zip(xs, ys, strict=True))
    return f'<polyline points="{points}" fill="none" stroke="{ink}" stroke-width="2"/>'


def page(panels, more="", foot=ROOM):
    """All of it: panels beside each other, and what stands below them."""
    width, height = left_of(len(panels)), SIDE + ROOM + foot
    head = f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}">'
    back = f'<rect width="{width}" height="{height}" fill="white"/><g font-family="sans-serif">'
    return f"{head}{back}{''.join(panels)}{more}</g></svg>\n"
