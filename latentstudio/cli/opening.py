"""Opens a model for a command, and names a plugin that ended the program at that before."""

from typing import TYPE_CHECKING

from latentstudio.cli.progress import drive, note
from latentstudio.core import attempts

if TYPE_CHECKING:
    from latentstudio.engine.generator import Generator


def opened(ref: str, device: str) -> "Generator":
    """The model that is asked for.

    Args:
        ref: A file, a folder, or the name of a model.
        device: As `--device` gives it.

    Raises:
        LatentStudioError: There is no such model, or it can't be read.
    """
    from latentstudio.session.models import open_model

    for earlier in attempts.unfinished("command"):
        if earlier.id == ref and earlier.plugin:
            note(
                f"The program ended without a word when a command last opened {ref} with the "
                f"plugin {earlier.plugin}. If it ends again, switch that plugin off: "
                "plugins disable ID."
            )
    attempt = attempts.begin(attempts.Attempt(kind="command", id=ref))
    try:
        return drive(open_model(ref, device), "Opening the model")
    finally:
        attempt.done()
