"""What has been done to the environment, in `.venv/set-up.json`.

Replaced atomically after every step, so it never says more than is true. `unfinished` names the
step that is at work: if it is still there on the next run, that step was cut off.
"""

import json
from dataclasses import dataclass, field
from pathlib import Path

FORMAT = 1


@dataclass
class Stamp:
    """The stamp in memory; every change is written at once."""

    path: Path
    done: dict[str, str] = field(default_factory=dict)
    unfinished: str = ""
    hint: str = ""
    build: str = ""

    @classmethod
    def read(cls, path: Path) -> "Stamp":
        """An unreadable stamp counts as none: the steps are then done once more."""
        try:
            stored = json.loads(path.read_text(encoding="utf-8"))
            if stored["format"] != FORMAT:
                return cls(path)
            texts = {name: str(stored[name]) for name in ("unfinished", "hint", "build")}
            done = {str(name): str(key) for name, key in stored["done"].items()}
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            return cls(path)
        return cls(path, done, **texts)

    def begin(self, step: str) -> None:
        """The old key stays: it is true again if the step ends before it changed anything."""
        self.unfinished = step
        self.write()

    def finish(self, step: str, key: str) -> None:
        self.done[step] = key
        self.unfinished = ""
        self.write()

    def untouched(self) -> None:
        """The step ended before it changed anything: nothing is half done."""
        self.unfinished = ""
        self.write()

    def clear(self) -> None:
        self.done, self.unfinished = {}, ""
        self.write()

    def write(self) -> None:
        content = {name: value for name, value in vars(self).items() if name != "path"}
        text = json.dumps({"format": FORMAT, **content}, indent=1)
        new = self.path.with_name(self.path.name + ".new")
        new.write_text(text + "\n", encoding="utf-8")
        new.replace(self.path)
