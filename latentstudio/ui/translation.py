"""The window in another language, from files that `packaging/translations` makes."""

import json
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QLocale, QTranslator

from latentstudio.ui.widgets import sentences

NAME = "latentstudio"


def speak(folder: Path, locale: QLocale) -> QTranslator | None:
    """Use the translation for a locale, before the first widget is made.

    Args:
        folder: Holds ``latentstudio_de.qm`` and ``latentstudio_de.json``, the templates of
            sentences that come from below the window.
        locale: The artist's; ``de_AT`` also finds ``de``.

    Returns:
        What is installed, or None where there is none: the window then speaks English.
    """
    app = QCoreApplication.instance()
    translator = QTranslator(app)
    if app is None or not translator.load(locale, NAME, "_", str(folder)):
        return None
    templates = Path(translator.filePath()).with_suffix(".json")
    app.installTranslator(translator)
    sentences.learn(json.loads(templates.read_text(encoding="utf-8")))
    return translator


def languages(folder: Path) -> list[tuple[str, str]]:
    """The translations there are: code and the language's own name, ``("de", "Deutsch")``."""
    codes = sorted(path.stem.removeprefix(f"{NAME}_") for path in folder.glob(f"{NAME}_*.qm"))
    return [(code, QLocale(code).nativeLanguageName() or code) for code in codes]


def speak_english(translator: QTranslator) -> None:
    """Take a translation back; widgets that are there keep their words."""
    QCoreApplication.removeTranslator(translator)
    sentences.learn(())
