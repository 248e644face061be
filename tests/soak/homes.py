"""Homes for the trials, and what is found in them after a program has ended."""

import os
import subprocess
import sys
import time
import warnings
from contextlib import contextmanager
from pathlib import Path

from tests.soak.editor import FIRST, PROJECT

ROOT = Path(__file__).parents[2]


@contextmanager
def at_home(home):
    """This process looks into a home."""
    before = os.environ.get("LATENTSTUDIO_HOME")
    os.environ["LATENTSTUDIO_HOME"] = str(home)
    try:
        yield
    finally:
        if before is None:
            del os.environ["LATENTSTUDIO_HOME"]
        else:
            os.environ["LATENTSTUDIO_HOME"] = before


def warm(home):
    """Leave in a home what a first start leaves: the model's caches and a document."""
    from latentstudio.core.progress import run
    from latentstudio.document.state import Document
    from latentstudio.session.library import default_directions
    from latentstudio.session.models import open_model
    from latentstudio.store.densities import reference
    from latentstudio.store.last_work import keep_last

    with at_home(home):
        model = run(open_model("portraits", "cpu"))
        run(reference(model))
        run(default_directions(model))
        keep_last(Document("portraits", model.info.fingerprint), None)


def start(home, diary, *options):
    """Start the editor in a home; the process."""
    home_env = {"LATENTSTUDIO_HOME": str(home), "QT_QPA_PLATFORM": "offscreen"}
    argv = [sys.executable, "-m", "tests.soak.editor", str(diary), *options]
    with Path(f"{diary}.err").open("ab") as errors:
        return subprocess.Popen(argv, cwd=ROOT, env=os.environ | home_env, stderr=errors)


def edits(diary):
    """Numbers and times of a diary's edits; a line that was cut off is left out."""
    try:
        lines = diary.read_text().splitlines(keepends=True)
    except FileNotFoundError:
        return []
    whole = [line.split() for line in lines if line.endswith("\n")]
    return [(int(number), float(when)) for number, when, _ in whole]


def wait_for_edits(diary, count, process, seconds=300.0):
    """Wait until so many edits were made."""
    end = time.monotonic() + seconds
    while len(edits(diary)) < count:
        assert process.poll() is None, f"it ended by itself: {process.returncode}"
        assert time.monotonic() < end, "no edits"
        time.sleep(0.02)


def lost(home, diary, killed):
    """Seconds of work before a kill that are not in the home's newest document, and faults.

    Args:
        home: The home.
        diary: What was edited when.
        killed: When the program was killed, by the monotonic clock.
    """
    from latentstudio.store.last_work import load_last

    with at_home(home), warnings.catch_warnings():
        paths = sorted((home / "data").glob("last*.json"), key=lambda path: path.stat().st_mtime)
        doc, said = load_last(paths[-1])
    done = dict(edits(diary))
    if doc is None:
        return float("inf"), [f"no document: {said}"]
    kept = max(edit_number(doc), FIRST)
    later = [when for number, when in done.items() if number > kept and when <= killed]
    return (killed - min(later) if later else 0.0), []


def edit_number(doc):
    """The edit that a document shows."""
    return doc.picture.seed


def faults(home, saves):
    """What is damaged in a home and among the files that were saved; nothing is moved."""
    from PIL import Image

    from latentstudio.core import settings
    from latentstudio.discovery.state import RunState
    from latentstudio.exchange.presets import read_preset
    from latentstudio.exchange.projects import read_project

    found = []
    with at_home(home):
        found += [f"settings: {text}" for text in (settings.load()[1],) if text]
    for path in Path(home).rglob("*"):
        try:
            if path.suffix == ".state":
                RunState.load(path)
            elif path.suffix == ".lpreset":
                read_preset(path)
        except Exception as error:  # noqa: BLE001 - whatever it is, it is a fault
            found.append(f"{path.name}: {error!r}")
        if ".broken-" in path.name:
            found.append(f"{path.name}: was moved aside")
    for path in Path(saves).iterdir():
        try:
            if path.suffix in (".png", ".webp"):
                with Image.open(path) as picture:
                    picture.load()
            elif path.suffix == ".lpreset":
                read_preset(path)
            elif path.suffix == ".lstudio":
                read_project(path)
        except Exception as error:  # noqa: BLE001
            found.append(f"{path.name}: {error!r}")
    return found


def lost_projects(diary, saves):
    """Faults: a project that the window called saved, and that is older on the disk."""
    from latentstudio.exchange.projects import read_project

    try:
        said = [int(line) for line in Path(f"{diary}.saved").read_text().split("\n")[:-1]]
    except FileNotFoundError:
        said = []
    if not said:
        return []
    try:
        kept = read_project(Path(saves, PROJECT)).document.picture.seed
    except Exception as error:  # noqa: BLE001
        return [f"{PROJECT}: {error!r}"]
    return [f"{PROJECT} holds edit {kept}, {said[-1]} was saved"] if kept < said[-1] else []


def saved_projects(diary):
    """How often a project was saved."""
    try:
        return Path(f"{diary}.saved").read_text().count("\n")
    except FileNotFoundError:
        return 0


def temporary(folder):
    """Temporary files in a folder."""
    return list(Path(folder).rglob(".*.tmp"))
