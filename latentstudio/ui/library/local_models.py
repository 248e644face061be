"""Which models are on this computer, and what is known of each without opening it."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from latentstudio.engine.folder import model_in
from latentstudio.generators.builtin import builtin_models
from latentstudio.session.catalogue import Entry, catalogue
from latentstudio.store.model_facts import facts_of, thumb_path
from latentstudio.ui.model.words import built_in_titles
from latentstudio.ui.widgets.words import sides_words, size_words, tr


@dataclass(frozen=True, slots=True)
class LocalModel:
    """A model that can be opened.

    Attributes:
        ref: What to open: a name or a file.
        title: Its name on screen.
        facts: Family, side, size.
        where: The file, for the tooltip.
        thumb: A picture of its pictures, or None.
        there: The file is still there.
    """

    ref: str
    title: str
    facts: str
    where: str
    thumb: Path | None
    there: bool = True


def models_here(recent: Iterable[str]) -> list[LocalModel]:
    """Shipped and installed models, then files opened lately."""
    known = builtin_models()
    entries = {one.name: one for one in catalogue()}
    found = [_here(name, path, entries.get(name)) for name, path in known.items()]
    return found + [_here(ref, Path(ref)) for ref in recent if ref not in known]


def _here(ref: str, path: Path, entry: Entry | None = None) -> LocalModel:
    title = entry.title if entry else built_in_titles().get(ref, path.stem)
    if not path.exists():
        return LocalModel(ref, title, tr("The file is not there any more"), str(path), None, False)
    known = facts_of(path)
    file = model_in(path) or path
    size = size_words(file.stat().st_size)
    if known is None:
        kind = (
            _kind(entry.family, (entry.resolution, entry.resolution))
            if entry
            else tr("not opened yet")
        )
        return LocalModel(ref, title, f"{kind} · {size}", str(path), None)
    thumb = thumb_path(path)
    return LocalModel(
        ref,
        title,
        f"{_kind(known.title, known.size)} · {size}",
        f"{path}\n{known.recognised}",
        thumb if thumb.is_file() else None,
    )


def _kind(family: str, size: tuple[int, int]) -> str:
    return f"{family} · {sides_words(size)}"
