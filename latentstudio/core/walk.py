"""How a picture's edits leave its start. A name only: the formulas are in `engine.walks`."""

from typing import Literal

Walk = Literal["straight", "preserve", "geodesic"]
"""``straight``: z + t u. ``preserve``: the same, pulled back to the shell of the start.
``geodesic``: along the great circle. See `engine.walks`."""

WALKS: tuple[Walk, ...] = ("straight", "preserve", "geodesic")


def parse_walk(name: str) -> Walk:
    """A walk by its name; ``linear``, as the paper and format 1 say, is ``straight``.

    Raises:
        ValueError: There is no such walk.
    """
    known = "straight" if name == "linear" else name
    for walk in WALKS:
        if walk == known:
            return walk
    raise ValueError(f"no walk is called {name!r}")
