"""The table of families and formats; plugins add to it as the core does."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from latentstudio.core.errors import UnknownModelError
from latentstudio.core.registry import register
from latentstudio.engine.checkpoint import Checkpoint, Container
from latentstudio.engine.foreign import foreign_file
from latentstudio.engine.generator import Generator
from latentstudio.engine.records import Record
from latentstudio.generators.unknown_file import first_tensors
from latentstudio.generators.weights import Weights


@dataclass(frozen=True, slots=True)
class Family:
    """A kind of network.

    Attributes:
        id: Short name, for example ``stylegan2``.
        label: Name on screen.
        build: Makes the generator from canonical weights, a name and the fingerprint.
    """

    id: str
    label: str
    build: Callable[[Weights, str, str], Generator]


@dataclass(frozen=True, slots=True)
class Format:
    """One way people store a family.

    Attributes:
        family: Id of the family.
        label: What was recognised, for the model panel.
        recognise: Whether a checkpoint is of this format; looks, never converts.
        convert: Canonical weights of such a checkpoint.
        networks: Places of all such networks in a checkpoint, likeliest first, so that another
            than the first can be chosen; see `engine.contents`.
    """

    family: str
    label: str
    recognise: Callable[[Checkpoint], bool]
    convert: Callable[[Checkpoint], Weights]
    networks: Callable[[Checkpoint], Sequence[str]] = lambda checkpoint: ()


_families: dict[str, Family] = {}
_formats: list[tuple[int, Format]] = []


def add_family(family: Family) -> Callable[[], None]:
    """Register a family; call the result to take it back.

    Raises:
        ValueError: The id is taken.
    """
    return register(_families, family.id, family, "family")


def add_format(form: Format, rank: int = 0) -> Callable[[], None]:
    """Register a format; call the result to take it back.

    Args:
        form: The format.
        rank: Lower ones are asked first, so that nobody takes the core's files from it;
            within a rank the latest is asked first.
    """
    entry = (rank, form)
    place = next((i for i, (other, _) in enumerate(_formats) if other >= rank), len(_formats))
    _formats.insert(place, entry)
    return lambda: _formats.remove(entry) if entry in _formats else None


def family(id: str) -> Family:
    """The family of an id."""
    return _families[id]


def families() -> list[Family]:
    """All families known now."""
    return list(_families.values())


def find_format(checkpoint: Checkpoint) -> Format | None:
    """The format of a checkpoint, or None."""
    return next((form for _, form in tuple(_formats) if form.recognise(checkpoint)), None)


def is_script(content: object) -> bool:
    """Whether a file's values are those of a TorchScript program, whose code is left unread."""
    return isinstance(content, Record) and content.name.module.split(".")[0] == "__torch__"


def recognise(checkpoint: Checkpoint) -> Format:
    """The format of a checkpoint.

    Raises:
        UnknownModelError: It is of no family we know; says what was seen.
    """
    form = find_format(checkpoint)
    if form is not None:
        return form
    if checkpoint.container is Container.OTHER:
        known = foreign_file(checkpoint.path, checkpoint.content.head)
        raise UnknownModelError(known or f"{checkpoint.path.name} is not a model file.")
    if is_script(checkpoint.content):
        raise UnknownModelError(
            f"{checkpoint.path.name} is a TorchScript program of a network that we don't know. "
            "Export the network to ONNX where it was made, and open that."
        )
    known = ", ".join(family.label for family in families())
    seen = first_tensors(checkpoint.content) or "no tensors"
    raise UnknownModelError(
        f"{checkpoint.path.name} holds a model we don't know; it begins with {seen}. "
        f"Known families: {known}."
    )
