"""Sentences that come from below the window, in the language of the window.

Errors, notices, steps of jobs, options and undo labels are English and have their values filled
in: they also go to logs, to other processes and to disk. With a translation come the templates
they were made from (`packaging/translations`); a sentence is recognised by its template.
"""

import re
from collections.abc import Iterable
from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication

from latentstudio.ui.widgets.words import localised

if TYPE_CHECKING:
    from latentstudio.workers.job_list import JobInfo

CONTEXT = "sentences"
_VALUE = re.compile(r"%(\d+)")
_ENDS = re.compile(r"(?<=[.!?]) ")
_templates: list[tuple[re.Pattern[str], str]] = []


def learn(templates: Iterable[str]) -> None:
    """Templates of the language in use, values %1, %2 …; replaces those known before."""
    telling = [text for text in set(templates) if _VALUE.search(text) and _letters(text)]
    telling.sort(key=lambda text: (-_letters(text), text))
    _templates[:] = [(_pattern(text), text) for text in telling]
    shown.cache_clear()


@lru_cache(maxsize=1000)
def shown(text: str) -> str:
    """A text from below the window, translated as far as it is known; else as it stands.

    Numbers in it are written as the window writes them.
    """
    return localised(_translated(text))


def _translated(text: str) -> str:
    exact = QCoreApplication.translate(CONTEXT, text)
    if exact != text or not _templates:
        return exact
    parts = _ENDS.split(text)
    if len(parts) > 1:  # several sentences, such as an error and its hint
        known = [_known(part) for part in parts]
        if None not in known:
            return " ".join(part for part in known if part)
    whole = _known(text)
    if whole is None and len(parts) > 1:
        return " ".join(one or part for one, part in zip(known, parts, strict=True))
    return whole or text


def _known(text: str) -> str | None:
    exact = QCoreApplication.translate(CONTEXT, text)
    if exact != text:
        return exact
    for pattern, template in _templates:
        found = pattern.fullmatch(text)
        if found:
            values = [shown(value) for value in found.groups()]
            return filled(QCoreApplication.translate(CONTEXT, template), *values)
    name, colon, rest = text.partition(": ")  # `core.texts.about`
    known = _known(rest) if colon else None
    return None if known is None else f"{name}: {known}"


def in_words(job: "JobInfo") -> "JobInfo":
    """A job whose title, step and failure are in the language of the window."""
    title, message, sentence = shown(job.title), shown(job.message), shown(job.sentence)
    return replace(job, title=title, message=message, sentence=sentence)


def filled(template: str, *values: str) -> str:
    """%1, %2 … replaced, whatever the values hold."""

    def value(place: re.Match[str]) -> str:
        number = int(place[1])
        return values[number - 1] if 0 < number <= len(values) else place[0]

    return _VALUE.sub(value, template)


def _pattern(template: str) -> re.Pattern[str]:
    parts = _VALUE.split(template)
    words = [re.escape(part) if place % 2 == 0 else "(.*?)" for place, part in enumerate(parts)]
    return re.compile("".join(words), re.DOTALL)


def _letters(template: str) -> int:
    return sum(letter.isalpha() for letter in _VALUE.sub("", template))
