"""The command line, killed on the way as by `kill -9`.

    python -m tests.e2e.killed MOMENT RANK STEP discover ...

MOMENT is ``step`` (in the middle of one) or ``save`` (in the middle of writing a state); RANK is
the process it happens to, where the launcher has started several.
"""

import os
import signal
import sys
from pathlib import Path

from latentstudio.cli.main import main
from latentstudio.discovery import processes
from latentstudio.discovery.state import RunState
from latentstudio.discovery.training import Trainer


def die():
    os.kill(os.getpid(), signal.SIGKILL)


def in_step(rank, number):
    """Die after the gradients, before anything is learned from them."""
    settle, advance = processes.average, Trainer.advance
    now = [0]

    def noting(self):
        now[0] = self.step
        return advance(self)

    def dying(tensors):
        if now[0] == number and processes.rank() == rank:
            die()
        settle(tensors)

    Trainer.advance, processes.average = noting, dying


def in_save(rank, number):
    """Die when half of a state is on the disk."""
    save, write = RunState.save, Path.write_bytes

    def saving(self, path):
        def half(target, data):
            write(target, data[: len(data) // 2])
            die()

        if self.step == number and processes.rank() == rank:
            Path.write_bytes = half
        save(self, path)

    RunState.save = saving


if __name__ == "__main__":
    {"step": in_step, "save": in_save}[sys.argv[1]](int(sys.argv[2]), int(sys.argv[3]))
    sys.exit(main(sys.argv[4:]))
