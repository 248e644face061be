"""`benchmark [NAME]`: figures of this machine, as a table or as JSON."""

import argparse
import json
from pathlib import Path
from typing import Any

from latentstudio.cli import progress
from latentstudio.cli.arguments import Commands
from latentstudio.cli.places import check_file
from latentstudio.cli.printing import say
from latentstudio.core import files

ALL = "device"
NAMES = (ALL, "goldens", "pictures", "first-stroke", "learning", "inversion")
_SHOWN = {
    "seconds": "{:.4f} s",
    "over_plain": "{:.2f} times as fast as plain",
    "worst": "worst {:.1e}",
    "rms": "rms {:.1e}",
}


def add(commands: Commands) -> None:
    """Describe the command."""
    parser = commands.add_parser("benchmark", help="what this machine can do, in five minutes")
    parser.add_argument(
        "name",
        nargs="?",
        default=ALL,
        choices=NAMES,
        metavar="NAME",
        help=f"{', '.join(NAMES)} (all of them)",
    )
    parser.add_argument(
        "--device", default="auto", metavar="D", help="auto, cpu, cuda, cuda:1 or mps"
    )
    parser.add_argument("--output", type=Path, metavar="F.json", help="keep the figures")
    parser.add_argument("--json", action="store_true", help="for programs")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> None:
    """Measure, then print and keep the figures."""
    if args.output is not None:
        check_file(args.output)
    from latentstudio.benchmark.device import PARTS, measure_device
    from latentstudio.engine.device import choose_device

    device = choose_device(args.device)
    parts = tuple(PARTS) if args.name == ALL else (args.name,)
    report = progress.drive(measure_device(device, parts), "Measuring")
    text = json.dumps(report, indent=1)
    if args.output is not None:
        files.write_bytes(args.output, text.encode())
    say(text if args.json else words(report, parts))


def words(report: dict[str, Any], parts: tuple[str, ...]) -> str:
    """The same for people."""
    machine = report["machine"]
    lines = [f"{machine['device']}, {machine['processor']}, torch {machine['torch']}"]
    for part in parts:
        lines += ["", part, *(_line(row) for row in report[part])]
    lines += ["", f"{report['seconds']:.0f} s in all."]
    return "\n".join(lines)


def _line(row: dict[str, Any]) -> str:
    keys = ("size", "way", "method", "side", "part", "name", "precision")
    name = ", ".join(str(row[key]) for key in keys if key in row) or "the rest"
    if "left_out" in row:
        return f"  {name}: left out: {row['left_out']}"
    told = [form.format(row[key]) for key, form in _SHOWN.items() if row.get(key) is not None]
    told += ["right" if row["right"] else "WRONG"] if "right" in row else []
    return f"  {name}: {', '.join(told)}"
