"""Checking a plugin in its folder: manifest, start, and the contract on its example models."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import torch

from latentstudio.core.errors import LatentStudioError, PluginError
from latentstudio.core.progress import Job, Step, part, run
from latentstudio.engine.generator import Generator
from latentstudio.engine.warmup import warm_up_derivatives
from latentstudio.evaluate.predictor import Predictor
from latentstudio.evaluate.registry import predictors
from latentstudio.generators.registry import open_generator
from latentstudio.generators.table import families
from latentstudio.plugin_host.contract import CHECKS, Case, failures, title
from latentstudio.plugin_host.host import PluginHost
from latentstudio.plugin_host.manifest import PluginFolder, read_manifest

EXAMPLES = "examples"
"""Folder of a plugin with small models to check it on."""


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that was checked; `problem` is empty where it is as it should be."""

    title: str
    problem: str = ""


def check_plugin(folder: Path, models: Sequence[Path] = ()) -> Job[list[Line]]:
    """Run a plugin's code and check all it promises; nothing of it is kept.

    Args:
        folder: The plugin's.
        models: Model files to check it on; those in its ``examples`` by default.

    Returns:
        What was checked. A plugin that does not start has no lines after that.
    """
    try:
        manifest = read_manifest(folder)
    except PluginError as error:
        return [Line("plugin.toml can be read", error.sentence())]
    lines, host, before = [Line("plugin.toml can be read")], PluginHost(), _family_ids()
    try:
        yield from host.start_folder(PluginFolder(folder, False, manifest))
        lines.append(Line("it starts"))
        own = _family_ids() - before
        if "generators" in manifest.provides:
            lines += yield from _check_models(folder, models, own)
        if "predictors" in manifest.provides:
            named = [p for p in predictors() if p.id.partition(":")[0] == manifest.id]
            lines += [line for one in named for line in _check_predictor(one)]
    except LatentStudioError as error:
        lines.append(Line("it starts", error.sentence()))
    finally:
        host.stop_all()
    left = _family_ids() - before
    lines.append(Line("it can be switched off", f"{min(left)} is still there" if left else ""))
    return lines


def _check_models(folder: Path, models: Sequence[Path], own: set[str]) -> Job[list[Line]]:
    examples = folder / EXAMPLES
    given = list(models) or (sorted(examples.iterdir()) if examples.is_dir() else [])
    if not given:
        text = f"put a small one into {examples} or name one by --model"
        return [Line("there is a model to try", text)]
    warm_up_derivatives()
    lines: list[Line] = []
    for index, path in enumerate(given):
        share = index / len(given), (index + 1) / len(given)
        lines += yield from part(_check_model(path, own), *share)
    return lines


def _check_model(path: Path, own: set[str]) -> Job[list[Line]]:
    name = f"{path.name} opens"
    try:
        model = yield from part(open_generator(path), 0.0, 0.1)
    except LatentStudioError as error:
        return [Line(name, error.sentence())]
    if model.info.family not in own:
        return [Line(name, f"it was taken for another family, {model.info.family}")]
    lines, case = [Line(name)], Case(model, lambda: _again(path))
    for index, check in enumerate(CHECKS):
        yield Step(0.1 + 0.9 * index / len(CHECKS), title(check))
        lines.append(Line(f"{path.name}: {_lower(title(check))}", failures(case, check)))
    return lines


def _check_predictor(predictor: Predictor) -> list[Line]:
    """What it reads off noise and flat pictures, of two sizes."""
    title = f"{predictor.id} reads each picture by itself"
    missing = predictor.missing()
    if missing:
        return [Line(title, missing)]
    try:
        for side in (64, 100):
            noise = torch.rand(3, 3, side, side, generator=torch.Generator().manual_seed(0))
            pictures = torch.cat([noise * 2 - 1, torch.zeros(1, 3, side, side)])
            together, alone = predictor.read(pictures), predictor.read(pictures[1:2])
            if not torch.allclose(together[1:2], alone, rtol=1e-3, atol=1e-4):
                return [Line(title, "a picture's values depend on the others it is read with")]
            if predictor.embed is not None:
                predictor.embed(pictures)
    except LatentStudioError as error:
        return [Line(title, error.sentence())]
    return [Line(title)]


def _again(path: Path) -> Generator:
    return run(open_generator(path))


def _family_ids() -> set[str]:
    return {family.id for family in families()}


def _lower(text: str) -> str:
    return text[:1].lower() + text[1:]
