"""A long time of edits from the program's own timer, with memory, threads and files recorded."""

import os
import time
from pathlib import Path

from tests.soak import homes

EVERY = 10.0


def trial(folder, minutes):
    """Edit for some minutes; figures at the start, the middle and the end."""
    home, diary = Path(folder, "memory"), Path(folder, "memory-diary")
    homes.warm(home)
    process = homes.start(home, diary, "--every", "100")
    rows = []
    try:
        homes.wait_for_edits(diary, 1, process)
        end = time.monotonic() + 60 * minutes
        while time.monotonic() < end and process.poll() is None:
            time.sleep(min(EVERY, max(0.1, end - time.monotonic())))
            rows.append(measured(process.pid))
        faults = [] if process.poll() is None else [f"it ended: {process.poll()}"]
        process.terminate()
        process.wait(60)
    finally:
        process.kill()
    quarter = rows[len(rows) // 4 :]
    grown = quarter[-1]["MB"] - quarter[0]["MB"]
    if grown > 50:
        faults.append(f"grew by {grown} MB after the first quarter")
    figures = {
        "minutes": minutes,
        "edits": len(homes.edits(diary)),
        "first": rows[0],
        "after a quarter": quarter[0],
        "last": rows[-1],
        "most MB": max(row["MB"] for row in rows),
    }
    return figures, faults


def measured(pid):
    """Memory, threads and open files of a process (Linux)."""
    status = Path(f"/proc/{pid}/status").read_text()
    fields = dict(line.split(":", 1) for line in status.splitlines() if ":" in line)
    return {
        "MB": int(fields["VmRSS"].split()[0]) // 1024,
        "threads": int(fields["Threads"]),
        "files": len(os.listdir(f"/proc/{pid}/fd")),  # noqa: PTH208 - names only
    }
