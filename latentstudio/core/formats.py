"""Format numbers of stored files, and pure upgrades from every older one.

A file says its format, and which LatentStudio wrote it. What an older program wrote is brought
up one format at a time, by functions that change plain values and touch no file; what a newer one
wrote is refused with the version to get.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from latentstudio import __version__
from latentstudio.core.errors import FileError

Json = dict[str, Any]
Upgrade = Callable[[Json], Json]

FORMAT, PROGRAM = "format", "program"
"""Names of the two values that every stored file has."""
_LONGEST_VERSION = 40


class NewerFormatError(FileError):
    """A file was written by a newer LatentStudio; it is sound and stays where it is."""


@dataclass(frozen=True, slots=True)
class StoredFormat:
    """How one kind of file is stored.

    Attributes:
        number: The format written now.
        upgrades: From each older format, a function that gives the next one's values.
        first: The format of files that don't say theirs; None where each has to.
    """

    number: int
    upgrades: Mapping[int, Upgrade] = field(default_factory=lambda: MappingProxyType({}))
    first: int | None = None

    def stamped(self, values: Mapping[str, Any]) -> Json:
        """Values with the format and the program's version, as they are written."""
        return {FORMAT: self.number, PROGRAM: __version__, **values}

    def upgraded(self, found: Any, name: str) -> Json:
        """Bring what was read to the format of today.

        Args:
            found: Decoded JSON.
            name: The file, as the start of a sentence.

        Returns:
            The values, without format and program.

        Raises:
            NewerFormatError: It was written by a newer LatentStudio.
            ValueError: It is no such file: no JSON object, or a format that never was.
        """
        if not isinstance(found, dict):
            raise ValueError("it holds something else")
        number = found.get(FORMAT, self.first)
        if type(number) is not int or number < (1 if self.first is None else self.first):
            raise ValueError("it names no format")
        if number > self.number:
            raise NewerFormatError(newer(name, found.get(PROGRAM)))
        values = {key: value for key, value in found.items() if key not in (FORMAT, PROGRAM)}
        for step in range(number, self.number):
            values = self.upgrades[step](values)
        return values


def newer(name: str, program: object = None) -> str:
    """The sentence for a file of a format that is not known yet.

    Args:
        name: The file, as the start of a sentence.
        program: What the file says of the version that wrote it.
    """
    said = program if isinstance(program, str) and len(program) <= _LONGEST_VERSION else ""
    if not said or not said.isprintable():
        return f"{name} was made by a newer LatentStudio. Update to open it."
    return f"{name} was made by a newer LatentStudio. Update to {said} or later to open it."


def unchanged(values: Json) -> Json:
    """The upgrade between two formats that differ in their number only."""
    return values
