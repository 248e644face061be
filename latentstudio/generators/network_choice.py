"""The choice between several networks of a kind in one file."""

import copy
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields, make_dataclass, replace
from dataclasses import field as new_field
from typing import Any

from latentstudio.core.options import check, option
from latentstudio.engine.contents import Contents
from latentstudio.engine.generator import Generator, HasChoices

WHOLE = "whole file"
"""What a network is called that is not below another name."""
MOST = 24
"""Networks that are offered."""

Reopen = Callable[[str], Generator]
"""Opens the network at a place of the same file."""


@dataclass(frozen=True, slots=True)
class Networks:
    """The networks of a file.

    Attributes:
        names: Name of each on screen to its place, likeliest first.
        averaged: Names of those that are running averages.
        now: Name of the one that is open.
    """

    names: Mapping[str, str]
    averaged: frozenset[str]
    now: str

    def opened(self) -> str:
        """The one that is open."""
        return f"{self.now}, averaged" if self.now in self.averaged else self.now

    def words(self) -> str:
        """The one that is open, as a guess is shown."""
        others = ", ".join(name for name in self.names if name != self.now)
        kind = "averaged; " if self.now in self.averaged else ""
        return f"{self.now} ({kind}others: {others})"


def networks_in(contents: Contents, places: Sequence[str], now: str) -> Networks | None:
    """The networks at these places, None where there is no choice."""
    if len(places) < 2:
        return None
    names = {place or WHOLE: place for place in places[:MOST]}
    averaged = frozenset(name for name, place in names.items() if contents.is_averaged(place))
    return Networks(names, averaged, now or WHOLE)


def offer(generator: Generator, networks: Networks, reopen: Reopen) -> Generator:
    """The same generator, whose choices have one more: which network of its file it is."""
    kind = type(generator)
    inner = generator.choices if isinstance(generator, HasChoices) else None
    made = copy.copy(generator)
    made.__class__ = type(kind.__name__, (_Choosing, kind), {"__slots__": ()})
    values = made.__dict__
    values["_networks"], values["_reopen"], values["_bare"] = networks, reopen, generator
    values["choices"] = _combined(networks, inner)
    guesses = {"network": networks.words(), **generator.info.guesses}
    values["_info"] = replace(generator.info, guesses=guesses)
    return made


class _Choosing:
    """Put in front of a generator's class by `offer`."""

    _networks: Networks
    _reopen: Reopen
    _bare: Any

    def to(self, device: Any) -> Any:
        self._bare.to(device)
        return self

    def with_choices(self, choices: Any) -> Any:
        """See `HasChoices`; another network is read from the file again."""
        check(choices)
        own = {name: value for name, value in asdict(choices).items() if name != "network"}
        model: Any = self
        if choices.network != self._networks.now:
            model = self._reopen(self._networks.names[choices.network])
        bare = model._bare
        if not isinstance(bare, HasChoices) or own in (asdict(bare.choices), _own(self)):
            return model
        made: Any = bare.with_choices(type(bare.choices)(**own))
        return offer(made, model._networks, model._reopen)


def _own(model: Any) -> dict[str, Any]:
    return {name: value for name, value in asdict(model.choices).items() if name != "network"}


def _combined(networks: Networks, inner: Any) -> Any:
    """A frozen dataclass of the network and what the generator itself leaves open."""
    names = tuple(networks.names)
    field = option(names[0], "Network", "Which network of the file is open", choices=names)
    own = [(one.name, one.type, one) for one in fields(inner)] if inner is not None else []
    kind = make_dataclass(
        "Choices",
        [("network", str, field), *((name, type_, _again(one)) for name, type_, one in own)],
        frozen=True,
        slots=True,
    )
    return kind(networks.now, **(asdict(inner) if inner is not None else {}))


def _again(field: Any) -> Any:
    """A field with the same default and metadata: one belongs to one class only."""
    return new_field(default=field.default, metadata=field.metadata)
