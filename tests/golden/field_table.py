"""Open everything in the field collection and print what came of it, as a table.

    python -m tests.golden.field_table [FOLDER] > table.md

FOLDER holds a folder for each kind, as `shared/golden/field` beside the project does: models with
an ``.npz`` of what their own project drew, files of other programs, and ``directions``.
"""

import sys
import warnings
from pathlib import Path

import numpy as np
import torch

from latentstudio.cli.printing import say
from latentstudio.core.errors import LatentStudioError
from latentstudio.core.progress import run
from latentstudio.exchange.from_vectors import directions_from
from latentstudio.exchange.vector_files import read_vectors
from latentstudio.session.models import open_model
from tests.golden.test_field import ALL, picture


def main(folder):
    say("| file | read as | worst difference / (1e-4 × max(1, deviation)) |")
    say("|---|---|---|")
    for path in models_in(folder):
        say(f"| {path.parent.name}/{path.name} | {' | '.join(model_row(path))} |")
    say("")
    say("| file of directions | read as |")
    say("|---|---|")
    for path in sorted((folder / "directions").iterdir()):
        say(f"| {path.name} | {direction_row(path)} |")


def models_in(folder):
    kinds = [kind for kind in sorted(folder.iterdir()) if kind.is_dir()]
    files = [path for kind in kinds if kind.name != "directions" for path in sorted(kind.iterdir())]
    return [path for path in files if path.suffix != ".npz"]


def model_row(path):
    try:
        model = run(open_model(str(path), "cpu"))
    except LatentStudioError as error:
        return error.sentence(), "refused"
    info = model.info
    height, width = info.size
    said = f"{info.family}, {info.channels} × {height} × {width}"
    said += f", {info.classes} classes" if info.classes else ""
    said += "".join(f"; {name}: {text}" for name, text in info.guesses.items())
    said += "".join(f"; WARNS: {text}" for text in info.warnings)
    return said, ", ".join(f"{one:.3f}" for one in differences(model, path.with_suffix(".npz")))


def differences(model, arrays):
    """Worst difference at truncation 1, and 0.5 where it is kept, over what is allowed."""
    if not arrays.exists():
        return
    golden = {name: torch.from_numpy(np.asarray(value)) for name, value in np.load(arrays).items()}
    for name, truncation in (("img", 1.0), ("img_psi05", 0.5)):
        if name in golden:
            image, expected = picture(model, golden, truncation), golden[name]
            allowed = 1e-4 * max(1.0, float(expected.std()))
            same = image.shape == expected.shape
            yield float((image - expected).abs().max()) / allowed if same else float("inf")


def direction_row(path):
    said = []
    try:
        found = run(directions_from(run(read_vectors(path)), path, report=said.append))
    except LatentStudioError as error:
        return f"refused: {error.sentence()}"
    one = found.directions[0]
    shape = " × ".join(str(size) for size in one.vector.shape)
    layers = f", layers {one.layers[0]} to {one.layers[1]}" if one.layers else ""
    names = ", ".join(each.name for each in found.directions)
    start = ", ".join(f"{value:.4f}" for value in one.vector.reshape(-1)[:3])
    text = (
        f"{len(found.directions)} in {one.space.value.upper()} ({shape}{layers}): {names}; {start}"
    )
    return " ".join([text, *said])


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else ALL)
