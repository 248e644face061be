"""Sections that show the model as it is: seeds, and truncation."""

from latentstudio.cli.start import take
from latentstudio.cli.tour.context import SEEDS, TourContext, frames, save_strip
from latentstudio.core.progress import Job
from latentstudio.core.spaces import Ability
from latentstudio.export.page import Caption, Card, Section

TRUNCATIONS = (1.0, 0.85, 0.7, 0.5, 0.25, 0.0)
_COLUMNS = 8
_ROWS = 2


def seeds_section(context: TourContext) -> Job[Section | None]:
    """The first seeds, in rows."""
    pictures = yield from frames(context, context.starts)
    strips = tuple(
        save_strip(
            context,
            f"seeds-{first}-{first + _COLUMNS - 1}",
            pictures[first : first + _COLUMNS],
            alt=f"Pictures of the seeds {first} to {first + _COLUMNS - 1}.",
            captions=[Caption(str(seed)) for seed in SEEDS[first : first + _COLUMNS]],
        )
        for first in range(0, len(SEEDS), _COLUMNS)
    )
    text = "Each number is a seed: the same seed gives the same picture on every computer."
    return Section("Pictures from seeds", text, (Card(strips),))


def truncation_section(context: TourContext) -> Job[Section | None]:
    """Some seeds drawn toward the mean."""
    if Ability.TRUNCATION not in context.pipeline.generator.info.abilities:
        return None
    seeds = [seed for seed in SEEDS if seed != context.typical][: _ROWS - 1]
    cards = []
    for seed in (context.typical, *seeds):
        many = [context.pipeline.from_seeds([SEEDS[seed]], truncation=t) for t in TRUNCATIONS]
        pictures = []
        for one in many:
            pictures += yield from frames(context, take(one, [0]))
        cards.append(
            save_strip(
                context,
                f"truncation-seed{SEEDS[seed]}",
                pictures,
                title=f"Seed {SEEDS[seed]}",
                alt=f"Seed {SEEDS[seed]} at truncation 1 down to 0: it turns into the mean.",
                captions=[Caption(f"{t:g}") for t in TRUNCATIONS],
            )
        )
    text = "Truncation draws a picture toward the model's mean: at 1 it is as drawn, at 0 the mean."
    return Section("Truncation", text, (Card(tuple(cards)),))
