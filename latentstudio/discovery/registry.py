"""The methods, by id. Window and command line read this table."""

from collections.abc import Callable
from dataclasses import dataclass, field

from latentstudio.core.marked import marked
from latentstudio.core.progress import Job
from latentstudio.core.registry import lookup, register
from latentstudio.core.spaces import Ability, GeneratorInfo
from latentstudio.discovery import (
    deformator,
    dp_lase,
    dp_lase_subspace,
    ganspace,
    picture_ica,
    sefa,
    voynov_babenko,
    warpedganspace,
)
from latentstudio.discovery.fitting import Fit, unfitted
from latentstudio.document.direction import DirectionSet

WORDS = {
    Ability.MAPPING: "a mapping network",
    Ability.TAPS: "inner layers that can be read",
    Ability.STYLE_WEIGHTS: "a first layer that is a plain matrix",
    Ability.GRADIENT: "gradients",
}


@dataclass(frozen=True, slots=True)
class Method:
    """One way to find directions.

    Attributes:
        id: As on the command line.
        title: As on screen.
        options: Frozen dataclass whose fields are made by `core.options.option`.
        discover: ``discover(generator, options, seed=0, state=None) -> Job[DirectionSet]``.
        needs: Abilities it can't do without.
        any_of: Of these one is enough.
        help: One sentence for the artist.
        fit: Gives the options limits, choices and defaults that suit a model and a device.
        of_direction: `discover` also takes ``direction=``, the one it works on.
        finds: What it finds, in a few words of the artist; empty for `title`.
        pictures: How many pictures' time one of its samples takes, measured; 0 where its time does
            not follow from that of a picture.
    """

    id: str
    title: str
    options: type
    discover: Callable[..., Job[DirectionSet]]
    needs: frozenset[Ability] = field(default_factory=frozenset)
    any_of: frozenset[Ability] = field(default_factory=frozenset)
    help: str = ""
    of_direction: bool = False
    fit: Fit = unfitted
    finds: str = ""
    pictures: float = 0.0


METHODS = {
    method.id: method
    for method in (
        Method(
            *sefa.METHOD,
            sefa.SefaOptions,
            sefa.discover,
            fit=sefa.fit,
            needs=frozenset({Ability.STYLE_WEIGHTS}),
            finds=marked("Whole-picture changes"),
            help="Reads directions off the model's own weights, in a moment.",
        ),
        Method(
            *ganspace.METHOD,
            ganspace.GanspaceOptions,
            ganspace.discover,
            fit=ganspace.fit,
            any_of=frozenset({Ability.MAPPING, Ability.TAPS}),
            finds=marked("What varies most"),
            help="Finds what varies most among many random pictures, in under a minute.",
        ),
        Method(
            *picture_ica.METHOD,
            picture_ica.PictureIcaOptions,
            picture_ica.discover,
            fit=picture_ica.fit,
            finds=marked("What comes and goes"),
            pictures=0.9,
            help="Finds what changes by itself in the model's own pictures, such as glasses.",
        ),
        Method(
            *dp_lase.METHOD,
            dp_lase.DpLaseOptions,
            dp_lase.discover,
            fit=dp_lase.fit,
            needs=frozenset({Ability.GRADIENT}),
            any_of=frozenset({Ability.TAPS, Ability.STYLE_WEIGHTS}),
            finds=marked("Strong, different changes"),
            help="Learns walks that change much, change different things, and stay on the shell.",
        ),
        Method(
            *dp_lase_subspace.METHOD,
            dp_lase_subspace.SubspaceOptions,
            dp_lase_subspace.discover,
            fit=dp_lase_subspace.fit,
            needs=frozenset({Ability.GRADIENT, Ability.TAPS}),
            finds=marked("Parts of one direction"),
            help="Splits one direction into groups of channels that can be switched off.",
            of_direction=True,
        ),
        Method(
            *warpedganspace.METHOD,
            warpedganspace.WarpedOptions,
            warpedganspace.discover,
            fit=deformator.fit,
            needs=frozenset({Ability.GRADIENT}),
            finds=marked("Curved paths"),
            help="Learns curved paths that a second network can tell apart.",
        ),
        Method(
            *voynov_babenko.METHOD,
            voynov_babenko.VoynovOptions,
            voynov_babenko.discover,
            fit=voynov_babenko.fit,
            needs=frozenset({Ability.GRADIENT}),
            finds=marked("Changes easy to tell apart"),
            help="Learns straight directions that a second network can tell apart.",
        ),
    )
}


def get(method_id: str) -> Method:
    """The method of this id.

    Raises:
        OptionError: There is none.
    """
    return lookup(METHODS, method_id, "method")


def add_method(method: Method) -> Callable[[], None]:
    """Register a method; call the result to take it back.

    Raises:
        ValueError: The id is taken.
    """
    return register(METHODS, method.id, method, "method")


def needs_met(method: Method, info: GeneratorInfo) -> str | None:
    """Why a method can't run on a model, as one sentence, or None where it can."""
    missing = sorted(method.needs - info.abilities)
    if missing:
        return _sentence(method, " and ".join(WORDS.get(a, a.value) for a in missing))
    if method.any_of and not method.any_of & info.abilities:
        return _sentence(method, " or ".join(WORDS.get(a, a.value) for a in sorted(method.any_of)))
    return None


def _sentence(method: Method, what: str) -> str:
    return f"{method.title} needs a model with {what}, which this one doesn't have."
