"""Drawn portraits that no training saw: what each stage of an inversion keeps of them.

The recipe of the built-in model names a portrait by scores that its code holds, so a held-out
portrait has a code that is known: there, named directions have the effect that found codes are
compared with.
"""

import importlib
import runpy
import statistics
from pathlib import Path

import numpy as np
import torch

from latentstudio.core.progress import run
from latentstudio.core.spaces import Space
from latentstudio.exchange.presets import read_preset
from latentstudio.generators.builtin import find_model
from latentstudio.inversion.features import features
from latentstudio.inversion.options import TuningOptions
from latentstudio.inversion.problem import psnr
from latentstudio.inversion.tuning import tune
from latentstudio.inversion.tuning_file import with_tuning
from latentstudio.render.pipeline import Move, Pipeline
from latentstudio.session import models

RECIPE = Path(__file__).parents[2] / "packaging" / "portraits" / "factors.py"
DIRECTIONS = {
    "Glasses": "glasses", "Beard": "beard", "Long hair": "long hair", "Smile": "smile",
    "Skin tone": "light skin",
}  # fmt: skip
PLACES = {"editable": 1.0, "middle": 0.5, "faithful": 0.0}
ALIKE = 0.1
"""Of 0 to 1: two channels of a colour are alike below this."""


def true_codes(generator, held):
    """The codes that name the held-out portraits, (N, dim) of w."""
    recipe = runpy.run_path(str(RECIPE))
    design = recipe["Design"]()
    scores = recipe["read_lines"](Path(f"{held}.jsonl"))
    rest = np.random.RandomState(5).randn(len(scores), design.z_dim - scores.shape[1])
    with torch.no_grad():
        return generator.map(torch.from_numpy(design.code(scores, rest)).float())


def stages(generator, pictures, held, rows, search):
    """PSNR, distance, attributes kept and effects of named directions, by stage.

    `search` takes a picture and gives what was found, seconds and a trail, as `inversion.ours`.
    """
    run(models.PLUGINS.load_allowed())
    reader = importlib.import_module("plugins.portraits_attributes").reader()
    presets = read_preset(find_model("portraits").parents[1] / "presets" / "portraits.lpreset")
    named = [one for one in presets.directions if one.name in DIRECTIONS]
    targets = torch.stack([_picture(p) for p in pictures])
    true = true_codes(generator, held)[rows]
    w = generator.broadcast(true)
    table = {"the known code": _row(reader, named, [(generator, one) for one in w], targets)}
    kept = {name: [] for name in (*PLACES, "middle, tuned")}
    states, seconds, alike = {name: [] for name in kept}, [], []
    for pixels, code in zip(pictures, true, strict=True):
        found, took, trail = search(pixels)
        seconds.append((took, next((t for t, _, like in trail if like >= 24), None)))
        v = found.problem.chart.round(code[None])
        alike.append(float(torch.cosine_similarity(v, found.found.editable)))
        for name, place in PLACES.items():
            kept[name].append((generator, found.codes(place)[0]))
            states[name].append(found.place(place).reading.state)
        fit = run(tune(found.problem, found.found.at(0.5), TuningOptions())).difference
        kept["middle, tuned"].append((run(with_tuning(generator, fit)), found.codes(0.5)[0]))
        states["middle, tuned"].append(states["middle"][-1])
    table |= {name: _row(reader, named, parts, targets) for name, parts in kept.items()}
    natives = table["the known code"].pop("effects")
    for name, of in states.items():
        row = table[name]
        moved = row.pop("effects")
        row["effects kept"] = {
            n: round(moved[n] / natives[n], 2) for n in moved if abs(natives[n]) > 0.01
        }
        row["effects"] = {n: round(v, 4) for n, v in moved.items()}
        row["on the shell"] = of.count("on") / len(of)
    table["states"] = states
    table["effects at the known code"] = {n: round(v, 3) for n, v in natives.items()}
    table["cosine with the known code"] = round(statistics.median(alike), 3)
    table["seconds, most"] = [round(max(one[0] for one in seconds), 1),
                              [one[1] and round(one[1], 1) for one in seconds]]  # fmt: skip
    return table


@torch.no_grad()
def _row(reader, named, parts, targets):
    """Figures of pictures, given as networks and codes (layers, dim)."""
    images = torch.cat([g.synthesize(codes[None]) for g, codes in parts]).clamp(-1, 1)
    pairs = list(zip(images, targets, strict=True))
    likes = [psnr(i[None], t[None]) for i, t in pairs]
    distances = features(images.device).distance(images, targets)
    return {
        "PSNR": round(statistics.mean(likes), 2),
        "least PSNR": round(min(likes), 2),
        "distance": round(float(distances.mean()), 4),
        **_attributes_kept(reader, images, targets),
        "effects": _effects(reader, named, parts),
    }


def _attributes_kept(reader, images, targets):
    """Shares of the seven choices, and of all that is read, which read alike."""
    a, b = (reader.network.split(reader.network(x)) for x in (images, targets))
    same = [(a[0][n].argmax(1) == b[0][n].argmax(1)).float().mean() for n in a[0]]
    options = [(a[0][n].softmax(1) - b[0][n].softmax(1)).abs() < 0.5 for n in a[0]]
    colours = (a[1] - b[1]).abs() < ALIKE
    everything = torch.cat([*options, colours], dim=1).float()
    return {
        "choices kept": round(float(torch.stack(same).mean()), 3),
        "colours kept": round(float(colours.float().mean()), 3),
        f"kept of all {everything.shape[1]}": round(float(everything.mean()), 3),
    }


def _effects(reader, named, parts):
    """Change of each direction's attribute from -2 to +2, mean over the pictures."""
    found = {}
    for direction in named:
        column = reader.names.index(DIRECTIONS[direction.name])
        changes = []
        for network, codes in parts:
            pipeline = Pipeline(network)
            start = pipeline.from_array(codes[None].cpu().numpy(), Space.WPLUS)
            ends = [
                reader.read(pipeline.images(pipeline.apply(start, [Move(direction, amount)])))
                for amount in (-2.0, 2.0)
            ]
            changes.append(float((ends[1] - ends[0])[0, column]))
        found[direction.name] = statistics.mean(changes)
    return found


def _picture(pixels):
    return torch.from_numpy(pixels.copy()).permute(2, 0, 1).float() / 127.5 - 1
