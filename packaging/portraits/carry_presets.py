"""Carry a preset of a generator over to the one that was grown from it.

    PYTHONPATH=. python packaging/portraits/carry_presets.py SMALL LARGE IN.lpreset OUT.lpreset

in the folder of the project. Both generators have one mapping, bit by bit, so directions and their
units stay. A direction that reached to SMALL's last layer reaches to LARGE's, whose further layers
draw the fine detail of the same thing.
"""

from __future__ import annotations

import argparse
from dataclasses import replace
from pathlib import Path

import torch
from safetensors.torch import load_file

from latentstudio.core.progress import run
from latentstudio.core.spaces import GeneratorInfo
from latentstudio.document.direction import DirectionSet, ModelKey
from latentstudio.exchange.presets import read_preset, write_preset
from latentstudio.session.models import open_model


def same_mapping(small: Path, large: Path) -> bool:
    """Whether the two files hold the same mapping network."""
    one, other = load_file(small), load_file(large)
    names = {name for name in (*one, *other) if name.startswith("mapping.")}
    return all(name in one and name in other and torch.equal(one[name], other[name])
               for name in names)  # fmt: skip


def carried(found: DirectionSet, small: GeneratorInfo, large: GeneratorInfo) -> DirectionSet:
    """The same directions as ``large`` is to read them."""
    last = small.code_layers - 1
    directions = [
        replace(one, layers=(one.layers[0], large.code_layers - 1))
        if one.layers and one.layers[1] == last
        else one
        for one in found.directions
    ]
    return replace(found, directions=tuple(directions), model=ModelKey.of(large))


def main() -> None:
    """Check, carry, write."""
    parser = argparse.ArgumentParser(description=__doc__)
    for name in ("small", "large", "source", "out"):
        parser.add_argument(name, type=Path)
    args = parser.parse_args()
    if not same_mapping(args.small, args.large):
        raise SystemExit("the two generators map differently: their directions mean other things")
    small, large = (run(open_model(str(path), "cpu")).info for path in (args.small, args.large))
    found = read_preset(args.source)
    if found.model.fingerprint != small.fingerprint:
        raise SystemExit(f"{args.source} was made for another model than {args.small}")
    write_preset(carried(found, small, large), args.out)


if __name__ == "__main__":
    main()
