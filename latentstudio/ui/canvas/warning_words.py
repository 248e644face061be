"""What the warning says: which side, what leads there, and what was measured of such places.

`docs/figures/density.md` has the measurements behind the last: out there more pictures are broken
than on the shell, but most are not; inside most are sound, too, and a twentieth nearer each other.
"""

from latentstudio.render.messages import Frame
from latentstudio.ui.widgets.words import grouped, tr


def title(frame: Frame) -> str:
    """Which side of the shell the picture is on."""
    if frame.reading is not None and frame.reading.percentile < 50:
        return tr("Too far in: hardly any sample lies so close to the middle")
    return tr("Too far out: hardly any sample lies here")


def sentence(frame: Frame, carrier: str) -> str:
    """Who carries it, how rare it is, and what to expect of the picture.

    Args:
        frame: The picture, its reading too far.
        carrier: Name of the edit that leads most of the way out, or empty.
    """
    parts = []
    if not frame.picture.active():
        parts.append(tr("This start lies here by itself, without any edit."))
    elif carrier:
        parts.append(tr("%1 carries most of it.").replace("%1", carrier))
    parts += [_rare(frame), _expected(frame)]
    return " ".join(part for part in parts if part)


def _rare(frame: Frame) -> str:
    reading = frame.reading
    if reading is None or not reading.one_in:
        return ""
    inner = reading.percentile < 50
    far_in = tr("About 1 in %1 samples lies this far in.")
    words = far_in if inner else tr("About 1 in %1 samples lies this far out.")
    return words.replace("%1", grouped(reading.one_in))


def _expected(frame: Frame) -> str:
    if frame.looks is not None and frame.looks.reliable:
        return {
            "sound": tr("The picture looks sound all the same."),
            "doubtful": tr("The picture looks doubtful."),
            "broken": tr("The picture looks broken."),
        }[frame.looks.state]
    if frame.reading is not None and frame.reading.percentile < 50:
        return tr("Most pictures in here look sound, and they are more alike than samples.")
    return tr("Most pictures out here look sound, but more are broken than on the shell.")
