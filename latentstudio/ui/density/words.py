"""The density panel's sentences and numbers."""

import math

from latentstudio.core.marked import marked
from latentstudio.core.reading import Reading, ReferenceCurve
from latentstudio.document.state import Picture
from latentstudio.ui.widgets.meter import state_words
from latentstudio.ui.widgets.sentences import shown
from latentstudio.ui.widgets.words import fixed, grouped, tr


def sentence(reading: Reading) -> str:
    """Which side of the shell, and how far: ``Outer side: farther out than 86 of 100``."""
    inner = reading.percentile < 50
    if reading.state == "off":
        if not reading.one_in:
            return tr("No sample lies this far out.")
        words = shown(_RARE_IN if inner else _RARE)
        return words.replace("%1", grouped(reading.one_in))
    share = 100 - reading.percentile if inner else reading.percentile
    hundred = str(min(99, math.floor(share)))
    if reading.side == "typical":
        words = shown(_MIDDLE_IN if inner else _MIDDLE_OUT)
    else:
        words = shown(_INNER if inner else _OUTER)
    return words.replace("%1", hundred)


_RARE_IN = marked("About 1 in %1 samples lies this far in.")
_RARE = marked("About 1 in %1 samples lies this far out.")
_OUTER = marked("Outer side: farther out than %1 of 100 samples.")
_INNER = marked("Inner side: closer in than %1 of 100 samples.")
_MIDDLE_OUT = marked("In the middle: farther out than %1 of 100 samples.")
_MIDDLE_IN = marked("In the middle: closer in than %1 of 100 samples.")


def verdict(reading: Reading) -> str:
    """What is announced: ``Too far. About 1 in 900 samples …``."""
    return f"{state_words(reading.state)}. {sentence(reading)}"


def snap_words(reading: Reading, curve: ReferenceCurve, picture: Picture) -> tuple[str, bool]:
    """The line beside Snap back, and whether there is anything to snap."""
    if reading.state == "on" or curve.flat:
        return tr("Already inside"), False
    if not picture.active():
        return tr("This start lies here by itself"), False
    low, high = curve.shell
    # Rounded inward: the promise is a place on the shell.
    outer = reading.coordinate > high
    end = math.floor(high * 10) / 10 if outer else math.ceil(low * 10) / 10
    return tr("Back to %1, same walk").replace("%1", fixed(end, 1)), True


def numbers(
    reading: Reading | None, start: Reading | None, curve: ReferenceCurve
) -> list[tuple[str, str]]:
    """Label and value pairs: the plot in figures."""
    space = curve.space.value.upper()
    if curve.flat:
        return [(tr("Reference"), tr("%1, where distance has no effect").replace("%1", space))]
    shell = tr("%1 to %2").replace("%1", fixed(curve.shell[0], 2))
    samples = tr("%1 samples of %2").replace("%1", grouped(curve.samples)).replace("%2", space)
    now, percentile = "–", "–"
    if reading is not None:
        places = [fixed(r.coordinate, 2) for r in (reading, start) if r is not None]
        now, percentile = ", ".join(places), fixed(reading.percentile, 1)
    return [
        (tr("Distance now, at start"), now),
        (tr("Shell, 95 % of samples"), shell.replace("%2", fixed(curve.shell[1], 2))),
        (tr("Percentile"), percentile),
        (tr("Reference"), samples),
    ]


def flat_words(curve: ReferenceCurve) -> str:
    """Why a model is always on its shell."""
    return tr("This model ignores how far out a start lies, so no walk can leave the shell.")


def plot_words(reading: Reading | None, curve: ReferenceCurve) -> str:
    """The histogram for a screen reader."""
    low, high = curve.shell
    words = tr("Histogram of the %1. The shell goes from %2 to %3.").replace(
        "%1", shown(curve.words)
    )
    words = words.replace("%2", fixed(low, 1)).replace("%3", fixed(high, 1))
    if reading is None:
        return words
    now = tr("Now %1.").replace("%1", fixed(reading.coordinate, 1))
    return f"{words} {now}"
