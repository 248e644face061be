"""What an automatic search has found so far: doubles merged, turned, named, best first.

What was shown once stays as it was shown: a direction that is still there after the next method
keeps its sign, its step and its name, so that an artist may use it while the search goes on.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import torch.nn.functional as nnf
from numpy.typing import NDArray

from latentstudio.core.spaces import GeneratorInfo, Prior
from latentstudio.core.texts import first_free
from latentstudio.discovery.picture_ica import Samples
from latentstudio.document.direction import Direction, DirectionSet, ModelKey
from latentstudio.evaluate import refining
from latentstudio.evaluate.change_maps import SIDE, ChangeMaps
from latentstudio.evaluate.change_places import lighter
from latentstudio.evaluate.effect_words import effect_name, english
from latentstudio.evaluate.messages import EffectName
from latentstudio.evaluate.predictor import Predictor

_CLEAR = 0.3
"""Skewness from which on one side is the rarer one."""


@dataclass(slots=True)
class FoundSoFar:
    """Directions of several methods and what they change.

    Attributes:
        info: Facts of the model.
        seen: Its own pictures and codes.
        predictor: Names what was found, or None.
        found: Directions as their methods gave them.
        maps: What they change.
        kept: Rows of those that are no doubles.
    """

    info: GeneratorInfo
    seen: Samples
    predictor: Predictor | None = None
    found: list[Direction] = field(default_factory=list)
    maps: ChangeMaps | None = None
    kept: list[int] = field(default_factory=list)
    _skewness: NDArray[np.float64] = field(default_factory=lambda: np.zeros(0))
    _typical: float = 0.0
    _names: dict[str, str] = field(default_factory=dict)

    def add(self, fresh: Sequence[Direction], maps: ChangeMaps) -> int:
        """Merge new directions into what was there; says how many are new."""
        before = len(self.found)
        self.found += fresh
        self.maps = maps if self.maps is None else self.maps.joined(maps)
        self._skewness = self._readout()
        self.kept = refining.distinct(self.maps)
        old = list(range(before))
        alike = np.abs(self.maps.alike())
        rows = range(before, len(self.found))
        return sum(not len(old) or float(alike[row, old].max()) < refining.SAME for row in rows)

    def best(self, most: int) -> DirectionSet:
        """At most so many, turned, with equal steps, named, best first.

        Where attributes name directions one of each comes first: six kinds of hats are less use.
        """
        assert self.maps is not None
        every = self.maps.take(self.kept)
        order = refining.best_first(every, most)
        rows, maps = [self.kept[place] for place in order], every.take(order)
        strength = maps.strength()
        self._typical = self._typical or float(np.median(strength))
        steps = refining.with_equal_steps(
            [self.found[row] for row in rows], strength, self._typical
        )
        signs, names, leads = self._signs_and_names(rows, maps)
        found = [
            replace(
                refining.turned(one, sign),
                name=name,
                measured={**one.measured, "spread": spread},
            )
            for one, sign, name, spread in zip(
                steps, signs, names, (1.0 - maps.locality()).tolist(), strict=True
            )
        ]
        name = f"Found in {self.info.name}"
        shown = tuple(found[place] for place in _one_of_each_first(leads))
        return DirectionSet(ModelKey.of(self.info), shown, name=name)

    def _signs_and_names(
        self, rows: Sequence[int], maps: ChangeMaps
    ) -> tuple[list[float], list[str], list[str]]:
        """Signs, names, and the attributes that lead, empty where none does."""
        signs, names, leads = [], [], []
        for index, row in enumerate(rows):
            change, readings, shapes = maps.maps[index], maps.readings[index], maps.shapes[index]
            effect = self._effect(change, readings, shapes)
            led = effect.attributes
            sign = float(led[0][1]) if led else self._sign(row, change)
            if sign < 0:
                effect = self._effect(-change, readings[:, ::-1], shapes[:, ::-1])
            signs.append(sign)
            names.append(english(effect))
            leads.append(led[0][0] if led else "")
        return signs, self._kept_names([self.found[row].id for row in rows], names), leads

    def _effect(
        self,
        change: NDArray[np.float32],
        readings: NDArray[np.float32],
        shapes: NDArray[np.float32],
    ) -> EffectName:
        """What a direction does, by what it changes on S pictures: see `ChangeMaps`."""
        if self.predictor is None:
            return effect_name(change, shapes=shapes)
        return effect_name(change, readings, self.predictor.attributes, face=True)

    def _kept_names(self, ids: Sequence[str], names: Sequence[str]) -> list[str]:
        """Names with numbers where several are alike; those that were shown stay."""
        held = {id: name for id, name in self._names.items() if id in set(ids)}
        taken = set(held.values())
        for id, name in zip(ids, names, strict=True):
            if id not in held:
                held[id] = first_free(name, taken)
                taken.add(held[id])
        self._names = held
        return [held[id] for id in ids]

    def _sign(self, row: int, maps: NDArray[np.float32]) -> float:
        """Toward what is rarer, where that is clear; else toward what is lighter."""
        skewness = float(self._skewness[row])
        return float(np.sign(skewness)) if abs(skewness) > _CLEAR else lighter(maps)

    @property
    def _mapped(self) -> bool:
        return self.info.spaces[self.info.code_space].prior is Prior.MAPPED

    def _readout(self) -> NDArray[np.float64]:
        assert self.maps is not None
        if self._mapped:
            vectors = np.stack([one.vector for one in self.found])
            return refining.read_out(self.seen.codes.numpy(), vectors)
        side = math.isqrt(self.seen.pictures.shape[1] // self.info.channels)
        rows = self.seen.pictures.reshape(-1, self.info.channels, side, side)
        small = nnf.adaptive_avg_pool2d(rows, min(SIDE, side))
        return refining.read_pictures(small.numpy(), self.maps)


def _one_of_each_first(leads: Sequence[str]) -> list[int]:
    """Places, the first one of each attribute before all others, else in their order."""
    firsts = {lead: place for place, lead in reversed([*enumerate(leads)]) if lead}
    return sorted(range(len(leads)), key=lambda place: firsts.get(leads[place]) != place)
