"""The section that shows where pictures lie in the density."""

from latentstudio.cli.tour.context import SEEDS, TourContext
from latentstudio.core.progress import Job, Step
from latentstudio.core.reading import Reading
from latentstudio.export.page import Section
from latentstudio.export.plots import histogram

_SIDES = {"denser": "inner side", "typical": "typical", "sparser": "outer side"}


def density_section(context: TourContext) -> Job[Section | None]:
    """The reference's histogram with the seeds under it, and the same in numbers."""
    curve = context.density.curve()
    readings = list(zip(SEEDS, context.readings, strict=True))
    places = [(one.coordinate, f"Seed {seed}: {beyond(one)}", one.state) for seed, one in readings]
    heading = ("Seed", "Distance", "Farther out than", "State", "Side")
    rows = tuple(
        (str(seed), f"{one.coordinate:.2f}", f"{one.percentile:.0f} of 100", one.state,
         _SIDES[one.side])
        for seed, one in readings
    )  # fmt: skip
    samples = f"{curve.samples:,}".replace(",", " ")
    text = (
        f"How far {samples} random samples of this model lie from the middle, measured in "
        f"{curve.space.upper()}. 95 of 100 lie between {curve.shell[0]:.1f} and "
        f"{curve.shell[1]:.1f}: that is the shell. The marks are the seeds above."
    )
    if curve.flat:
        text = "The distance from the middle has no effect on this model's pictures."
    yield Step(1.0, "Density")
    plot = histogram(curve, places)
    return Section("Where pictures lie", text, plot=plot, table=(heading, *rows))


def beyond(reading: Reading) -> str:
    """A reading in words."""
    return f"farther out than {reading.percentile:.0f} of 100 samples"
