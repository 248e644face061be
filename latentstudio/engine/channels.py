"""Edits restricted to some channels of a tapped layer."""

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Protocol, cast

import torch
from torch import Tensor

from latentstudio.core.errors import ShapeError
from latentstudio.engine.generator import Edits, Generator, Halfway, HasHalfway, HasTaps, Noise

Remember = Callable[[Hashable, Callable[[], Halfway]], Halfway]
"""Gives what a key stands for, and makes it where it is not remembered."""


class TappedGenerator(Generator, HasTaps, Protocol):
    """A generator whose inner features can be read and replaced."""


@dataclass(frozen=True, slots=True, eq=False)
class ChannelMix:
    """Channels of one layer that follow other codes than the rest of the picture.

    Attributes:
        tap: Name of the layer.
        codes: What they follow, (N, layers, dim).
        chosen: Which channels, (C,) bool.
    """

    tap: str
    codes: Tensor
    chosen: Tensor


def forget(_: Hashable, make: Callable[[], Halfway]) -> Halfway:
    """Remembers nothing."""
    return make()


def synthesize_channels(
    generator: TappedGenerator,
    codes: Tensor,
    mixes: Sequence[ChannelMix],
    classes: Tensor | None = None,
    noise: Noise = "const",
    remember: Remember = forget,
) -> Tensor:
    """Pictures of `codes`, with some channels' features taken from other codes.

    Li et al., ACM MM 2021 ("DP-LaSE"), channel subspaces. What the network does next to the
    features (ProgGAN normalises them per position) it does to the mixture, so where nothing
    moved the picture is the same. No two mixes of one layer may choose the same channel.

    What is remembered is not made again: where only one mix moves, the network runs once, up
    to the layer with the codes of that mix and behind it with those of the picture.

    Args:
        generator: The model.
        codes: Of the picture as a whole, (N, layers, dim).
        mixes: Which channels differ.
        classes: Class of each, (N,).
        noise: Noise inputs.
        remember: Keeps how far syntheses came, by the values they are made of.

    Returns:
        (N, C, H, W).

    Raises:
        ShapeError: A layer has another number of channels.
    """
    stops = _Stops(generator, classes, noise, remember)
    edits = stops.edits(mixes)
    since = stops.last(codes, mixes, edits)
    if since is None or stops.network is None:
        return generator.synthesize_with(codes, edits, classes, noise)
    return stops.network.onward(codes, since, edits, classes, noise)


def halfway_channels(
    network: HasHalfway,
    codes: Tensor,
    mixes: Sequence[ChannelMix],
    tap: str,
    classes: Tensor | None = None,
    noise: Noise = "const",
    remember: Remember = forget,
) -> tuple[Halfway, Edits]:
    """The same pictures as far as a layer that comes after, or is, the last that is mixed.

    Codes (N, layers, dim) to the features at `tap`, before their own edit, and the edits.

    Args:
        network: The model.
        codes: Of the picture as a whole.
        mixes: Which channels differ, up to `tap`.
        tap: Where to stop.
        classes: Class of each, (N,).
        noise: Noise inputs.
        remember: Keeps how far syntheses came.

    Raises:
        ShapeError: A layer has another number of channels.
    """
    generator = cast(TappedGenerator, network)
    stops = _Stops(generator, classes, noise, remember)
    edits = stops.edits(mixes)
    since = stops.last(codes, mixes, edits)
    if since is None or since.tap != tap:
        since = network.halfway(codes, tap, edits, classes, noise, since)
    return since, edits


def chosen_channels(labels: Tensor, off: frozenset[int]) -> Tensor:
    """Channels of the groups that are not off: (C,) labels -> (C,) bool."""
    return ~torch.isin(labels.long(), torch.tensor(sorted(off), dtype=torch.int64))


def mix_channels(parts: Sequence[tuple[Tensor, Tensor]], before: Tensor) -> Tensor:
    """Features with the chosen channels of others: (N, C, ...) -> same."""
    for after, chosen in parts:
        if len(chosen) != before.shape[1]:
            raise ShapeError(
                f"These groups were made for {len(chosen)} channels, but this layer has "
                f"{before.shape[1]}. They belong to another model."
            )
        mask = chosen.to(before.device).view((1, -1) + (1,) * (before.ndim - 2))
        before = torch.where(mask, after.to(before), before)
    return before


class _Stops:
    """Halfway points of one picture, or batch, that may be remembered.

    Attributes:
        network: The generator, if it can stop halfway.
    """

    def __init__(
        self,
        generator: TappedGenerator,
        classes: Tensor | None,
        noise: Noise,
        remember: Remember,
    ) -> None:
        # Asked once: such a check takes as long as a small layer.
        self.network = generator if isinstance(generator, HasHalfway) else None
        self._generator, self._remember = generator, remember
        self._given = (classes, noise)
        self._classes = None if classes is None else _bytes(classes)

    def edits(self, mixes: Sequence[ChannelMix]) -> dict[str, Callable[[Tensor], Tensor]]:
        """What becomes of the features at each mixed layer, in the layers' order."""
        made: dict[str, Callable[[Tensor], Tensor]] = {}
        for tap in sorted({mix.tap for mix in mixes}, key=self._generator.info.taps.index):
            here = [mix for mix in mixes if mix.tap == tap]
            made[tap] = partial(mix_channels, [(self.features(mix), mix.chosen) for mix in here])
        return made

    def features(self, mix: ChannelMix) -> Tensor:
        """What a mix puts in the place of the picture's own features."""

        def make() -> Halfway:
            return Halfway(mix.tap, self._generator.features(mix.codes, mix.tap, *self._given))

        return self._remember(("mix", self._key(mix.codes, mix.tap)), make).features

    def last(self, codes: Tensor, mixes: Sequence[ChannelMix], edits: Edits) -> Halfway | None:
        """Before the last of the edited layers, by way of all others: each may be known."""
        if self.network is None:
            return None
        since: Halfway | None = None
        passed: list[ChannelMix] = []
        for tap in edits:
            make = partial(self.network.halfway, codes, tap, edits, *self._given, since)
            since = self._remember(self._key(codes, tap, passed), make)
            passed += [mix for mix in mixes if mix.tap == tap]
        return since

    def _key(self, codes: Tensor, tap: str, passed: Sequence[ChannelMix] = ()) -> Hashable:
        """All that decides the features at a tap, with the mixes passed on the way."""
        if self.network is not None:
            codes = codes[:, : self.network.layers_before(tap)]
        mixed = tuple((self._key(mix.codes, mix.tap), _bytes(mix.chosen)) for mix in passed)
        return tap, _bytes(codes), self._classes, self._given[1], mixed


def _bytes(tensor: Tensor) -> bytes:
    return tensor.detach().cpu().numpy().tobytes()
