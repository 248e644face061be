"""What the window asks of own pictures: opened, found, fitted, and found again after a restart."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from latentstudio.core.progress import Job, Step
from latentstudio.document.assets import Assets
from latentstudio.document.start import Latent, PhotoUse
from latentstudio.inversion.crop import Crop
from latentstudio.inversion.options import InversionOptions
from latentstudio.inversion.pictures import Photo, decode_photo, read_photo
from latentstudio.inversion.tuning import TuningOptions
from latentstudio.session import kept_search, photo_copies, photo_search, photo_tuning
from latentstudio.session.inverting import InversionRequest
from latentstudio.session.opening import OpenModel
from latentstudio.session.photo_messages import KeptSearch, PhotoFound, PhotoTuned, UsedPhoto


@dataclass(frozen=True, slots=True, eq=False)
class OwnPictures:
    """Own pictures and the studio's open model.

    Args:
        opened: Gives the model.
        assets: Where latents and copies of photos are looked up.
        report: Told, in a sentence, of what a person should hear once.
    """

    opened: Callable[[], OpenModel]
    assets: Assets
    report: Callable[[str], None]

    def read(self, source: Path | bytes, name: str = "") -> Job[Photo]:
        """Open a picture's file, or what was pasted; needs no model.

        Raises:
            FileError: No picture, damaged, or too large.
        """
        yield Step(0.1, "Opening the picture")
        return read_photo(source) if isinstance(source, Path) else decode_photo(source, name)

    def find(
        self,
        photo: Photo,
        crop: Crop,
        steps: int,
        enough: Callable[[], bool],
        go_on: bool = False,
    ) -> Job[PhotoFound]:
        """Find the code that draws a photo's square; see `photo_search.find`."""
        asked = InversionRequest(photo, crop, InversionOptions(steps=steps))
        generator = self.opened().generator
        return photo_search.find(generator, asked, self.report, enough, go_on=go_on)

    def fit(
        self, used: UsedPhoto, start: Latent, noise: bool, enough: Callable[[], bool]
    ) -> Job[PhotoTuned]:
        """Fit the model to the photo that a start was found for; see `photo_tuning.fit`."""
        options = TuningOptions(noise=noise)
        generator = self.opened().generator
        return photo_tuning.fit(generator, used, start, self.assets, options, enough, self.report)

    def load(self, use: PhotoUse, file: Path | None = None) -> Job[UsedPhoto]:
        """The photo that a start was found for; see `photo_copies.load`."""
        return photo_copies.load(use, self.assets, self.opened().generator.info.resolution, file)

    def kept(self) -> Job[KeptSearch | None]:
        """The search for a photo's code that was under way when the window went."""
        yield Step(0.1, "Looking for a search to go on with")
        return kept_search.waiting(self.opened().generator.info.fingerprint)

    def forget(self) -> Job[None]:
        """Nobody wants that search any more."""
        kept_search.forget(self.opened().generator.info.fingerprint)
        return
        yield
