"""What a plugin gives us is checked, and what goes wrong in it carries its name."""

import contextlib
import functools
import inspect
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import torch
from torch import Tensor

from latentstudio.core.errors import LatentStudioError, PluginError
from latentstudio.core.spaces import Ability, GeneratorInfo, Space
from latentstudio.engine.device import is_out_of_memory
from latentstudio.engine.generator import Generator
from latentstudio.evaluate.predictor import Predictor

METHODS = ("to", "sample_z", "map", "broadcast", "synthesize", "to_normal", "from_normal")
PROMISES = {
    Ability.MAPPING: ("mean_code",),
    Ability.STYLE_WEIGHTS: ("style_weights",),
    Ability.TAPS: ("features", "synthesize_with"),
}
"""Methods that belong to an ability."""
_LONGEST = 200


def reason(error: BaseException) -> str:
    """What went wrong, in one line: the kind of error and its first line."""
    text = str(error).strip().splitlines()
    kind = type(error).__name__
    return f"{kind}: {text[0][:_LONGEST]}" if text else kind


@contextlib.contextmanager
def blamed(plugin: str, doing: str, hint: str = "") -> Iterator[None]:
    """Name the plugin in whatever goes wrong inside; our own sentences stay as they are.

    Args:
        plugin: Its name.
        doing: What it was doing, to follow "failed while".
        hint: What else may be the cause.

    Raises:
        PluginError: Its code raised something else.
    """
    try:
        yield
    except LatentStudioError:
        raise
    except Exception as error:
        if is_out_of_memory(error):
            raise
        text = f"The plugin {plugin} failed while {doing} ({reason(error)})."
        raise PluginError(text, hint=hint) from error


@contextlib.contextmanager
def told(report: Callable[[str], object]) -> Iterator[None]:
    """Report what a plugin is blamed for inside, and let it go on upwards."""
    try:
        yield
    except PluginError as error:
        report(error.sentence())
        raise


def guard(
    generator: Any, plugin: str, report: Callable[[str], object] = lambda _: None
) -> Generator:
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
    kind = type(generator)
    watched = {
        name: _watched(name, method, expected, plugin, report)
        for name, expected in _SHAPES.items()
        if inspect.isfunction(method := getattr(kind, name, None))
    }
    # A subclass rather than attributes of the object, so that copies of it are watched too.
    generator.__class__ = type(kind.__name__, (kind,), {"__slots__": (), **watched})
    return generator  # type: ignore[no-any-return]


def guard_predictor(predictor: Predictor, plugin: str) -> Predictor:
    """A plugin's predictor, watched: what it reads has the right shape and is finite."""

    def read(images: Tensor) -> Tensor:
        with blamed(plugin, "reading attributes"):
            values = predictor.read(images)
        return _numbers(values, (len(images), len(predictor.attributes)), plugin)

    def embed(images: Tensor) -> Tensor:
        assert predictor.embed is not None
        with blamed(plugin, "comparing pictures"):
            vectors = predictor.embed(images)
        return _numbers(vectors, (len(images), *vectors.shape[-1:]), plugin)

    return replace(predictor, read=read, embed=embed if predictor.embed else None)


def _numbers(found: Any, shape: tuple[int, ...], plugin: str) -> Tensor:
    if not isinstance(found, Tensor) or tuple(found.shape) != shape:
        given = list(getattr(found, "shape", ())) or type(found).__name__
        raise PluginError(
            f"The plugin {plugin} gave a wrong shape: it read {given} where {list(shape)} is "
            "needed."
        )
    if not torch.isfinite(found).all():
        raise PluginError(f"The plugin {plugin} read values that are no finite numbers.")
    return found


def _check_facts(generator: Any, plugin: str) -> None:
    wrong = f"The plugin {plugin} built something that is no generator:"
    with blamed(plugin, "describing a model"):
        info = getattr(generator, "info", None)
        if not isinstance(info, GeneratorInfo):
            raise PluginError(f"{wrong} it has no info.")
        missing = [name for name in METHODS if not callable(getattr(generator, name, None))]
        for ability, names in PROMISES.items():
            if ability in info.abilities:
                missing += [name for name in names if not callable(getattr(generator, name, None))]
        if missing:
            raise PluginError(f"{wrong} {missing[0]} is missing.")
        if info.channels not in (1, 3, 4) or min(info.size) < 1 or Space.Z not in info.spaces:
            raise PluginError(f"{wrong} its size, channels or spaces make no sense.")


def _watched(
    name: str,
    method: Callable[..., Any],
    expected: Callable[[Any, Any], tuple[int, ...] | None],
    plugin: str,
    report: Callable[[str], object],
) -> Callable[..., Any]:
    @functools.wraps(method)
    def call(self: Any, first: Any, *rest: Any, **named: Any) -> Any:
        with told(report):
            return checked(self, first, *rest, **named)

    def checked(self: Any, first: Any, *rest: Any, **named: Any) -> Any:
        with blamed(plugin, "making a picture"):
            result = method(self, first, *rest, **named)
        shape = expected(self.info, first)
        if shape is not None and tuple(getattr(result, "shape", ())) != shape:
            given = list(result.shape) if isinstance(result, Tensor) else type(result).__name__
            raise PluginError(
                f"The plugin {plugin} gave a wrong shape: {name} made {given} where "
                f"{list(shape)} is needed."
            )
        return result

    return call


def _images(info: GeneratorInfo, codes: Tensor) -> tuple[int, ...]:
    return (len(codes), *info.image_shape)


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
}
"""The shape that each method's result must have, from the info and the first argument."""
