"""`inspect MODEL`: what a model is and what it can do."""

import argparse
import json
from typing import Any

from latentstudio.cli.arguments import Commands, add_model
from latentstudio.cli.printing import say
from latentstudio.core.spaces import GeneratorInfo, Space
from latentstudio.core.texts import one_line

COLOURS = {1: "grey", 3: "colour", 4: "colour with transparency"}


def add(commands: Commands) -> None:
    """Describe the command."""
    parser = commands.add_parser("inspect", help="what a model is and what it can do")
    add_model(parser)
    parser.add_argument("--json", action="store_true", help="for programs")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> None:
    """Open the model and print its facts."""
    from latentstudio.cli.start import open_generator

    info = open_generator(args).info
    say(json.dumps(facts(info), indent=2) if args.json else words(info))


def facts(info: GeneratorInfo) -> dict[str, Any]:
    """Facts as plain values; the keys are promised in the documentation."""
    return {
        "name": info.name,
        "family": info.family,
        "warnings": list(info.warnings),
        "resolution": info.resolution,
        "height": info.size[0],
        "width": info.size[1],
        "channels": info.channels,
        "classes": info.classes,
        "parameters": info.parameters,
        "fingerprint": info.fingerprint,
        "spaces": {str(space): _space(info, space) for space in info.spaces},
        "layers": list(info.taps),
        "abilities": sorted(map(str, info.abilities)),
        "guesses": dict(info.guesses),
    }


def words(info: GeneratorInfo) -> str:
    """The same for people."""
    height, width = info.size
    shape = f"{width} × {height}, {COLOURS.get(info.channels, 'colour')}"
    rows = {
        **{f"Warning{' ' * index}": text for index, text in enumerate(info.warnings)},
        "Name": info.name,
        "Family": info.family,
        "Picture": shape,
        "Classes": str(info.classes or "none"),
        "Parameters": f"{info.parameters:,}".replace(",", " "),
        **{f"Space {space.upper()}": _space_words(info, space) for space in info.spaces},
        "Layers": ", ".join(info.taps) or "none",
        "Abilities": ", ".join(sorted(info.abilities)) or "none",
        **{f"Guessed {name}": text for name, text in info.guesses.items()},
        "Fingerprint": info.fingerprint,
    }
    return "\n".join(f"{one_line(name):<18} {one_line(text)}" for name, text in rows.items())


def _space(info: GeneratorInfo, space: Space) -> dict[str, Any]:
    size = info.spaces[space]
    # A code of W may differ by layer: how many there are is said with W too.
    layers = size.layers if space is Space.Z else info.code_layers
    return {"dim": size.dim, "layers": layers, "prior": str(size.prior)}


def _space_words(info: GeneratorInfo, space: Space) -> str:
    size = info.spaces[space]
    layers = f" for each of {size.layers} layers" if space is Space.WPLUS else ""
    return f"{size.dim} numbers{layers}, {size.prior}"
