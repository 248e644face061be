"""The steps of a set-up, each with a key: everything its outcome depends on.

A step whose key stands in the stamp is done; another key means doing it again. So a changed pin,
another Python, a new graphics card, a moved clone or a wish for the test tools each cost just
the steps they touch.
"""

import hashlib
import sys
from dataclasses import dataclass
from pathlib import Path

from . import machine
from .layout import Layout


@dataclass(frozen=True)
class Step:
    """One line of the stamp, with the words the progress line uses for it."""

    name: str
    title: str
    key: str


def steps(layout: Layout, build: str, dev: bool) -> list[Step]:
    """What must be true of the environment, in the order in which it is made so."""
    runtime, place = digest(layout.runtime_pins), str(layout.root)
    wanted = [
        Step("python", "environment", layout.interpreter() or "none"),
        Step("packages", "packages", runtime),
        Step("torch", "torch", f"{torch_pin(layout)} {build}"),
    ]
    if dev:
        wanted.append(Step("dev", "test tools", digest(layout.dev_pins)))
    wanted.append(Step("project", "LatentStudio itself", f"{digest(layout.project)} {place}"))
    wanted.append(Step("place", "start scripts", place))
    return wanted


def build_for(pin: str, driver: int) -> machine.TorchBuild:
    """The build of torch for the running system."""
    return machine.torch_build(sys.platform, driver, pin)


def digest(path: Path) -> str:
    """A short hash of a file's content, whatever its line ends."""
    return hashlib.sha256(path.read_bytes().replace(b"\r\n", b"\n")).hexdigest()[:16]


def pins(path: Path) -> list[str]:
    """The requirements in a lock file, without comments."""
    lines = (line.strip() for line in path.read_text(encoding="utf-8").splitlines())
    return [line for line in lines if line and not line.startswith(("#", "-"))]


def name_of(pin: str) -> str:
    """numpy==2.4.6; python_version < "3.12" → numpy."""
    return pin.split("==")[0].strip()


def torch_pin(layout: Layout) -> str:
    """The lock's line for torch, torch==X; which build of it is the machine's matter."""
    return next(pin for pin in pins(layout.runtime_pins) if name_of(pin) == "torch")
