"""Numbers as the window writes and speaks them."""

import re

from PySide6.QtCore import QCoreApplication, QDateTime, QLocale

from latentstudio.document.start import Seed, Start

MINUS = "−"
NO_BREAK = "\u00a0"
_THOUSANDS = re.compile(r"(?<![\w.,])\d{1,3}(?:,\d{3})+(?![\w,]|\.\w)")


def tr(text: str, meaning: str = "") -> str:
    """Translate what the window says: always a literal text, so that lupdate finds it.

    Args:
        text: English, with %1, %2 … for values.
        meaning: Tells two uses of a word apart, where languages have two words.
    """
    return QCoreApplication.translate("", text, meaning or None)


def fixed(value: float, digits: int) -> str:
    """A number with so many digits behind the point: ``−0.10``, and no signed zero.

    All numbers of the window are written here, as the locale has them: its point, and its mark
    between thousands, which is a space where the system names no language.
    """
    text = _written(abs(value), "f", digits)
    return (MINUS if value < 0 and round(abs(value), digits) else "") + text


def plain(value: float, digits: int = 3) -> str:
    """A number with so many figures that count: ``0.25``, ``−1.5``, ``2``, ``30 000``."""
    size = abs(value)
    if size >= 10**digits:
        return fixed(value, 0)
    return (MINUS if value < 0 else "") + _written(size, "g", digits)


def signed(value: float, digits: int = 1) -> str:
    """An amount: ``+1.4``, ``−2.2``, ``0.0``, with a true minus and no signed zero."""
    text = fixed(value, digits)
    return "+" + text if value > 0 and round(value, digits) else text


def short(value: float) -> str:
    """A tick on a scale: ``−6``, ``0``, ``+2.5``."""
    text = plain(value, 4)
    return "+" + text if value > 0 else text


def spoken(value: float) -> str:
    """An amount for a screen reader: ``plus 1.4``, ``minus 2.2``, ``0``."""
    if not round(abs(value), 1):
        return "0"
    words = tr("plus %1") if value > 0 else tr("minus %1")
    return words.replace("%1", fixed(abs(value), 1))


def percent(share: float, digits: int = 0) -> str:
    """A share of 1 in percent: ``25 %``."""
    return f"{fixed(100 * share, digits)}{NO_BREAK}%"


def grouped(count: float) -> str:
    """A count with its thousands apart: ``20 000``. Seeds are names, and written as they are."""
    return fixed(round(count), 0)


def localised(sentence: str) -> str:
    """A sentence from below the window, its large numbers as the window writes them."""
    return _THOUSANDS.sub(lambda found: grouped(int(found[0].replace(",", ""))), sentence)


def _written(size: float, form: str, digits: int) -> str:
    locale = QLocale()
    if locale.language() != QLocale.Language.C:
        return locale.toString(float(size), form, digits).replace("E", "e")
    english = QLocale(QLocale.Language.English, QLocale.Country.UnitedStates)
    return english.toString(float(size), form, digits).replace(",", NO_BREAK).replace("E", "e")


def size_words(count: int) -> str:
    """Bytes in words: ``12.8 MB``, ``1.3 GB``."""
    mega = count / 1e6
    if mega >= 1000:
        return f"{fixed(mega / 1000, 1)}{NO_BREAK}GB"
    return f"{fixed(mega, 1 if mega < 100 else 0)}{NO_BREAK}MB"


def sides_words(size: tuple[int, int]) -> str:
    """The size of a picture, given as height and width: ``48 × 32`` is 48 wide, on one line."""
    height, width = size
    return f"{width} × {height}".replace(" ", NO_BREAK)


def parse_number(text: str) -> float | None:
    """A typed number, or None: as the locale has it, or with a point or comma, and spaces."""
    plain = "".join(text.replace(MINUS, "-").split())
    value, known = QLocale().toDouble(plain)
    if not known:
        try:
            value = float(plain.replace(",", "."))
        except ValueError:
            return None
    # NaN and infinity are words that float() knows, not numbers that a person means.
    return value if abs(value) < float("inf") else None


def layer_words(layers: tuple[int, int] | None) -> str:
    """Which layers something applies to: ``layers 0–3``, ``layer 2`` or ``whole image``."""
    if layers is None:
        return tr("whole image")
    first, last = layers
    if first == last:
        return tr("layer %1").replace("%1", str(first))
    return tr("layers %1–%2").replace("%1", str(first)).replace("%2", str(last))


def moment(seconds: float) -> str:
    """A moment as the locale writes it: ``14:02``, or with its day where that is not today.

    Args:
        seconds: Since 1970.
    """
    when = QDateTime.fromSecsSinceEpoch(round(seconds))
    short = QLocale.FormatType.ShortFormat
    if when.date() == QDateTime.currentDateTime().date():
        return QLocale().toString(when.time(), short)
    return QLocale().toString(when, short)


def start_words(start: Start) -> str:
    """What a picture starts from: ``Seed 591``, or ``Own latent``."""
    if isinstance(start, Seed):
        return tr("Seed %1").replace("%1", str(start.seed))
    return tr("Own latent")


def start_word(start: Start) -> str:
    """The same as a part of a file's name: ``591`` or ``latent``."""
    return str(start.seed) if isinstance(start, Seed) else "latent"
