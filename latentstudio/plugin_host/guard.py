"""What a plugin gives us is checked, and what goes wrong in it carries its name."""

import contextlib
import functools
import inspect
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import torch
from torch import Tensor

from latentstudio.core.errors import PluginError
from latentstudio.core.progress import Job, Step
from latentstudio.core.spaces import Ability, GeneratorInfo, Space
from latentstudio.discovery.fitting import Fields, Setting
from latentstudio.discovery.registry import Method
from latentstudio.document.direction import DirectionSet, ModelKey
from latentstudio.engine.generator import Generator
from latentstudio.evaluate.predictor import Predictor
from latentstudio.plugin_host import border
from latentstudio.plugin_host.border import UnresponsiveError, call

METHODS = ("to", "sample_z", "map", "broadcast", "synthesize", "to_normal", "from_normal")
PROMISES = {
    Ability.MAPPING: ("mean_code",),
    Ability.STYLE_WEIGHTS: ("style_weights",),
    Ability.TAPS: ("features", "synthesize_with"),
}
"""Methods that belong to an ability."""
Report = Callable[[str], object]


def _nobody(_text: str) -> None:
    """Tell nobody."""


@contextlib.contextmanager
def reporting(report: Report) -> Iterator[None]:
    """Report what a plugin is blamed for inside, and let it go on upwards."""
    try:
        yield
    except PluginError as error:
        report(error.sentence())
        raise


def guard(generator: Any, plugin: str, report: Report = _nobody) -> Generator:
    """Check what a plugin built, and watch its methods from now on.

    Shapes are checked at each call rather than now: that costs nothing, and the first
    pictures are made before the model is shown.

    Args:
        generator: What it built.
        plugin: Its name.
        report: Told in a sentence when it fails later.

    Raises:
        PluginError: It is no generator.
    """
    _check_facts(generator, plugin)
    kind, given_up = type(generator), list[str]()
    watched = {
        name: _watched(name, method, expected, plugin, report, given_up)
        for name, expected in _SHAPES.items()
        if inspect.isfunction(method := getattr(kind, name, None))
    }
    # A subclass rather than attributes of the object, so that copies of it are watched too.
    generator.__class__ = type(kind.__name__, (kind,), {"__slots__": (), **watched})
    return generator  # type: ignore[no-any-return]


def guard_predictor(predictor: Predictor, plugin: str, report: Report = _nobody) -> Predictor:
    """A plugin's predictor, watched: what it reads has the right shape and is finite."""

    def read(images: Tensor) -> Tensor:
        seconds = border.picture_seconds(len(images), images.shape[-1])
        with reporting(report):
            values = call(plugin, "reading attributes", seconds, lambda: predictor.read(images))
            return _numbers(values, (len(images), len(predictor.attributes)), plugin)

    def embed(images: Tensor) -> Tensor:
        assert predictor.embed is not None
        compare, seconds = predictor.embed, border.picture_seconds(len(images), images.shape[-1])
        with reporting(report):
            vectors = call(plugin, "comparing pictures", seconds, lambda: compare(images))
            width = getattr(vectors, "shape", ())[-1:]
            return _numbers(vectors, (len(images), *width), plugin)

    def suits(model: ModelKey) -> bool:
        try:
            return bool(_answer(plugin, report, lambda: predictor.suits(model)))
        except PluginError:
            return False

    @functools.wraps(predictor.missing)
    def missing() -> str:
        try:
            return str(_answer(plugin, report, predictor.missing))
        except PluginError as error:
            return error.sentence()

    embeds = embed if predictor.embed else None
    return replace(predictor, read=read, embed=embeds, suits=suits, missing=missing)


def _answer(plugin: str, report: Report, ask: Callable[[], Any]) -> Any:
    with reporting(report):
        return call(plugin, "saying what it can do", border.ANSWER, ask)


def guard_method(method: Method, plugin: str, report: Report = _nobody) -> Method:
    """A plugin's method, watched: each step is one, and what it finds are directions."""

    def discover(*given: Any, **named: Any) -> Job[DirectionSet]:
        with reporting(report):
            job = _call_method(plugin, lambda: method.discover(*given, **named))
            if not inspect.isgenerator(job):
                raise PluginError(f"The plugin {plugin} brings a method that isn't a job.")
            return (yield from _followed(job, plugin))

    def fit(fields: Fields, setting: Setting) -> Fields:
        fitted = call(
            plugin, "fitting a method", border.ANSWER, lambda: method.fit(fields, setting)
        )
        if [f.name for f in fitted] != [f.name for f in fields]:
            raise PluginError(f"The plugin {plugin} fits other options than its method has.")
        return fitted

    return replace(method, discover=discover, fit=fit)


def _followed(job: Any, plugin: str) -> Job[DirectionSet]:
    try:
        while True:
            step, found = _call_method(plugin, lambda: _advance(job))
            if step is None:
                break
            if not isinstance(step, Step):
                raise PluginError(f"The plugin {plugin} reports its progress by no Step.")
            yield step
    finally:
        with contextlib.suppress(PluginError):
            call(plugin, "ending a method", border.ANSWER, job.close)
    if not isinstance(found, DirectionSet):
        raise PluginError(f"The plugin {plugin} found something that isn't a DirectionSet.")
    return found


def _advance(job: Any) -> tuple[Any, Any]:
    """The next step of a job, or None and what it returns."""
    try:
        return next(job), None
    except StopIteration as stop:
        return None, stop.value


def _call_method(plugin: str, work: Callable[[], Any]) -> Any:
    return call(plugin, "looking for directions", border.STEP, work)


def _numbers(found: Any, shape: tuple[int, ...], plugin: str) -> Tensor:
    if not isinstance(found, Tensor) or tuple(found.shape) != shape:
        given = list(getattr(found, "shape", ())) or type(found).__name__
        raise PluginError(
            f"The plugin {plugin} gave a wrong shape: it read {given} where {list(shape)} is "
            "needed."
        )
    if not torch.isfinite(found).all():
        raise PluginError(f"The plugin {plugin} read values that aren't finite numbers.")
    return found


def _check_facts(generator: Any, plugin: str) -> None:
    def faults() -> str:
        info = getattr(generator, "info", None)
        if not isinstance(info, GeneratorInfo):
            return "it has no info"
        missing = [name for name in METHODS if not callable(getattr(generator, name, None))]
        for ability, names in PROMISES.items():
            if ability in info.abilities:
                missing += [name for name in names if not callable(getattr(generator, name, None))]
        if missing:
            return f"{missing[0]} is missing"
        if info.channels not in (1, 3, 4) or min(info.size) < 1 or Space.Z not in info.spaces:
            return "its size, channels or spaces make no sense"
        return ""

    wrong = call(plugin, "describing a model", border.ANSWER, faults)
    if wrong:
        raise PluginError(f"The plugin {plugin} built something that isn't a generator: {wrong}.")


def _watched(
    name: str,
    method: Callable[..., Any],
    expected: Callable[[Any, Any], tuple[int, ...] | None],
    plugin: str,
    report: Report,
    given_up: list[str],
) -> Callable[..., Any]:
    doing = _DOING.get(name, "making a picture")

    @functools.wraps(method)
    def guarded(self: Any, first: Any, *rest: Any, **named: Any) -> Any:
        if given_up:  # a model that hung once is not waited for again
            raise UnresponsiveError(given_up[0])
        try:
            with reporting(report):
                return checked(self, first, *rest, **named)
        except UnresponsiveError as error:
            given_up.append(str(error))
            raise

    def checked(self: Any, first: Any, *rest: Any, **named: Any) -> Any:
        seconds = _seconds(name, self, first)
        result = call(plugin, doing, seconds, lambda: method(self, first, *rest, **named))
        if name in _GIVE_A_GENERATOR:
            return result if _is_guarded(result) else guard(result, plugin, report)
        shape = expected(self.info, first)
        if shape is not None and tuple(getattr(result, "shape", ())) != shape:
            given = list(result.shape) if isinstance(result, Tensor) else type(result).__name__
            raise PluginError(
                f"The plugin {plugin} gave a wrong shape: {name} made {given} where "
                f"{list(shape)} is needed."
            )
        return result

    guarded.guards_a_plugin = True  # type: ignore[attr-defined]
    return guarded


def _is_guarded(generator: Any) -> bool:
    return hasattr(getattr(type(generator), "synthesize", None), "guards_a_plugin")


def _seconds(name: str, generator: Any, first: Any) -> float:
    if name in _GIVE_A_GENERATOR:
        return border.READ
    count = len(first) if hasattr(first, "__len__") else 1
    return border.picture_seconds(count, generator.info.resolution)


def _images(info: GeneratorInfo, codes: Tensor) -> tuple[int, ...]:
    return (len(codes), *info.image_shape)


_GIVE_A_GENERATOR = ("to", "with_choices")
_DOING = {"to": "moving the model", "with_choices": "reading the model in another way"}
_SHAPES: dict[str, Callable[[Any, Any], tuple[int, ...] | None]] = {
    "sample_z": lambda info, seeds: (len(seeds), info.spaces[Space.Z].dim),
    "map": lambda info, z: (len(z), info.code_dim),
    "broadcast": lambda info, code: (len(code), info.code_layers, info.code_dim),
    "to_normal": lambda _, code: tuple(code.shape),
    "from_normal": lambda _, p: tuple(p.shape),
    "synthesize": _images,
    "synthesize_with": _images,
    "features": lambda *_: None,
    "halfway": lambda *_: None,
    "onward": _images,
    "style_weights": lambda *_: None,
    "to": lambda *_: None,
    "with_choices": lambda *_: None,
}
"""The shape that each method's result must have, from the info and the first argument."""
