"""A preset's directions for other programs, asked for by the window and the command line."""

from collections.abc import Callable
from pathlib import Path
from typing import Literal

from latentstudio.core.errors import OptionError
from latentstudio.core.progress import Job, Step
from latentstudio.document.direction import DirectionSet

Form = Literal["npy", "safetensors", "warpedganspace"]
FORMS: tuple[Form, ...] = ("npy", "safetensors", "warpedganspace")


def export(
    found: DirectionSet, form: Form, folder: Path, report: Callable[[str], object]
) -> Job[tuple[Path, ...]]:
    """Write directions as other programs read them.

    Args:
        found: The directions.
        form: An array for each space, tensors of one file, or WarpedGANSpace's experiment folder.
        folder: Where to; made if it is not there.
        report: Told, in a sentence, what the form can't hold.

    Returns:
        The files with the numbers, or the experiment folder.

    Raises:
        OptionError: There is nothing that the form can hold.
        FileError: The folder can't be written to.
        ResourceError: The disk is full.
    """
    yield Step(0.0, "Exporting directions")
    if not found.directions:
        raise OptionError("The preset holds no directions. Choose another one.")
    if form == "warpedganspace":
        from latentstudio.exchange.warpedganspace_files import export_folder

        if any(one.kind != "rbf" for one in found.directions):
            report("Only curved paths fit such a folder: the other directions are left out.")
        export_folder(found, folder)
        return (folder,)
    from latentstudio.exchange.presets.plain_files import left_out, write_plain

    written = write_plain(found, folder, form)
    if left_out(found, form):
        report(left_out(found, form))
    return written
