"""The program killed again and again under steady editing; how much work each kill costs."""

import random
import signal
import time
from pathlib import Path

from tests.soak import homes

MOST_LOST = 3.0
ENDS_WITHIN = 20.0


def kill_once(home, folder, round_, rng, *, saves, run=False, every=50, number=signal.SIGKILL):
    """One start, some seconds of editing, one end.

    Returns:
        A record: seconds lost, edits made, faults, how many files were left half-written, and how
        long a polite end took.
    """
    diary = Path(folder, f"diary-{round_}")
    diary.unlink(missing_ok=True)
    Path(f"{diary}.saved").unlink(missing_ok=True)
    options = ["--every", str(every), "--saves", str(saves)] + (["--run"] if run else [])
    process = homes.start(home, diary, *options)
    try:
        homes.wait_for_edits(diary, rng.randrange(5, 60), process)
        time.sleep(rng.uniform(0.0, 3.0))
        killed = time.monotonic()
        process.send_signal(number)
        status = process.wait(ENDS_WITHIN if number != signal.SIGKILL else 5)
    finally:
        if process.poll() is None:
            process.kill()
            process.wait()
    lost, faults = homes.lost(home, diary, killed)
    faults += homes.faults(home, saves) + homes.lost_projects(diary, saves)
    if number != signal.SIGKILL and status != 0:
        faults.append(f"ended with {status}")
    return {
        "round": round_,
        "lost": round(lost, 3),
        "edits": len(homes.edits(diary)),
        "projects": homes.saved_projects(diary),
        "faults": faults,
        "temporary": len(homes.temporary(home)),
        "seconds to end": round(time.monotonic() - killed, 2),
    }


def trial(folder, rounds, number=signal.SIGKILL, seed=0):
    """Many rounds on one home; yields the record of each."""
    rng = random.Random(seed)
    home, saves = Path(folder, "home"), Path(folder, "saves")
    saves.mkdir(parents=True, exist_ok=True)
    if not (home / "data").is_dir():
        homes.warm(home)
    for round_ in range(rounds):
        every = rng.choice((20, 50, 200))
        yield kill_once(
            home, folder, round_, rng, saves=saves, run=round_ % 3 == 2, every=every, number=number
        )


def summary(records):
    """Figures of a trial, and whether it went as it should."""
    lost = sorted(record["lost"] for record in records)
    faults = [fault for record in records for fault in record["faults"]]
    figures = {
        "rounds": len(records),
        "edits": sum(record["edits"] for record in records),
        "projects saved": sum(record["projects"] for record in records),
        "lost, median s": lost[len(lost) // 2],
        "lost, most s": lost[-1],
        "longer than 3 s": sum(one > MOST_LOST for one in lost),
        "faults": len(faults),
        "temporary files left, most": max(record["temporary"] for record in records),
        "seconds to end, most": max(record["seconds to end"] for record in records),
    }
    return figures, faults
