"""The command line as one of several processes, of which the second is killed on the way.

torchrun --nproc_per_node=2 -m tests.e2e.killed_worker STEP discover ...
"""

import os
import signal
import sys

from latentstudio.cli.main import main
from latentstudio.discovery import processes
from latentstudio.discovery.training import Trainer


def killed_at(step):
    """Make the second process die in the middle of a step."""
    advance = Trainer.advance

    def dying(self):
        if processes.rank() == 1 and self.step == step:
            os.kill(os.getpid(), signal.SIGKILL)
        return advance(self)

    Trainer.advance = dying


if __name__ == "__main__":
    killed_at(int(sys.argv[1]))
    sys.exit(main(sys.argv[2:]))
