"""`python -m tests.soak TRIAL`: runs one trial and prints its figures as JSON."""

import argparse
import json
import signal
import sys
import tempfile
from pathlib import Path

from tests.soak import inputs, kills, memory, together


def main():
    parser = argparse.ArgumentParser(prog="python -m tests.soak")
    parser.add_argument("--folder", type=Path, help="where homes are made (default: a new one)")
    trials = parser.add_subparsers(dest="trial", required=True)
    for name, rounds in (("kills", 200), ("terms", 20)):
        one = trials.add_parser(name)
        one.add_argument("--rounds", type=int, default=rounds)
        one.add_argument("--seed", type=int, default=0)
    one = trials.add_parser("inputs")
    one.add_argument("--cases", type=int, default=10_000)
    one.add_argument("--reader", action="append", default=[])
    one.add_argument("--minutes", type=float, help="at most, for each reader")
    one = trials.add_parser("together")
    one.add_argument("--minutes", type=float, default=10)
    one = trials.add_parser("memory")
    one.add_argument("--minutes", type=float, default=60)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = options.folder or Path(temporary)
        figures, faults = run(options, folder)
    print(json.dumps({"trial": options.trial} | figures, indent=1))  # noqa: T201
    for fault in faults[:50]:
        print(fault, file=sys.stderr)  # noqa: T201
    return bool(faults)


def run(options, folder):
    if options.trial in ("kills", "terms"):
        number = signal.SIGKILL if options.trial == "kills" else signal.SIGTERM
        records = []
        for record in kills.trial(folder, options.rounds, number, options.seed):
            records.append(record)
            print(json.dumps(record), file=sys.stderr, flush=True)  # noqa: T201
        return kills.summary(records)
    if options.trial == "inputs":
        return inputs.trial(folder, options.cases, options.reader, options.minutes)
    if options.trial == "together":
        return together.trial(folder, options.minutes)
    return memory.trial(folder, options.minutes)


if __name__ == "__main__":
    sys.exit(main())
