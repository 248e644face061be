"""Numbers as the window writes and speaks them."""

from PySide6.QtCore import QCoreApplication, QDateTime, QLocale

from latentstudio.document.start import Seed, Start

MINUS = "−"
NO_BREAK = "\u00a0"


def tr(text: str, meaning: str = "") -> str:
    """Translate what the window says: always a literal text, so that lupdate finds it.

    Args:
        text: English, with %1, %2 … for values.
        meaning: Tells two uses of a word apart, where languages have two words.
    """
    return QCoreApplication.translate("", text, meaning or None)


def signed(value: float, digits: int = 1) -> str:
    """An amount: ``+1.4``, ``−2.2``, ``0.0``, with a true minus and no signed zero."""
    text = f"{abs(value):.{digits}f}"
    if not float(text):
        return text
    return ("+" if value > 0 else MINUS) + text


def short(value: float) -> str:
    """A tick on a scale: ``−6``, ``0``, ``+2.5``."""
    text = f"{abs(value):.4g}"
    if not float(text):
        return "0"
    return ("+" if value > 0 else MINUS) + text


def spoken(value: float) -> str:
    """An amount for a screen reader: ``plus 1.4``, ``minus 2.2``, ``0``."""
    text = f"{abs(value):.1f}"
    if not float(text):
        return "0"
    return (tr("plus %1") if value > 0 else tr("minus %1")).replace("%1", text)


def plain(value: float, digits: int = 3) -> str:
    """A number with so many figures that count: ``0.25``, ``−1.5``, ``2``."""
    text = f"{abs(value):.{digits}g}"
    return (MINUS if value < 0 and float(text) else "") + text


def fixed(value: float, digits: int) -> str:
    """A number with so many digits behind the point: ``−0.10``."""
    text = f"{abs(value):.{digits}f}"
    return (MINUS if value < 0 and float(text) else "") + text


def percent(share: float) -> str:
    """A share of 1 in percent: ``25 %``."""
    return f"{share * 100:.0f}{NO_BREAK}%"


def grouped(count: int) -> str:
    """A count with its thousands apart: ``20 000``."""
    return f"{count:,}".replace(",", NO_BREAK)


def size_words(count: int) -> str:
    """Bytes in words: ``12.8 MB``, ``1.3 GB``."""
    mega = count / 1e6
    if mega >= 1000:
        return f"{mega / 1000:.1f}{NO_BREAK}GB"
    return f"{mega:.1f}{NO_BREAK}MB" if mega < 100 else f"{mega:.0f}{NO_BREAK}MB"


def sides_words(size: tuple[int, int]) -> str:
    """The size of a picture, given as height and width: ``48 × 32`` is 48 wide, on one line."""
    height, width = size
    return f"{width} × {height}".replace(" ", NO_BREAK)


def parse_number(text: str) -> float | None:
    """A typed number, or None. Takes a true minus, a comma for a point, spaces and ``±``."""
    plain = text.replace(MINUS, "-").replace(",", ".").removeprefix("±")
    plain = "".join(plain.split())
    try:
        value = float(plain)
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
