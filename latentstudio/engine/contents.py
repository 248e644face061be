"""One step from whatever a file holds to tensors by name, and the attributes of modules by name.

State dictionaries, whole pickled modules, dictionaries of either in any depth: all become one
flat namespace such as ``state_dict.decoder.style.1.weight``. A format asks where its own names
occur in it (`Contents.networks`); whatever stands in front of them is a wrapper.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from torch import Tensor

from latentstudio.core.errors import CheckpointError
from latentstudio.engine.module_tree import as_module
from latentstudio.engine.records import Array, Record

MAX_VALUES = 400_000
MAX_DEPTH = 48
MAX_NAME = 1_000
_WRAPPERS = frozenset({"_orig_mod", "_fsdp_wrapped_module", "_checkpoint_wrapped_module"})
"""Parts of names that torch's wrappers add anywhere."""
_AVERAGED = frozenset(
    {"ema", "avg", "averaged", "smooth", "shadow", "swa", "gs", "running", "polyak", "ge", "se"}
)
_WORDS = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")
_OTHERS = re.compile(
    r"(^|[._])(net)?_?(d|disc|discriminator|critic|encoder|e|vgg|lpips|optim\w*|opt|classifier)"
    r"([._]|$)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True, eq=False)
class StoredNetwork:
    """One network in a file.

    Attributes:
        place: Where it is, for example ``state_dict.decoder``; empty where it is the whole file.
        tensors: By the names that its own code gives them.
        modules: Attributes of its modules by their names, where the file has them; the network
            itself is under the empty name.
        classes: Class names of its modules.
        averaged: It is a running average of the weights that were trained.
        contents: The file.
    """

    place: str
    tensors: dict[str, Tensor]
    modules: dict[str, Mapping[str, Any]]
    classes: dict[str, str]
    averaged: bool
    contents: "Contents"

    def beside(self, name: str) -> Tensor | None:
        """A tensor that is stored beside the network, or beside what wraps it.

        Of the shape (...) it was stored with; None where there is none.
        """
        parts = self.place.split(".") if self.place else []
        for count in range(len(parts), -1, -1):
            found = self.contents.tensors.get(".".join([*parts[:count], name]))
            if found is not None:
                return found
        return None


@dataclass(frozen=True, slots=True, eq=False)
class Contents:
    """Everything in a file that may be part of a network.

    Attributes:
        tensors: By full names, in the order of the file.
        modules: Attributes of whole pickled modules, by full names.
        classes: Their class names.
        states: Places of dictionaries that hold tensors themselves, and of whole modules.
        only: Place of the network that was chosen, None where the likeliest is wanted.
    """

    tensors: dict[str, Tensor]
    modules: dict[str, Mapping[str, Any]] = field(default_factory=dict)
    classes: dict[str, str] = field(default_factory=dict)
    states: list[str] = field(default_factory=list)
    only: str | None = None

    def places(self, marks: Sequence[str], likely: Sequence[str] = ()) -> list[str]:
        """Where all these names occur, likeliest first: averaged networks before trained ones.

        Args:
            marks: Names of tensors of the wanted kind of network.
            likely: Names that its generator is stored under, likeliest first.
        """
        first, *rest = marks
        found = []
        for name in self.tensors:
            if name == first or name.endswith(f".{first}"):
                prefix = name[: len(name) - len(first)]
                place = prefix.removesuffix(".")
                if all(prefix + mark in self.tensors for mark in rest):
                    found.append(place)
        return self.ranked(found, likely)

    def ranked(self, places: Sequence[str], likely: Sequence[str] = ()) -> list[str]:
        """Places in order of preference, only the chosen one where there is one."""
        if self.only is not None:
            return [place for place in places if place == self.only]

        def rank(place: str) -> tuple[bool, bool, int]:
            last = place.rpartition(".")[2]
            known = likely.index(last) if last in likely else len(likely)
            return is_other(place), not self.is_averaged(place), known

        return sorted(places, key=rank)

    def is_averaged(self, place: str) -> bool:
        """Whether a place is named like a running average, or counts its averages."""
        prefix = f"{place}." if place else ""
        if f"{prefix}n_averaged" in self.tensors:
            return True
        return any(_sounds_averaged(part) for part in place.split("."))

    def network(self, place: str) -> StoredNetwork:
        """The network at a place."""
        return StoredNetwork(
            place,
            _under(self.tensors, place),
            _under(self.modules, place),
            _under(self.classes, place),
            self.is_averaged(place),
            self,
        )

    def find(self, marks: Sequence[str], likely: Sequence[str] = ()) -> StoredNetwork | None:
        """The likeliest network that has all these names; see `places`."""
        found = self.places(marks, likely)
        return self.network(found[0]) if found else None


def contents_of(content: Any, only: str | None = None) -> Contents:
    """Everything in what a reader gave, flat.

    Raises:
        CheckpointError: It holds far more parts than models do.
    """
    if isinstance(content, Contents):
        return content
    found = Contents({}, only=only)
    leaves = list(_leaves(content, found))
    wrappers = frozenset(place for name, _ in leaves for place in _wrapping(name))
    for name, value in leaves:
        found.tensors.setdefault(plain_name(name, wrappers), value)
    _add_averages(found)
    return found


def plain_name(name: str, wrappers: frozenset[str] = frozenset()) -> str:
    """A tensor's name without what wrappers add to it, and with old-style names of norms.

    ``module.`` is dropped wherever more than a tensor follows it: layers of their own kind may
    call what they wrap so.

    Args:
        name: In the file.
        wrappers: Places of ``module`` that wrap networks, with tensors of their own beside.
    """
    parts = name.split(".")
    last = len(parts) - 2
    kept = [
        part
        for index, part in enumerate(parts)
        if part not in _WRAPPERS
        and not (part == "module" and (index < last or ".".join(parts[:-1]) in wrappers))
    ]
    return _PARAMETRISED.sub(_old_style, ".".join(kept))


def _wrapping(name: str) -> Iterator[str]:
    """Places of ``module`` in a name that more than a tensor follows."""
    parts = name.split(".")
    for index, part in enumerate(parts[:-2]):
        if part == "module":
            yield ".".join(parts[: index + 1])


_PARAMETRISED = re.compile(r"parametrizations\.(\w+)\.(original[01]?|0\._u|0\._v)$")


def _old_style(match: re.Match[str]) -> str:
    ends = {"original": "_orig", "0._u": "_u", "0._v": "_v", "original0": "_g", "original1": "_v"}
    return match[1] + ends[match[2]]


def is_other(place: str) -> bool:
    """Whether a place is named like a discriminator, an encoder or an optimiser."""
    return _OTHERS.search(place) is not None


def _sounds_averaged(part: str) -> bool:
    words = {word.lower() for word in _WORDS.findall(part)}
    return bool(words & _AVERAGED) and not part[:1].isdigit()


def _under(values: dict[str, Any], place: str) -> dict[str, Any]:
    if not place:
        return dict(values)
    prefix, length = f"{place}.", len(place) + 1
    found = {name[length:]: value for name, value in values.items() if name.startswith(prefix)}
    return {"": values[place], **found} if place in values else found


def _leaves(content: Any, found: Contents) -> Iterator[tuple[str, Tensor]]:
    """Tensors with their full names, in the order of the file; modules are noted on the way."""
    waiting: list[tuple[str, Any, tuple[int, ...]]] = [("", content, ())]
    for _ in range(MAX_VALUES):
        if not waiting:
            return
        name, value, above = waiting.pop()
        if isinstance(value, Array) and value.items is not None:
            value = value.items
        if isinstance(value, Tensor | Array):
            yield name, value.tensor if isinstance(value, Array) else value
        elif isinstance(value, dict | list | tuple | Record):
            if id(value) in above or len(above) > MAX_DEPTH:
                continue
            path = (*above, id(value))
            parts = _parts(name, value, found)
            waiting += [(_joined(name, key), part, path) for key, part in reversed(parts)]
    if waiting:
        raise CheckpointError("This file holds far more parts than a model does.")


def _joined(name: str, key: Any) -> str:
    return f"{name}.{key}"[:MAX_NAME].strip(".")


def _parts(name: str, value: Any, found: Contents) -> list[tuple[Any, Any]]:
    if isinstance(value, Record):
        module = as_module(value)
        if module is None:
            return [("", value.state), ("", value.items)]
        place = _plain_place(name)
        if place.rpartition(".")[0] not in found.modules or not place:
            found.states.append(place)
        found.modules.setdefault(place, module.attributes)
        found.classes.setdefault(place, module.class_name)
        return [*module.own_tensors().items(), *module.parts().items()]
    if isinstance(value, dict):
        if any(isinstance(part, Tensor | Array) for part in value.values()):
            found.states.append(_plain_place(name))
        return [(key, part) for key, part in value.items() if isinstance(key, str | int)]
    if all(_is_named(part) for part in value):
        found.states.append(_plain_place(name))
        return list(value)
    return list(enumerate(value))


def _is_named(part: Any) -> bool:
    """Whether this is a name with its tensor, as ``list(state.items())`` has them."""
    pair = isinstance(part, tuple | list) and len(part) == 2
    return pair and isinstance(part[0], str) and isinstance(part[1], Tensor | Array)


def _plain_place(name: str) -> str:
    return plain_name(f"{name}.a.b").removesuffix("a.b").strip(".")


def _add_averages(found: Contents) -> None:
    """Averages that are kept as a bare list, in the order of a network's parameters.

    FastGAN's ``g_ema`` and the ``shadow_params`` of other trainers: they get the names of the
    state dictionary that they fit.
    """
    lists: dict[str, list[Tensor]] = {}
    for name, tensor in found.tensors.items():
        place, _, last = name.rpartition(".")
        if last.isdecimal() and any(_sounds_averaged(part) for part in place.split(".")):
            lists.setdefault(place, []).append(tensor)
    for place, values in lists.items():
        if len(values) < 4:
            continue
        for named in _states(found):
            parameters = [n for n in named if not _is_buffer(n)]
            shapes = [found.tensors[n].shape for n in parameters]
            if shapes == [value.shape for value in values]:
                owner = _common(parameters)
                fresh = dict(zip(parameters, values, strict=True))
                found.states.append(place)
                for name in named:
                    made = f"{place}.{name.removeprefix(owner)}"
                    found.tensors[made] = fresh.get(name, found.tensors[name])
                break


def _states(found: Contents) -> list[list[str]]:
    """Names by their first two parts and by their first, as states of networks may be kept."""
    groups: dict[str, list[str]] = {}
    for name in found.tensors:
        parts = name.split(".")
        for count in (0, 1, 2):
            groups.setdefault(f"{count}{'.'.join(parts[:count])}", []).append(name)
    return list(groups.values())


def _is_buffer(name: str) -> bool:
    ends = ("running_mean", "running_var", "num_batches_tracked", "weight_u", "weight_v")
    return name.endswith((*ends, "kernel", "filter")) or ".noises." in name


def _common(names: list[str]) -> str:
    """What all names begin with, up to a dot, where a state dictionary has a name of its own."""
    first = names[0].partition(".")[0]
    return f"{first}." if all(name.startswith(f"{first}.") for name in names) else ""
