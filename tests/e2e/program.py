"""Starts the real program, as `python -m latentstudio` does, with hands on its window.

    python -m tests.e2e.program SCRIPT FOLDER

SCRIPT is a function of `tests.e2e.scripts`, or MODULE.FUNCTION of `tests.e2e`; what it returns is
written to FOLDER/report.json, together with what was noted on the way: when the window was shown
and first painted, when the first live picture came, and whether torch had been imported by then.
Seconds count from the start of the process.
"""

import importlib
import json
import sys
import time
import traceback
from pathlib import Path

from PySide6.QtCore import QEvent, QObject, QTimer

BEGAN = time.time()


def process_began():
    """When this process was started, by the system's clock; now where that isn't known."""
    try:
        ticks = float(Path("/proc/self/stat").read_text().rsplit(")", 1)[1].split()[19])
        up = float(Path("/proc/uptime").read_text().split()[0])
    except OSError:
        return BEGAN
    import os

    return time.time() - up + ticks / os.sysconf("SC_CLK_TCK")


class Notes(QObject):
    """Notes the first show, the first paint of the canvas and the first live picture."""

    def __init__(self, window):
        super().__init__(window)
        self.since = process_began()
        self.facts = {"shown": self.now(), "torch_when_shown": "torch" in sys.modules}
        window.canvas.view.viewport().installEventFilter(self)
        window.client.previews.frame_ready.connect(self._live)
        window.client.models.engine_ready.connect(lambda: self.facts.update(engine=self.now()))

    def now(self):
        return time.time() - self.since

    def eventFilter(self, watched, event):
        if event.type() == QEvent.Type.Paint and "painted" not in self.facts:
            self.facts["painted"] = self.now()
            self.facts["torch_when_painted"] = "torch" in sys.modules
            self.facts[
                "picture_when_painted"
            ] = not self.parent().canvas.stage.after.pixmap.isNull()
        return False

    def _live(self, _):
        self.facts.setdefault("live", self.now())


def main(script, folder):
    from latentstudio.app import main as program

    class Watched(program.MainWindow):
        def showEvent(self, event):
            super().showEvent(event)
            if not hasattr(self, "notes"):
                self.notes = Notes(self)
                QTimer.singleShot(0, lambda: play(self, script, folder))

    program.MainWindow = Watched
    sys.argv = ["latentstudio"]
    from latentstudio.__main__ import main as start

    return start()


def play(window, script, folder):
    """Run the script inside the program's own event loop, then close the window."""
    from tests.e2e.hands import Hands

    module, _, function = script.rpartition(".")
    report = {}
    try:
        scripts = importlib.import_module(f"tests.e2e.{module or 'scripts'}")
        report = getattr(scripts, function)(Hands(window), folder)
    except Exception:  # noqa: BLE001 - whatever it is, the test that waits must see it
        report = {"failed": traceback.format_exc()}
    finally:
        report = window.notes.facts | report
        (folder / "report.json").write_text(json.dumps(report), encoding="utf-8")
        window.close()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], Path(sys.argv[2])))
