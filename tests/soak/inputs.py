"""Damaged inputs for every reader, each in a process with limits and a watch on what it does.

A reader gives values or raises one of our sentences, within its limits of time and memory, and
opens, runs and imports nothing but what it needs. Whatever else happens is a fault.

A case follows from its reader's name and its number alone. What was found is kept in the folder
after every few seconds, so a trial that is started again on the same folder goes on; a process
that ends or hangs costs its case, which is a fault, and the next one goes on behind it.
"""

import json
import multiprocessing
import os
import random
import sys
import tempfile
import time
import traceback
from pathlib import Path

from tests.soak.readers import READERS
from tests.soak.watch import Watch, limit_memory, peak

SECONDS = 20.0
"""Of the processor, for one case."""
HANGS = 300.0
"""Seconds by the clock until a case is given up; other programs may be at work."""
BEGINS = 1800.0
"""Seconds by the clock until a process must have begun; it imports much."""
EVERY = 5.0
"""Seconds after which what was found is kept."""
NOTHING = {"cases": 0, "refused": 0, "longest s": 0.0, "seconds": 0.0, "MB": 0, "faults": []}


def trial(folder, cases, only=(), minutes=None):
    """Damage inputs for some readers (all by default); figures and faults.

    Args:
        folder: Where homes and what was found are kept.
        cases: How many for each reader.
        only: Names of readers.
        minutes: How long at most for each reader.
    """
    figures, faults = {}, []
    for name in only or READERS:
        home = Path(folder, "inputs", name.replace(" ", "-").replace(",", ""))
        home.mkdir(parents=True, exist_ok=True)
        found = one_reader(name, home, cases, minutes)
        faults += found.pop("faults")
        figures[name] = found
    return {"cases for each": cases, "readers": figures}, faults


def one_reader(name, home, cases, minutes=None, reader=None):
    """One reader's trial, going on with what its folder remembers.

    Args:
        name: What it is called.
        home: Its folder.
        cases: How many.
        minutes: How long at most.
        reader: As in `READERS`; None for the one of that name.
    """
    kept = home / "found.json"
    found = json.loads(kept.read_text()) if kept.is_file() else dict(NOTHING)
    end = time.monotonic() + 60 * (float("inf") if minutes is None else minutes)
    noted = time.monotonic()
    while found["cases"] < cases and time.monotonic() < end:
        for report in reports(name, home, (found["cases"], cases), end, reader):
            found = joined(found, report)
            if time.monotonic() - noted > EVERY:
                noted = keep(found, kept)
        keep(found, kept)
    return found


def keep(found, path):
    """Let a later trial go on from here; when that was."""
    path.with_suffix(".new").write_text(json.dumps(found))
    path.with_suffix(".new").replace(path)
    return time.monotonic()


def joined(found, report):
    """Figures of more cases."""
    most = {key: max(found[key], report[key]) for key in ("longest s", "MB")}
    sums = {key: found[key] + report[key] for key in ("cases", "refused", "seconds", "faults")}
    return {**sums, **most}


def reports(name, home, cases, end, reader=None):
    """Reports of one process, one for each case.

    It has a process of its own since a hook that watches stays for ever.
    """
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe(duplex=False)
    process = context.Process(target=work, args=(name, home, cases, theirs, reader), daemon=True)
    process.start()
    theirs.close()
    at = None
    try:
        while time.monotonic() < end and at != cases[1]:
            wait = BEGINS if at is None else HANGS
            if not ours.poll(wait):
                yield lost(name, at, f"nothing came for {wait:.0f} s")
                return
            at, report = ours.recv()
            if report is not None:
                yield report
    except EOFError:
        process.join(10)
        yield lost(name, at, f"the process ended: {process.exitcode}")
    finally:
        process.kill()
        process.join()


def lost(name, case, why):
    """The report on a case that its process did not come back from."""
    if case is None:
        raise RuntimeError(f"{name} can't begin: {why}")
    return {**NOTHING, "cases": 1, "faults": [f"{name} {case}: {why}"]}


def work(name, home, cases, pipe, reader=None):
    """In the process: says that it has begun, and what came of each case."""
    os.environ["LATENTSTUDIO_HOME"] = str(home / "home")
    tempfile.tempdir = str(home)
    make, read, damage = reader or READERS[name]
    good = make(home)
    path = home / "case"
    path.write_bytes(good)
    read(path)  # so that what it imports is there
    limit_memory()
    watch = Watch(home)
    sys.addaudithook(watch)
    pipe.send((cases[0], None))
    for case in range(*cases):
        began = time.process_time()
        path.write_bytes(damage(good, random.Random(f"{name} {case}")))
        report = outcome(f"{name} {case}", read, path, watch)
        pipe.send((case + 1, report | {"seconds": time.process_time() - began}))


def outcome(case, read, path, watch):
    """What came of one case, as a report."""
    from latentstudio.core.errors import LatentStudioError

    faults, refused, start = [], 0, time.process_time()
    watch.on = True
    try:
        read(path)
    except LatentStudioError as error:
        refused = 1
        if "\n" in error.sentence():
            faults.append(f"{case}: a sentence of several lines")
    except BaseException as error:  # noqa: BLE001 - all others are faults
        faults.append(f"{case}: {error!r} {traceback.format_exc()[-300:]}")
    watch.on = False
    took = time.process_time() - start
    faults += [f"{case}: {event}" for event in watch.taken()]
    if took > SECONDS:
        faults.append(f"{case}: took {took:.1f} s")
    figures = {"cases": 1, "refused": refused, "longest s": round(took, 2), "MB": peak()}
    return {**NOTHING, **figures, "faults": faults}
