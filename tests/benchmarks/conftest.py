"""Benchmarks: run them with `python3 main.py test tests/benchmarks`; a plain run leaves them out.

They report medians and, since machines are busy, ratios measured side by side in one run. The
table at the end shows every figure with its goal; LATENTSTUDIO_BENCHMARKS=FILE.json keeps it.
"""

import json
import os
import platform
import time
from dataclasses import asdict, dataclass
from pathlib import Path

import pytest
from PySide6.QtTest import QTest

from latentstudio.app.main import open_window
from tests.e2e.conftest import warm_home  # noqa: F401 - a fixture
from tests.e2e.hands import Hands

HERE = Path(__file__).parent


@dataclass(frozen=True)
class Figure:
    """One measured number and the most it may be."""

    name: str
    value: float
    unit: str
    most: float | None = None

    @property
    def good(self):
        return self.most is None or self.value <= self.most


FIGURES = pytest.StashKey[list]()


def pytest_ignore_collect(collection_path, config):
    """Only a run that names the benchmarks collects them."""
    asked = [Path(str(a).split("::")[0]).resolve() for a in config.invocation_params.args]
    named = any(path == HERE or HERE in path.parents for path in asked)
    return None if named else True


@pytest.fixture
def studio(qapp, warm_home):  # noqa: F811
    """The window as a person opens it, with the built-in model."""
    window, wiring = open_window((), time.monotonic())
    hands = Hands(window, wiring)
    QTest.qWaitForWindowActive(window)
    wiring.start()
    hands.ready()
    yield hands
    window.close()
    wiring.stop()
    window.deleteLater()


@pytest.fixture
def figure(request):
    """Keeps a figure for the table; says whether it reaches its goal."""
    kept = request.config.stash.setdefault(FIGURES, [])

    def keep(name, value, unit, most=None):
        made = Figure(name, float(value), unit, most)
        kept.append(made)
        return made.good

    return keep


def pytest_terminal_summary(terminalreporter, config):
    figures = config.stash.get(FIGURES, [])
    if not figures:
        return
    load = os.getloadavg()[0] if hasattr(os, "getloadavg") else float("nan")
    terminalreporter.section("figures")
    terminalreporter.line(f"{machine()}, load {load:.1f} at the end")
    for one in figures:
        goal = "" if one.most is None else f"at most {one.most:g}"
        mark = "" if one.good else "  <- missed"
        terminalreporter.line(f"{one.name:<58} {one.value:>9.3f} {one.unit:<6} {goal}{mark}")
    record = {"machine": machine(), "load": load, "figures": [asdict(one) for one in figures]}
    target = os.environ.get("LATENTSTUDIO_BENCHMARKS")
    if target:
        Path(target).write_text(json.dumps(record, indent=1), encoding="utf-8")


def machine():
    """The processor, its cores, the system and Python."""
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
        cpu = next(line.split(":")[1].strip() for line in lines if line.startswith("model name"))
    except (OSError, StopIteration):
        cpu = platform.processor() or platform.machine()
    cores = os.cpu_count()
    return f"{cpu}, {cores} cores, {platform.system()}, Python {platform.python_version()}"
