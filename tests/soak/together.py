"""Two windows on one home, both edited steadily."""

import time
from pathlib import Path

from tests.soak import homes


def trial(folder, minutes):
    """Run both for some minutes, end them politely, and look at what they left."""
    home = Path(folder, "together")
    saves = [Path(folder, f"saves-{number}") for number in (1, 2)]
    for place in saves:
        place.mkdir(parents=True, exist_ok=True)
    homes.warm(home)
    diaries = [Path(folder, f"together-{number}") for number in (1, 2)]
    options = [["--saves", str(place), "--every", "100"] for place in saves]
    both = [homes.start(home, diaries[0], *options[0], "--run")]
    homes.wait_for_edits(diaries[0], 1, both[0])
    both.append(homes.start(home, diaries[1], *options[1], "--run"))
    try:
        homes.wait_for_edits(diaries[1], 1, both[1])
        time.sleep(60 * minutes)
        faults = [f"a window ended: {one.poll()}" for one in both if one.poll() is not None]
        for one in both:
            one.terminate()
        faults += [f"ended with {one.wait(60)}" for one in both if one.wait(60)]
    finally:
        for one in both:
            one.kill()
    return _left(home, saves, diaries, faults)


def _left(home, saves, diaries, faults):
    from latentstudio.store.last_work import load_last

    for place in saves:
        faults += homes.faults(home, place)
    with homes.at_home(home):
        kept = {path.name: load_last(path)[0] for path in (home / "data").glob("last*.json")}
    numbers = sorted(homes.edit_number(doc) for doc in kept.values())
    wanted = sorted(homes.edits(diary)[-1][0] for diary in diaries)
    # The last edits may have been made while the window was closing.
    if len(kept) != 2 or any(abs(a - b) > 20 for a, b in zip(numbers, wanted, strict=False)):
        faults.append(f"kept {kept.keys()} at {numbers}, edited to {wanted}")
    runs = [path.name for path in home.rglob("runs/*.json")]
    figures = {
        "edits": [len(homes.edits(diary)) for diary in diaries],
        "documents": sorted(kept),
        "kept at edits": numbers,
        "edited to": wanted,
        "runs": runs,
        "faults": len(faults),
    }
    return figures, faults
