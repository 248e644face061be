"""The tour's job: what it opens, its sections in order, and the page."""

from collections.abc import Callable
from pathlib import Path

from latentstudio.cli.tour.context import SEEDS, TourContext
from latentstudio.cli.tour.directions import directions_section
from latentstudio.cli.tour.places import density_section
from latentstudio.cli.tour.region import region_section
from latentstudio.cli.tour.samples import seeds_section, truncation_section
from latentstudio.core.errors import AbilityError
from latentstudio.core.files import write_bytes
from latentstudio.core.progress import Job, Step, part
from latentstudio.document.direction import DirectionSet
from latentstudio.engine.device import device_words
from latentstudio.engine.generator import Generator
from latentstudio.export.page import Page, Section, to_html
from latentstudio.generators.table import family
from latentstudio.render.pipeline import Pipeline
from latentstudio.session.library import default_directions
from latentstudio.store.densities import reference

SECTIONS: tuple[Callable[[TourContext], Job[Section | None]], ...] = (
    seeds_section,
    density_section,
    directions_section,
    region_section,
    truncation_section,
)
"""In the page's order. A section that a model has no use for gives None."""


def tour(generator: Generator, folder: Path) -> Job[Path]:
    """Make the page and its pictures in `folder`.

    Returns:
        The page.

    Raises:
        ResourceError: Memory or disk ran out.
    """
    density = yield from part(reference(generator), 0.0, 0.25)
    found = yield from part(_directions(generator), 0.25, 0.5)
    pipeline = Pipeline(generator, density)
    context = TourContext(pipeline, density, found, pipeline.from_seeds(SEEDS), folder)
    sections = []
    for index, make in enumerate(SECTIONS):
        share = 0.5 + 0.5 * index / len(SECTIONS), 0.5 + 0.5 * (index + 1) / len(SECTIONS)
        made = yield from part(make(context), *share)
        if made is not None:
            sections.append(made)
    page = folder / "index.html"
    write_bytes(page, to_html(_page(generator, sections)).encode())
    yield Step(1.0, "Done")
    return page


def _directions(generator: Generator) -> Job[DirectionSet | None]:
    try:
        return (yield from default_directions(generator))
    except AbilityError:
        return None


def _page(generator: Generator, sections: list[Section]) -> Page:
    info = generator.info
    sizes = {s: f"{i.layers} × {i.dim}" if i.layers > 1 else i.dim for s, i in info.spaces.items()}
    classes = [("Class", f"0 of {info.classes}")] if info.classes else []
    return Page(
        title=f"A tour of {info.name}",
        text="What this model makes, which directions change its pictures, and how far each of "
        "them can go before the pictures leave what the model was trained on.",
        facts=[
            ("Model", family(info.family).label),
            ("Picture", f"{info.size[1]} × {info.size[0]}"),
            ("Parameters", f"{info.parameters:,}".replace(",", " ")),
            ("Spaces", ", ".join(f"{space.upper()} {size}" for space, size in sizes.items())),
            *classes,
            ("Computed on", device_words(generator.device)),
            ("Fingerprint", info.fingerprint[:12]),
        ],
        sections=sections,
    )
