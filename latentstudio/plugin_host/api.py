"""All that a plugin may touch. What is taken out of here raises `API_VERSION`.

A plugin's package has a function ``activate(api: PluginApi) -> None``. It registers families
of generators with the formats they are stored in, discovery methods, and predictors of
attributes; everything it registered is taken back when it is switched off.
"""

import logging
import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial

from torch import Tensor

from latentstudio.core.errors import AbilityError, CheckpointError, OptionError, PluginError
from latentstudio.core.options import check as check_options
from latentstudio.core.options import describe, option
from latentstudio.core.packages import missing_package
from latentstudio.core.progress import Job, Step
from latentstudio.core.spaces import Ability, GeneratorInfo, Prior, Space, SpaceInfo
from latentstudio.discovery.registry import Method, add_method
from latentstudio.document.direction import (
    ChannelGroups,
    CurvedPath,
    Direction,
    DirectionSet,
    Linear,
    Local,
    ModelKey,
    Provenance,
)
from latentstudio.engine.checkpoint import Checkpoint, Container
from latentstudio.engine.contents import Contents, StoredNetwork, is_other
from latentstudio.engine.generator import Edits, Generator, Halfway, Noise
from latentstudio.engine.shapes import check_shape
from latentstudio.engine.unread import Unread
from latentstudio.evaluate.predictor import Attribute, Predictor
from latentstudio.evaluate.registry import add_predictor
from latentstudio.generators.choices import chosen_fingerprint, recorded_choices
from latentstudio.generators.common import BaseGenerator, draw_normal
from latentstudio.generators.filters import doubling_kernel
from latentstudio.generators.layer_steps import LayerSteps
from latentstudio.generators.layers import NORM_EPS, BatchNorm, Dense, frozen, unit_rms
from latentstudio.generators.layers import Mapping as MappingNetwork
from latentstudio.generators.own_format import is_own, read_own
from latentstudio.generators.plain import Facts, PlainGenerator
from latentstudio.generators.reparametrised import plain_weight, plain_weights
from latentstudio.generators.state_dict import find_network, find_state, only, places_of
from latentstudio.generators.style_generator import StyleGenerator, SynthesisFacts
from latentstudio.generators.stylegan2.hammer import hammer_state as find_hammer_state
from latentstudio.generators.table import Family, Format, add_family, add_format, families
from latentstudio.generators.weights import TensorBag, Weights
from latentstudio.plugin_host import border
from latentstudio.plugin_host.border import UnresponsiveError, call
from latentstudio.plugin_host.guard import guard, guard_method, guard_predictor, reporting
from latentstudio.plugin_host.loading import reason
from latentstudio.plugin_host.manifest import API_VERSION, Manifest

Walk = LayerSteps
"""The name of `LayerSteps` in earlier releases."""

__all__ = [
    "API_VERSION",
    "NORM_EPS",
    "Ability",
    "AbilityError",
    "Attribute",
    "BaseGenerator",
    "BatchNorm",
    "ChannelGroups",
    "Checkpoint",
    "CheckpointError",
    "Container",
    "Contents",
    "CurvedPath",
    "Dense",
    "Direction",
    "DirectionSet",
    "Edits",
    "Facts",
    "Family",
    "Format",
    "Generator",
    "GeneratorInfo",
    "Halfway",
    "Job",
    "LayerSteps",
    "Linear",
    "Local",
    "MappingNetwork",
    "Method",
    "ModelKey",
    "Noise",
    "OptionError",
    "PlainGenerator",
    "PluginApi",
    "PluginError",
    "Predictor",
    "Prior",
    "Provenance",
    "Space",
    "SpaceInfo",
    "Step",
    "StoredNetwork",
    "StyleGenerator",
    "SynthesisFacts",
    "TensorBag",
    "Unread",
    "Walk",
    "Weights",
    "check_options",
    "check_shape",
    "chosen_fingerprint",
    "doubling_kernel",
    "draw_normal",
    "find_hammer_state",
    "find_network",
    "find_state",
    "frozen",
    "is_other",
    "missing_package",
    "only",
    "option",
    "places_of",
    "plain_weight",
    "plain_weights",
    "recorded_choices",
    "unit_rms",
]

_RANKS = {False: 1, True: 2}
"""The core's formats are asked first, then those of the user's plugins, then shipped ones."""
_OR_THE_FILE = "Perhaps the file is broken."
_FAMILY_ID = re.compile(r"[a-z][a-z0-9-]{0,39}")


class PluginApi:
    """Handed to a plugin's `activate`; remembers what it registered, to take it back.

    Args:
        manifest: The plugin's.
        shipped: Whether it came with the program.
        report: Told in a sentence when the plugin fails while it is asked about a file.
    """

    def __init__(
        self, manifest: Manifest, shipped: bool, report: Callable[[str], object] = lambda _: None
    ) -> None:
        self._manifest, self._shipped, self._report = manifest, shipped, report
        self._undo: list[Callable[[], None]] = []
        self._closed = False
        self._silent = False  # it did not answer once, and is asked about no more files
        self._kinds: set[str] = set()
        self.log = logging.getLogger(f"latentstudio.plugins.{manifest.id}")

    def add_family(self, family: Family) -> None:
        """Offer a family of generators; files of it that LatentStudio saved open by themselves.

        Raises:
            PluginError: It is no `Family`, its id is taken, or the manifest does not announce
                generators.
        """
        name = self._manifest.name
        if not isinstance(family, Family) or not callable(family.build):
            raise self._unfit("add_family needs a Family with a function that builds")
        if not _FAMILY_ID.fullmatch(str(family.id)) or not str(family.label).strip():
            raise self._unfit(f"'{family.id}' isn't an id of a family")
        self._announce("generators")

        def build(weights: Weights, title: str, fingerprint: str) -> Generator:
            with reporting(self._report):
                made = call(
                    name,
                    "building the model",
                    border.READ,
                    lambda: family.build(weights, title, fingerprint),
                    _OR_THE_FILE,
                )
                return guard(made, name, self._report)

        self._register(lambda: add_family(replace(family, build=build)))
        label = f"{family.label}, saved by LatentStudio"
        own = Format(family.id, label, partial(is_own, family=family.id), read_own)
        self._register(lambda: add_format(own))  # its metadata names the family: never wrong

    def add_format(self, form: Format) -> None:
        """Offer a way in which a family is stored; the latest is asked first.

        Raises:
            PluginError: It is no `Format`, or its family is not registered.
        """
        functions = isinstance(form, Format) and (form.recognise, form.convert)
        if not functions or not all(callable(function) for function in functions):
            raise self._unfit("add_format needs a Format with two functions")
        if form.family not in {family.id for family in families()}:
            raise self._unfit(f"the family '{form.family}' of a format is not registered")
        self._announce("generators")
        watched = replace(form, recognise=self._recogniser(form), convert=self._converter(form))
        self._register(lambda: add_format(watched, _RANKS[self._shipped]))

    def add_method(self, method: Method) -> None:
        """Offer a discovery method. Its id becomes ``plugin-id:name``.

        Raises:
            PluginError: It is no `Method`, its id is taken, or the manifest does not announce
                methods.
        """
        if not isinstance(method, Method) or not callable(method.discover):
            raise self._unfit("add_method needs a Method with a function that discovers")
        try:
            describe(method.options)
        except Exception as error:
            raise self._unfit(f"the options of {method.id} aren't options") from error
        self._announce("methods")
        named = replace(method, id=f"{self._manifest.id}:{method.id}")
        self._register(lambda: add_method(guard_method(named, self._manifest.name, self._report)))

    def add_predictor(self, predictor: Predictor) -> None:
        """Offer a predictor of attributes. Its id becomes ``plugin-id:name``.

        Raises:
            PluginError: It is no `Predictor`, its id is taken, or the manifest does not announce
                predictors.
        """
        if not isinstance(predictor, Predictor) or not callable(predictor.read):
            raise self._unfit("add_predictor needs a Predictor with a function that reads")
        names = [one.name for one in predictor.attributes if isinstance(one, Attribute)]
        if not names or len(set(names)) < len(predictor.attributes):
            raise self._unfit("a predictor needs attributes with different names")
        if not all(one.low < one.high for one in predictor.attributes):
            raise self._unfit("a predictor's attributes need a range, low below high")
        self._announce("predictors")
        named = replace(predictor, id=f"{self._manifest.id}:{predictor.id}")
        guarded = guard_predictor(named, self._manifest.name, self._report)
        self._register(lambda: add_predictor(guarded))

    def finish(self) -> None:
        """Called when `activate` returned.

        Raises:
            PluginError: The plugin registered less than its manifest announces.
        """
        missing = [kind for kind in self._manifest.provides if kind not in self._kinds]
        if missing:
            raise self._unfit(f"its plugin.toml announces {missing[0]} and it brings none")

    def release(self) -> None:
        """Take back all that was registered, last first; nothing can be registered after."""
        self._closed = True
        while self._undo:
            self._undo.pop()()

    def _register(self, add: Callable[[], Callable[[], None]]) -> None:
        if self._closed:
            raise self._unfit("it was given up on")
        try:
            self._undo.append(add())
        except ValueError as error:
            raise self._unfit(str(error)) from error

    def _announce(self, kind: str) -> None:
        if kind not in self._manifest.provides:
            raise self._unfit(f"its plugin.toml does not announce {kind}")
        self._kinds.add(kind)

    def _unfit(self, text: str) -> PluginError:
        return PluginError(
            f"The plugin {self._manifest.name} registers something that does not fit: {text}."
        )

    def _recogniser(self, form: Format) -> Callable[[Checkpoint], bool]:
        def recognise(checkpoint: Checkpoint) -> bool:
            if self._silent:
                return False
            name, look = self._manifest.name, partial(form.recognise, checkpoint)
            try:
                return bool(call(name, "looking at a file", border.LOOK, look))
            except Exception as error:  # noqa: BLE001 - other families must still be asked
                self._silent = isinstance(error, UnresponsiveError)
                text = f"The plugin {name} failed while looking at a file ({reason(error)})."
                self._report(error.sentence() if isinstance(error, PluginError) else text)
                return False

        return recognise

    def _converter(self, form: Format) -> Callable[[Checkpoint], Weights]:
        def convert(checkpoint: Checkpoint) -> Weights:
            with reporting(self._report):
                return converted(checkpoint)

        def converted(checkpoint: Checkpoint) -> Weights:
            name = self._manifest.name
            doing = f"reading {checkpoint.path.name}"
            weights = call(name, doing, border.READ, lambda: form.convert(checkpoint), _OR_THE_FILE)
            tensors = getattr(weights, "tensors", None)
            if not isinstance(weights, Weights) or not isinstance(tensors, Mapping):
                raise PluginError(f"The plugin {name} read no weights out of the file.")
            if not all(isinstance(tensor, Tensor) for tensor in tensors.values()):
                raise PluginError(f"The plugin {name} read weights that aren't tensors.")
            return weights

        return convert
