"""Latents of pictures from a file, as the window opens them: each becomes a picture."""

from pathlib import Path

from latentstudio.core.progress import Job
from latentstudio.engine.generator import Generator
from latentstudio.exchange.vector_files import placed_latents, read_latents
from latentstudio.render.pipeline import Pipeline
from latentstudio.session.latent_messages import MOST, LatentPictures


def read(path: Path, generator: Generator) -> Job[LatentPictures]:
    """Read a file's latents and check that they fit the model.

    Raises:
        FileError: It can't be read, or holds no latents.
        OptionError: They don't fit the model, or are not finite.
    """
    array, said = yield from read_latents(path)
    placed, space = placed_latents(array, None, said, generator.info)
    checked = Pipeline(generator).checked(placed, space)
    return LatentPictures(path.name, tuple(checked[:MOST]), space, len(checked))
