"""The real program, edited from its own timer, with a diary of what was edited when.

    python -m tests.soak.editor DIARY [--every MS] [--saves FOLDER] [--run] [--seconds S]

Each line of the diary is the number of an edit (the picture's seed) and the monotonic clock when it
began. It is written when the edit has been made: one that a kill cut off is nobody's work yet.
"""

import argparse
import os
import sys
import time
from pathlib import Path

from PySide6.QtCore import QObject, QTimer

FIRST = 1_000
"""Seeds of edits start here, so that they are told from a document nobody has edited."""


PROJECT = "work.lstudio"


class Editor(QObject):
    """Edits the open window steadily, and saves in every way now and then."""

    def __init__(self, window, options):
        super().__init__(window)
        self.window, self.options = window, options
        self.number = FIRST
        self.diary = Path(options.diary).open("a", buffering=1)  # noqa: SIM115 - until it ends
        self.timer = QTimer(self, interval=options.every)
        self.timer.timeout.connect(self.edit)
        self.ways = [self.picture, self.project, self.preset, self.project, self.settings]
        self.saved = Path(f"{options.diary}.saved").open("a", buffering=1)  # noqa: SIM115
        window.client.projects.saved.connect(self.note_saved)
        window.client.previews.drawn.connect(self.note_picture)
        self.pictures = 0
        if window.history.document.fingerprint:
            self.timer.start()  # as a second start: edits begin before the engine is there
        else:
            window.client.models.model_opened.connect(lambda _: self.timer.start())
        if options.run:
            window.client.directions.directions_ready.connect(self.run)
        if options.seconds:
            QTimer.singleShot(1000 * options.seconds, window.close)

    def note_picture(self, _):
        self.pictures += 1

    def edit(self):
        from latentstudio.document import commands

        self.number += 1
        began = time.monotonic()
        history, board = self.window.history, self.window.left.board
        if board.directions and self.number % 5 == 0:
            ids = [direction.id for direction in board.directions]
            amount = (self.number % 40 - 20) / 10
            history.do(commands.set_amount(ids[self.number // 5 % 8], amount))
        history.do(commands.set_seed(self.number))
        self.diary.write(f"{self.number} {began:.4f} {self.pictures}\n")
        if self.options.saves and self.number % 6 == 0:
            self.ways[self.number // 6 % len(self.ways)]()

    def picture(self):
        client, picture = self.window.client, self.window.history.document.picture
        if self.window.model is not None:
            kind = ("png", "webp")[self.number // 30 % 2]
            client.files.save_picture(picture, str(Path(self.options.saves, f"picture.{kind}")))

    def project(self):
        if self.window.model is not None:
            self.window.parts.projects.save_to(Path(self.options.saves, PROJECT))

    def note_saved(self, asked):
        """What the window calls saved must be on the disk from here on."""
        self.saved.write(f"{asked.steps.document.picture.seed}\n")

    def preset(self):
        from latentstudio.session.preset_messages import Draft

        document = self.window.history.document
        if self.window.model is not None and document.picture.edits:
            path = Path(self.options.saves, "directions.lpreset")
            ids = tuple(edit.direction for edit in document.picture.edits)
            self.window.client.presets.save(document, Draft("directions", ids), str(path))

    def settings(self):
        scale = (100, 110, 125)[self.number // 30 % 3]
        self.window.preferences.change(text_scale=scale)

    def run(self, _=None):
        self.window.client.directions.directions_ready.disconnect(self.run)
        self.window.client.runs.start_run("dp-lase", {"steps": 100_000}, 0)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("diary")
    parser.add_argument("--every", type=int, default=50)
    parser.add_argument("--saves", default="")
    parser.add_argument("--run", action="store_true")
    parser.add_argument("--seconds", type=int, default=0)
    options = parser.parse_args()
    from latentstudio.app import main as program
    from latentstudio.session import runs

    runs.CHECKPOINT_SECONDS = float(os.environ.get("SOAK_CHECKPOINT", "1"))
    open_window = program.open_window

    def watched(files, began):
        window, wiring = open_window(files, began)
        window.editor = Editor(window, options)
        return window, wiring

    program.open_window = watched
    return program.main(())


if __name__ == "__main__":
    sys.exit(main())
