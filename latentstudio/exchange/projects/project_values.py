"""``project.json``: the values of a project, checked, and how older formats get there."""

from typing import Annotated, Any

import msgspec
from msgspec import Meta, Struct

from latentstudio import __version__
from latentstudio.core.errors import ProjectError
from latentstudio.core.formats import NewerFormatError, StoredFormat
from latentstudio.document.direction import DirectionSet, ModelKey
from latentstudio.exchange.projects import step_values
from latentstudio.exchange.projects.project import ModelRef, Project

PROJECT = StoredFormat(1)
"""Of the values; the documents in them say a format of their own."""

_Text = Annotated[str, Meta(max_length=500, pattern=r"^[^\x00-\x08\x0b-\x1f\x7f]*\Z")]
_Path = Annotated[str, Meta(max_length=4096, pattern=r"^[^\x00-\x1f\x7f]*\Z")]
_Digest = Annotated[str, Meta(pattern=r"^([0-9a-f]{64})?\Z")]
_Dim = Annotated[int, Meta(gt=0, le=1_000_000)]


class NewerProjectError(ProjectError, NewerFormatError):
    """A project was written by a newer LatentStudio; it is sound and stays where it is."""


class Model(Struct, frozen=True):
    """The model of a project."""

    path: _Path
    name: _Text
    fingerprint: _Text
    family: _Text
    resolution: Annotated[int, Meta(ge=0, le=65_536)]
    dims: dict[_Text, _Dim]
    reading: dict[_Text, bool | int | float | _Text | None] = {}


class Values(Struct, frozen=True):
    """All of ``project.json`` but format and program; steps are checked by `step_values`."""

    model: Model
    steps: dict[str, Any]
    pixels: _Digest = ""
    saved: Annotated[float, Meta(ge=0, le=1e12)] = 0.0


def encode(project: Project) -> bytes:
    """The values of a project as JSON that a person can read."""
    ref, key = project.model, project.model.key
    model = Model(
        ref.path,
        ref.name,
        key.fingerprint,
        key.family,
        key.resolution,
        dict(key.dims),
        dict(ref.reading),
    )
    values = Values(model, step_values.to_values(project.steps), project.pixels, project.saved)
    return msgspec.json.encode(PROJECT.stamped(msgspec.to_builtins(values)))


def decode(data: bytes, directions: DirectionSet | None, name: str) -> Project:
    """A project without its arrays and preview.

    Args:
        data: JSON of this format or any earlier one.
        directions: Those that came with it, or None for none.
        name: The file's name, for messages.

    Raises:
        ProjectError: No JSON, a wrong or missing value, or from a newer LatentStudio.
    """
    try:
        found = msgspec.json.decode(data)
        values = msgspec.convert(PROJECT.upgraded(found, name), Values)
        steps = step_values.from_values(values.steps, name)
    except NewerFormatError as error:
        raise NewerProjectError(str(error)) from error
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise ProjectError(f"{name} isn't a readable project: {_why(error)}.") from error
    model = values.model
    key = ModelKey(model.fingerprint, model.family, model.resolution, dict(model.dims))
    return Project(
        steps,
        ModelRef(model.path, model.name, key, model.reading),
        directions or DirectionSet(key, ()),
        pixels=values.pixels,
        saved=values.saved,
        program=_program(found),
    )


def _program(found: dict[str, Any]) -> str:
    said = found.get("program")
    return said if isinstance(said, str) and said.isprintable() and len(said) < 40 else __version__


def _why(error: Exception) -> str:
    """A reader's complaint as the end of a sentence, short and without control characters."""
    if isinstance(error, RecursionError):
        return "it is nested too deeply"
    said = str(error).replace("`", "").replace(" - at $.", " at ").replace(" - at $", "")
    return f"it says {ascii(said)[1:-1][:200]}"
