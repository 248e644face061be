"""What the window asks of own pictures: opened, found, fitted, and found again after a restart."""

import contextlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from latentstudio.core.errors import FileError, ResourceError
from latentstudio.core.progress import Job, Step
from latentstudio.document.assets import Array
from latentstudio.document.start import Latent, PhotoUse
from latentstudio.inversion import face_finder
from latentstudio.inversion.crop import Crop
from latentstudio.inversion.options import InversionOptions, TuningOptions
from latentstudio.inversion.pictures import Photo, decode_photo, read_photo
from latentstudio.session import kept_fit, kept_search, photo_copies, photo_search, photo_tuning
from latentstudio.session.inverting import InversionRequest
from latentstudio.session.opening import OpenModel
from latentstudio.session.photo_messages import (
    FaceNews,
    KeptFit,
    KeptSearch,
    PhotoFound,
    PhotoTuned,
    UsedPhoto,
)
from latentstudio.store.assets import DiskAssets

ENOUGH = 0.005
"""Perceptual distance at which a fit ends that a person asked for: nearer than is seen."""


@dataclass(frozen=True, slots=True, eq=False)
class OwnPictures:
    """Own pictures and the studio's open model.

    Args:
        opened: Gives the model.
        assets: Where latents and copies of photos are looked up.
        report: Told, in a sentence, of what a person should hear once.
    """

    opened: Callable[[], OpenModel]
    assets: DiskAssets
    report: Callable[[str], None]

    def read(self, source: Path | bytes, name: str = "") -> Job[Photo]:
        """Open a picture's file, or what was pasted; needs no model.

        Raises:
            FileError: No picture, damaged, or too large.
        """
        yield Step(0.1, "Opening the picture")
        return read_photo(source) if isinstance(source, Path) else decode_photo(source, name)

    def face(self, photo: Photo) -> Job[FaceNews]:
        """Eyes and mouth of a photo, where the optional package for that is installed."""
        if not face_finder.is_installed():
            return FaceNews(None, looked=False)
        yield Step(0.1, "Looking for a face")
        return FaceNews(face_finder.find_face(photo), looked=True)

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
        job = photo_search.find(generator, asked, self.report, enough, go_on=go_on)
        found = yield from job
        if found.copy.data is not None:
            self._keep(found.copy.data)
        return found

    def fit(
        self,
        used: UsedPhoto,
        start: Latent,
        noise: bool,
        enough: Callable[[], bool],
        go_on: bool = False,
    ) -> Job[PhotoTuned]:
        """Fit the model to the photo that a start was found for; see `photo_tuning.fit`."""
        options = TuningOptions(noise=noise, enough=ENOUGH)
        generator = self.opened().generator
        job = photo_tuning.fit(
            generator, used, start, self.assets, options, enough, self.report, go_on=go_on
        )
        found = yield from job
        self._keep(found.packed)
        return found

    def load(self, use: PhotoUse, file: Path | None = None) -> Job[UsedPhoto]:
        """The photo that a start was found for; see `photo_copies.load`."""
        return photo_copies.load(use, self.assets, self.opened().generator.info.resolution, file)

    @property
    def model(self) -> str:
        """Fingerprint of the open model."""
        return self.opened().generator.info.fingerprint

    def kept(self) -> Job[tuple[KeptSearch | None, KeptFit | None]]:
        """The search and the fit that were under way when the window went."""
        yield Step(0.1, "Looking for a search to go on with")
        return kept_search.waiting(self.model), kept_fit.waiting(self.model)

    def forget_search(self, model: str) -> Job[None]:
        """Nobody wants the search that is kept of a model any more."""
        kept_search.forget(model)
        return
        yield

    def forget_fit(self, model: str) -> Job[None]:
        """Nobody wants the fit that is kept of a model any more."""
        kept_fit.forget(model)
        return
        yield

    def _keep(self, array: Array) -> None:
        """Put bytes (n,) on the disk here: a document that names them may be written at once.

        What can't be written now is tried again with the document, which complains then.
        """
        with contextlib.suppress(FileError, ResourceError):
            self.assets.save({self.assets.put(array)})
