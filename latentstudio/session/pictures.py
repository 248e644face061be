"""What the window asks of pictures: shown, in filmstrips, with their bands, and saved."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from latentstudio.core.files import check_folder_of
from latentstudio.core.progress import Job, Step
from latentstudio.document.region_commands import mask_use, own_mask
from latentstudio.document.state import Picture
from latentstudio.exchange.projects import Project
from latentstudio.export.images import save_pixels
from latentstudio.export.layered import PSD
from latentstudio.inversion.crop import Crop
from latentstudio.inversion.pictures import Photo
from latentstudio.render import bands, frames
from latentstudio.render.messages import Band, Film, Frame, Pixels, SliderPlace, WalkPicture
from latentstudio.render.renderer import Renderer
from latentstudio.render.useful_ends import UsefulEnds
from latentstudio.render.walk_picture import walk_picture
from latentstudio.session import density_figure, photo_blending
from latentstudio.session.layer_export import save_layers
from latentstudio.session.opening import THUMB_SIZE, OpenModel
from latentstudio.session.picture_metadata import metadata_for
from latentstudio.session.project_messages import NOTHING, MetadataChoice, PictureComparison
from latentstudio.session.remaking import compared, measured
from latentstudio.store.assets import DiskAssets

_FILM_SIZE = 72


@dataclass(frozen=True, slots=True, eq=False)
class Pictures:
    """Pictures of the studio's open model.

    What is shown uses the renderer of the preview thread; what is written uses one of its own.

    Args:
        opened: Gives the model.
        assets: Where masks and latents are looked up.
    """

    opened: Callable[[], OpenModel]
    assets: DiskAssets
    _ends: UsefulEnds = field(default_factory=UsefulEnds)

    def show(self, picture: Picture, moving: bool = False) -> Job[Frame]:
        """Render one picture; see `frames.frame`."""
        return frames.frame(self.opened().renderer, picture, moving)

    def bands(self, picture: Picture, ids: Iterable[str]) -> Job[Mapping[str, Band]]:
        """The safe range of each slider; ids that are not loaded are left out."""
        renderer = self.opened().renderer
        made: dict[str, Band] = {}
        for direction in ids:
            try:
                useful = self._ends.of(renderer, picture, direction)
                found = bands.band(renderer, picture, direction)
            except KeyError:  # a region's next answer takes places on another thread
                if direction in renderer.directions:
                    raise
                continue
            made[direction] = replace(found, useful=useful)
            yield Step(0.0)
        return made

    def films(
        self,
        picture: Picture,
        counts: Mapping[str, int],
        ends: Mapping[str, tuple[float, float]] | None = None,
    ) -> Job[None]:
        """Filmstrips, one frame a step so that previews get in between.

        Args:
            picture: As it is.
            counts: How many frames each direction's strip has.
            ends: Amounts of the first and last frame; the direction's own where left out.

        Yields:
            After each strip, a step with its `Film` as the preview.
        """
        renderer = self.opened().renderer
        for done, (direction, count) in enumerate(counts.items()):
            if direction not in renderer.directions:
                continue
            known = renderer.directions[direction]
            low, high = (ends or {}).get(direction, (known.low, known.high))
            amounts = frames.film_amounts(low, high, count)
            pixels: list[Pixels] = []
            for amount in amounts:
                moved = picture.moved_to(direction, amount, mask_use(known))
                pixels += renderer.small([moved], _FILM_SIZE, own_mask(known))
                yield Step(done / len(counts))
            yield Step((done + 1) / len(counts), "", Film(direction, amounts, tuple(pixels)))

    def snap_back(self, picture: Picture) -> Job[tuple[Picture, Pixels]]:
        """The picture that snapping back would give, with a thumb of it.

        The thumb is (h, w, 3), 8 bits.
        """
        renderer = self.opened().renderer
        target = bands.snap_back(renderer, picture)
        yield Step(0.5)
        return target, renderer.small([target], THUMB_SIZE)[0]

    def place(self, picture: Picture, direction: str, amount: float) -> Job[SliderPlace | None]:
        """What lies at one amount of a slider; None where its direction isn't loaded."""
        renderer = self.opened().renderer
        known = renderer.directions.get(direction)
        if known is None:
            return None
        there = picture.moved_to(direction, amount, mask_use(known))
        reading = renderer.reading(there)
        yield Step(0.2)
        (pixels,) = renderer.small([there], THUMB_SIZE)
        return SliderPlace(picture, direction, amount, pixels, reading)

    def walk(self, picture: Picture, direction: str) -> Job[WalkPicture]:
        """Where each kind of walk leads along one slider; see `walk_picture`."""
        renderer = self.opened().renderer
        known = renderer.directions.get(direction)
        mask = mask_use(known) if known else None
        return walk_picture(renderer, picture, direction, THUMB_SIZE, mask)

    def save_density_rows(self, picture: Picture, direction: str, path: Path) -> Job[Path]:
        """Write the picture of one walk from a denser, the same and a sparser start."""
        return density_figure.save(self._fresh_renderer(), picture, direction, path)

    def thumb(self, picture: Picture) -> Job[Pixels]:
        """A small version of a picture, for the strip.

        (h, w, 3), 8 bits, at most `THUMB_SIZE` a side.
        """
        return self.opened().renderer.small([picture], THUMB_SIZE)[0]
        yield

    def save(
        self,
        picture: Picture,
        path: Path,
        scale: int,
        smooth: bool,
        wanted: MetadataChoice = NOTHING,
        quality: int | None = None,
    ) -> Job[Path]:
        """Render once more, apart from the preview's caches, and write the file.

        Args:
            picture: What to draw.
            path: Where to; its ending picks the format.
            scale: How many times larger.
            smooth: Smooth between pixels when it is enlarged.
            wanted: What the file says of itself.
            quality: Of JPEG and WebP; see `export.images.save_pixels`.

        Raises:
            FileError: The folder is not there, or can't be written to.
        """
        check_folder_of(path)
        renderer = self._fresh_renderer()
        if path.suffix.lower() == PSD:
            names = {**_names(renderer), **dict(wanted.names)}
            return (yield from save_layers(renderer, picture, path, names, scale, smooth))
        yield Step(0.1, "Rendering")
        pixels = renderer.saved(picture)
        yield Step(0.6, "Writing")
        metadata = metadata_for(wanted, picture, pixels, self.opened(), self.assets)
        save_pixels(pixels, path, scale=scale, smooth=smooth, quality=quality, metadata=metadata)
        return path

    def compare(
        self, project: Project, picture: Picture, path: Path, report: Callable[[str], None]
    ) -> Job[PictureComparison]:
        """Whether a picture that came with a file is the one that was saved; see `remaking`."""
        renderer = self._fresh_renderer()
        yield from measured(renderer, [picture], report)
        return (yield from compared(renderer, project, picture, path))

    def copied(self, picture: Picture) -> Job[Pixels]:
        """A picture as it is saved, with alpha where the model makes it, for the clipboard."""
        renderer = self._fresh_renderer()
        yield Step(0.1, "Rendering")
        return renderer.saved(picture)

    def save_blended(self, photo: Photo, crop: Crop, picture: Picture, path: Path) -> Job[Path]:
        """Write the whole photo with the picture's edits in it."""
        job = photo_blending.save_blended(self._fresh_renderer(), photo, crop, picture, path)
        return (yield from job)

    def _fresh_renderer(self) -> Renderer:
        """Apart from the preview's caches, and exact: without preview heads."""
        model = self.opened()
        renderer = Renderer(model.generator, self.assets)
        renderer.directions = model.renderer.directions
        renderer.densities = model.renderer.densities
        return renderer


def _names(renderer: Renderer) -> dict[str, str]:
    return {id: one.name for id, one in renderer.directions.items()}
