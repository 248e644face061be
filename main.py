"""Start LatentStudio from a clone: the first run sets everything up, later runs just start.

    python3 main.py                the studio
    python3 main.py test [...]     every test; what follows goes to pytest
    python3 main.py COMMAND [...]  a command of the studio: inspect, render, discover, tour, ...

Needs Python 3.11 or newer and nothing else. The set-up itself is in packaging/environment.
"""

import sys

if sys.version_info < (3, 11):  # noqa: UP036 - an old Python must get as far as this sentence
    sys.stderr.write(
        "LatentStudio needs Python 3.11 or newer and this is {}.{}: install one from python.org "
        "or your system, then run main.py with it.\n".format(*sys.version_info[:2])
    )
    sys.exit(2)

from pathlib import Path

ROOT = Path(__file__).resolve().parent

if __name__ == "__main__":
    sys.path.insert(0, str(ROOT / "packaging"))
    from environment import start

    sys.exit(start.main(sys.argv[1:], ROOT))
