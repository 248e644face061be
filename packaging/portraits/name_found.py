"""Keep some of the directions that one press found, under names of one's own.

    PYTHONPATH=. python packaging/portraits/name_found.py IN.lpreset OUT.lpreset NAME=ID…

in the folder of the project; IN.lpreset is what `discover portraits-128 --method auto` wrote. A
minus before an id turns the direction round.
"""

from __future__ import annotations

import argparse
from dataclasses import replace
from pathlib import Path

from latentstudio.document.direction import Direction, DirectionSet
from latentstudio.evaluate.refining import turned
from latentstudio.exchange.presets import read_preset, write_preset


def chosen(found: DirectionSet, wishes: list[str]) -> DirectionSet:
    """The wished directions, in their order."""
    by_id = {one.id: one for one in found.directions}

    def named(wish: str) -> Direction:
        name, _, id = wish.partition("=")
        one = turned(by_id[id.removeprefix("-")], -1.0 if id.startswith("-") else 1.0)
        own = f"named-{name.lower().replace(' ', '-')}"  # a later press finds the same ids
        return replace(
            one, id=own, name=name, group="Named", measured={"found as": id.removeprefix("-")}
        )

    return replace(found, directions=tuple(map(named, wishes)), name="Portraits")


def main() -> None:
    """Read, choose, write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("source", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("wishes", nargs="+", metavar="NAME=ID")
    args = parser.parse_args()
    write_preset(chosen(read_preset(args.source), args.wishes), args.out)


if __name__ == "__main__":
    main()
