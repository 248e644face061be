"""How soon the window and the first live picture are there, against importing torch alone."""

import json
import os
import statistics
import subprocess
import sys
import time

from latentstudio.core import paths

RUNS = 5
MOST_SHOWN = 2.0  # s
MOST_AFTER_TORCH = 1.5  # s


def torch_alone():
    """Seconds from starting a process to having imported torch in it."""
    began = time.monotonic()
    subprocess.run([sys.executable, "-c", "import torch"], check=True, env=os.environ)
    return time.monotonic() - began


def program(folder):
    """What the program noted about its own start."""
    argv = [sys.executable, "-m", "tests.e2e.program", "first_picture", str(folder)]
    subprocess.run(argv, check=True, env=os.environ)
    return json.loads((folder / "report.json").read_text())


def test_a_warm_start(figure, warm_home, tmp_path):
    torch_alone()
    program(tmp_path)  # everything is in the disk's cache from here on, and a last picture
    assert (paths.data_dir() / "last.png").is_file()
    torch, reports = [], []
    for _ in range(RUNS):
        torch.append(torch_alone())
        reports.append(program(tmp_path))
    assert all(report["picture_when_painted"] for report in reports)
    assert not any(report["torch_when_shown"] for report in reports)
    shown, painted, engine, live = (
        statistics.median(report[name] for report in reports)
        for name in ("shown", "painted", "engine", "live")
    )
    after = statistics.median(r["live"] - t for r, t in zip(reports, torch, strict=True))
    figure("start: import torch alone", statistics.median(torch), "s")
    figure("start: the engine is there", engine, "s")
    figure("start: first live picture", live, "s")
    figure("start: window shown", shown, "s")
    good = figure("start: window painted, with a picture", painted, "s", MOST_SHOWN)
    soon = figure("start: first live picture after torch alone", after, "s", MOST_AFTER_TORCH)
    assert good
    assert soon
