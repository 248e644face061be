"""The state of a run, beside the preset that it will write."""

import contextlib
from pathlib import Path
from typing import TYPE_CHECKING

from latentstudio.cli.progress import note
from latentstudio.core.errors import FileError
from latentstudio.core.files import read_file

if TYPE_CHECKING:
    import torch

    from latentstudio.discovery.state import RunState

ENDING = ".state"


class KeptRun:
    """``faces.lpreset.state`` beside ``faces.lpreset``, while the run isn't finished.

    Args:
        output: Where the preset goes.
    """

    def __init__(self, output: Path) -> None:
        self.path = output.with_name(output.name + ENDING)

    def begin(self, resume: bool, device: "torch.device") -> "RunState | None":
        """Where an earlier run was, or None to start from the beginning.

        Where several processes learn together, the first one's file counts for all.

        Args:
            resume: Go on with it; otherwise it is moved aside.
            device: Where processes exchange tensors.

        Raises:
            FileError: It can't be read, or can't be moved.
        """
        from latentstudio.discovery import processes
        from latentstudio.discovery.state import RunState

        data = self._read(resume) if processes.rank() == 0 else None
        data = processes.shared(data, device)
        try:
            return None if data is None else RunState.from_bytes(data)
        except ValueError as error:
            raise FileError(
                f"{self.path.name} is not the saved state of a run. Start again without --resume."
            ) from error

    def sentence(self) -> str:
        """How an interrupted run goes on; empty where nothing was kept."""
        return f"The run is kept in {self.path}: --resume goes on." if self.path.is_file() else ""

    def end(self) -> None:
        """The preset is written, so the state isn't needed any more."""
        with contextlib.suppress(OSError):
            self.path.unlink(missing_ok=True)

    def _read(self, resume: bool) -> bytes | None:
        self._sweep()
        try:
            if not self.path.is_file():
                return None
            if resume:
                return read_file(self.path)
            aside = self.path.with_name(self.path.name + ".old")
            self.path.replace(aside)
        except OSError as error:
            raise FileError(f"{self.path} can't be read or moved. Look at its folder.") from error
        note(
            f"An interrupted run is kept as {aside.name}. To go on with it, rename it to "
            f"{self.path.name} and add --resume."
        )
        return None

    def _sweep(self) -> None:
        """Remove what a killed program was writing: a state can be large."""
        for left in self.path.parent.glob(f".{self.path.name}.*.tmp"):
            with contextlib.suppress(OSError):
                left.unlink()
