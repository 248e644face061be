"""Metadata for a saved picture: a line, and the recipe to make it again."""

import time
from dataclasses import replace

from latentstudio.document.assets import Assets
from latentstudio.document.direction import ModelKey
from latentstudio.document.history import Steps
from latentstudio.document.state import Document, Picture
from latentstudio.exchange.projects import ModelRef
from latentstudio.exchange.projects.project import gathered, pixels_digest
from latentstudio.exchange.projects.recipe import recipe_text
from latentstudio.export.metadata import MADE, PictureMetadata
from latentstudio.render.messages import Pixels
from latentstudio.session.opening import OpenModel, assumptions
from latentstudio.session.project_messages import MetadataChoice


def metadata_for(
    choice: MetadataChoice, picture: Picture, pixels: Pixels, model: OpenModel, assets: Assets
) -> PictureMetadata:
    """The texts for a picture of the open model; pixels are (height, width, 3 or 4)."""
    made = MADE if choice.made else ""
    if not choice.recipe:
        return PictureMetadata(made)
    info, origin = model.generator.info, model.origin
    chosen = assumptions(origin.guessed, model.generator).chosen
    ref = ModelRef(origin.ref, info.name, ModelKey.of(info), chosen)
    doc = Document(origin.ref, info.fingerprint, picture, choice.names)
    known = model.found.directions if model.found else ()
    project = gathered(Steps(doc), ref, known, assets)
    project = replace(project, pixels=pixels_digest(pixels), saved=float(int(time.time())))
    return PictureMetadata(made, recipe_text(project))
