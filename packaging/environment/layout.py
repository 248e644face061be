"""Where things lie: the clone, its environment and the files the set-up keeps there."""

import os
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Layout:
    """Paths of one clone; `windows` is a field so that either layout can be tested anywhere."""

    root: Path
    windows: bool = os.name == "nt"

    @property
    def folder(self) -> Path:
        return self.root / ".venv"

    @property
    def scripts(self) -> Path:
        return self.folder / ("Scripts" if self.windows else "bin")

    @property
    def python(self) -> Path:
        return self.scripts / ("python.exe" if self.windows else "python")

    @property
    def stamp(self) -> Path:
        return self.folder / "set-up.json"

    @property
    def lock(self) -> Path:
        return self.folder / "set-up.lock"

    @property
    def log(self) -> Path:
        return self.folder / "set-up.log"

    @property
    def runtime_pins(self) -> Path:
        return self.root / "packaging" / "requirements.txt"

    @property
    def dev_pins(self) -> Path:
        return self.root / "packaging" / "requirements-dev.txt"

    @property
    def project(self) -> Path:
        return self.root / "pyproject.toml"

    def installed(self) -> list[Path]:
        """One entry per installed package, for counting."""
        pattern = "Lib/site-packages" if self.windows else "lib/python3*/site-packages"
        return list(self.folder.glob(f"{pattern}/*.dist-info"))

    def interpreter(self) -> str:
        """The Python the environment stands on; empty when that has gone.

        On POSIX the name behind the link (python3.11): it stays through a patch release and
        changes when the system moves on to another minor version, whose packages lie elsewhere.
        """
        if self.windows:
            return self._windows_home()
        real = Path(os.path.realpath(self.python))
        return real.name if os.access(real, os.X_OK) else ""

    def _windows_home(self) -> str:
        try:
            lines = (self.folder / "pyvenv.cfg").read_text(encoding="utf-8").splitlines()
        except OSError:
            return ""
        pairs = dict(line.split(" = ", 1) for line in lines if " = " in line)
        home = pairs.get("home", "")
        there = self.python.exists() and (Path(home) / "python.exe").exists()
        return home if home and there else ""
