"""Methods that are compared: each finds equally many directions, with equally many steps."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import torch

from latentstudio.core.errors import AbilityError, LatentStudioError, OptionError
from latentstudio.core.options import as_record, describe
from latentstudio.core.progress import Job, Step, part
from latentstudio.core.spaces import GeneratorInfo
from latentstudio.core.walk import Walk
from latentstudio.discovery.registry import get
from latentstudio.discovery.result import linear_set
from latentstudio.discovery.start import discover, options_for
from latentstudio.document.direction import Direction, DirectionSet
from latentstudio.engine.generator import Generator
from latentstudio.evaluate import finding, oracle
from latentstudio.evaluate.predictor import Predictor
from latentstudio.exchange.presets import read_preset, write_preset

RANDOM = ("random", "Random")
"""Orthonormal directions drawn blindly: what any method has to beat."""
SPECIAL = dict([RANDOM, oracle.METHOD, finding.METHOD])
"""What takes part without being a method of the registry, and has no options."""


@dataclass(frozen=True, slots=True)
class Contestant:
    """A method and its options, as ``key=value`` texts."""

    method: str
    pairs: tuple[str, ...] = ()

    @property
    def title(self) -> str:
        """As on screen."""
        return SPECIAL.get(self.method) or get(self.method).title


@dataclass(frozen=True, slots=True)
class Terms:
    """Settings that are equal for all methods.

    Attributes:
        count: Directions of each method.
        steps: Training steps, for methods that train.
        seed: Of every method.
        frames: Pictures in a walk, odd.
        change: Where walks end: the picture's change, as a part of the mean difference of two
            pictures of the pool (root mean square over pixels).
        walk: How to go.
        minutes: How long ``auto`` looks, at most about.
    """

    count: int = 8
    steps: int = 200
    seed: int = 0
    frames: int = 5
    change: float = 0.4
    walk: Walk = "straight"
    minutes: float = finding.MINUTES


def check_contestants(contestants: Sequence[Contestant], terms: Terms, info: GeneratorInfo) -> None:
    """Refuse what can't be run on a model, before anything takes minutes.

    Raises:
        OptionError: An unknown method or option, or one twice.
    """
    names = [one.method for one in contestants]
    if len(set(names)) < len(names):
        raise OptionError("A method is named twice. Name each once.")
    for one in contestants:
        if one.method in SPECIAL:
            if one.pairs:
                raise OptionError(f"{one.title} has no options. Leave them out.")
            continue
        if get(one.method).of_direction:
            raise OptionError(f"{one.title} divides a direction and finds none itself.")
        _options(one, terms, info, "cpu")  # a device changes defaults, not what is allowed


def random_directions(generator: Generator, count: int, seed: int) -> DirectionSet:
    """Orthonormal directions drawn blindly in the space that edits are made in.

    Raises:
        OptionError: More than the space has dimensions.
    """
    info = generator.info
    if count > info.code_dim:
        raise OptionError(f"This model's codes have only {info.code_dim} dimensions.")
    rng = torch.Generator().manual_seed(seed)
    rows = torch.linalg.qr(torch.randn(info.code_dim, count, generator=rng))[0].T
    return linear_set(info, RANDOM, Terms(count=count, seed=seed), seed, rows, units=[1.0] * count)


def find_all(
    generator: Generator,
    contestants: Sequence[Contestant],
    terms: Terms,
    keep: Path | None,
    predictor: Predictor,
) -> Job[tuple[list[tuple[Contestant, tuple[Direction, ...]]], list[str]]]:
    """Directions of every method that can run, and a sentence for each that can't."""
    sets, missing = [], []
    for index, one in enumerate(contestants):
        share = index / len(contestants), (index + 1) / len(contestants)
        try:
            found = yield from part(_find(generator, one, terms, keep, predictor), *share)
        except AbilityError as error:
            missing.append(error.sentence())
            continue
        most = None if one.method == oracle.METHOD[0] else terms.count
        sets.append((one, found.directions[:most]))
    return sets, missing


def _find(
    generator: Generator, one: Contestant, terms: Terms, keep: Path | None, predictor: Predictor
) -> Job[DirectionSet]:
    if one.method in SPECIAL:
        return (yield from _special(generator, one.method, terms, keep, predictor))
    path = None if keep is None else keep / f"{one.method}.lpreset"
    known = None if path is None else _known(path, generator, one, terms)
    if known is not None:
        yield Step(1.0, f"{one.title}: known")
        return known
    found = yield from discover(generator, one.method, _pairs(one, terms), terms.seed)
    if path is not None:
        write_preset(found, path)
    return found


def _special(
    generator: Generator, name: str, terms: Terms, keep: Path | None, predictor: Predictor
) -> Job[DirectionSet]:
    """Directions of what is no method of the registry."""
    if name == RANDOM[0]:
        return random_directions(generator, terms.count, terms.seed)
    path = None if keep is None else keep / f"{name}.lpreset"
    most = max(terms.count, finding.MOST)
    made = (f"seed {terms.seed}", f"{terms.minutes:g} minutes", f"at most {most}")
    known = None if path is None else _read(path, generator)
    if known is not None and known.tags == made:
        yield Step(1.0, f"{SPECIAL[name]}: known")
        return known
    if name == oracle.METHOD[0]:
        found = yield from oracle.oracle(generator, predictor, seed=terms.seed)
    else:
        wish = finding.SearchOptions(terms.minutes, terms.seed, most)
        found = yield from finding.find(generator, wish)
    if path is not None:
        write_preset(replace(found, tags=made), path)
    return found


def _read(path: Path, generator: Generator) -> DirectionSet | None:
    """What a preset holds; None where there is none for this model."""
    if not path.is_file():
        return None
    try:
        found = read_preset(path)
    except LatentStudioError:
        return None
    return found if found.model.fingerprint == generator.info.fingerprint else None


def _known(path: Path, generator: Generator, one: Contestant, terms: Terms) -> DirectionSet | None:
    """Directions that were found in the same way before."""
    found = _read(path, generator)
    if found is None:
        return None
    wanted = _options(one, terms, generator.info, generator.device.type)
    same = all(
        dict(how.options) == wanted and how.seed == terms.seed
        for how in (d.provenance for d in found.directions)
    )
    return found if same and len(found) else None


def _options(one: Contestant, terms: Terms, info: GeneratorInfo, device: str) -> dict[str, object]:
    """Options as `discover` takes them on a model, and as its directions keep them."""
    return dict(as_record(options_for(one.method, info, _pairs(one, terms), device=device)))


def _pairs(one: Contestant, terms: Terms) -> list[str]:
    """Equal count and steps, for methods that have them, and what is set for this one."""
    has = {option.name for option in describe(get(one.method).options)}
    equal = [f"{key}={getattr(terms, key)}" for key in ("count", "steps") if key in has]
    return [*equal, *one.pairs]
