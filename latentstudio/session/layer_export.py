"""Exports a picture's layers, named by their edits, for paint programs."""

from collections.abc import Mapping
from pathlib import Path

from latentstudio.core.progress import Job, Step
from latentstudio.core.texts import one_line
from latentstudio.document.state import Edit, Picture
from latentstudio.export.images import resized
from latentstudio.export.layered import Layer, write_psd
from latentstudio.render.layers import PictureLayer, picture_layers
from latentstudio.render.renderer import Renderer


def save_layers(
    renderer: Renderer,
    picture: Picture,
    path: Path,
    names: Mapping[str, str],
    scale: int = 1,
    smooth: bool = True,
) -> Job[Path]:
    """Write the original, edits of the whole picture, and each masked edit with its mask.

    Args:
        renderer: Of the open model.
        picture: What the layers make together.
        path: Where to, ending in ``.psd``.
        names: Of directions, by id.
        scale: How many times larger.
        smooth: Smooth between pixels when it is enlarged.

    Raises:
        FileError: The folder cannot be written to.
        ResourceError: The disk is full.
    """
    yield Step(0.1, "Rendering the layers")
    found = picture_layers(renderer, picture)
    merged = resized(renderer.pixels(picture), scale, smooth)
    yield Step(0.6, "Writing")
    layers = [
        Layer(
            layer_name(one, names),
            resized(one.pixels, scale, smooth),
            None if one.mask is None else resized(one.mask, scale, smooth),
        )
        for one in found
    ]
    write_psd(layers, merged, path)
    return path


def layer_name(layer: PictureLayer, names: Mapping[str, str]) -> str:
    """What a layer is called: ``Original``, or its edits with their amounts."""
    if not layer.edits:
        return "Original"
    return ", ".join(_edit_name(edit, names) for edit in layer.edits)


def _edit_name(edit: Edit, names: Mapping[str, str]) -> str:
    return f"{one_line(names.get(edit.direction, edit.direction))} {edit.amount:+.1f}"
